/* Areas or points of a picture. The areas are drawn over it for those who see and point; the same choices stand
   beside it as boxes or as numbers for everybody. */

import { fill, make } from "./dom.js";
import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** @typedef {import("./interactions.js").Task} Task */
/** @typedef {import("./sheet.js").Option} Option */

/** @param {Task} task @returns {HTMLElement} */
export function picture(task) {
  return task.question.options.length ? areas(task) : points(task);
}

/** How an area is called in lists and in the picture. @param {number} index */
function mark(index) {
  return LETTERS[index] || String(index + 1);
}

/**
 * The picture with an empty drawing over it, in the pixels of the picture.
 * @param {string} source
 * @returns {{frame: HTMLElement, drawing: SVGElement}}
 */
function framed(source) {
  const image = /** @type {HTMLImageElement} */ (make("img", { src: source, alt: "" }));
  const drawing = svg("svg", { "aria-hidden": "true", focusable: "false", preserveAspectRatio: "none" });
  const fit = () => drawing.setAttribute("viewBox", "0 0 " + (image.naturalWidth || 1) + " " + (image.naturalHeight || 1));
  image.addEventListener("load", fit);
  if (image.complete) { fit(); }
  return { frame: make("div", { class: "tj-hotspot" }, image, /** @type {any} */ (drawing)), drawing };
}

/** @param {string} tag @param {Object<string, string|number>} attributes */
function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  Object.keys(attributes).forEach((name) => element.setAttribute(name, String(attributes[name])));
  return element;
}

/** @param {Option} option @returns {SVGElement} */
function outline(option) {
  const at = option.coords || [];
  if (option.shape === "circle") { return svg("circle", { cx: at[0], cy: at[1], r: at[2] }); }
  if (option.shape === "ellipse") { return svg("ellipse", { cx: at[0], cy: at[1], rx: at[2], ry: at[3] }); }
  if (option.shape === "rect") { return svg("rect", { x: at[0], y: at[1], width: at[2] - at[0], height: at[3] - at[1] }); }
  if (option.shape === "poly") { return svg("polygon", { points: at.join(" ") }); }
  return svg("rect", { x: 0, y: 0, width: "100%", height: "100%" });
}

/** Where the letter of an area stands: in its middle. @param {Option} option */
function middle(option) {
  const at = option.coords || [];
  if (option.shape === "rect") { return [(at[0] + at[2]) / 2, (at[1] + at[3]) / 2]; }
  if (option.shape !== "poly") { return [at[0] || 12, at[1] || 12]; }
  const xs = at.filter((_one, index) => index % 2 === 0);
  const ys = at.filter((_one, index) => index % 2 === 1);
  const mean = (/** @type {number[]} */ all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  return [mean(xs), mean(ys)];
}

/** @param {Task} task */
function areas(task) {
  const { question } = task;
  const most = question.most === undefined ? 1 : question.most;
  const chosen = task.value || [];
  const { frame, drawing } = framed(question.image || "");
  const list = make("fieldset", {}, make("legend", { class: "tj-vh" }, say("options_of", { n: question.slot })));
  const pairs = question.options.map((option, index) => {
    const input = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", class: "tj-check", value: option.id }));
    const area = svg("g", { class: "tj-area" });
    const [x, y] = middle(option);
    const letter = svg("text", { x, y, "text-anchor": "middle", "dominant-baseline": "central" });
    letter.textContent = mark(index);
    area.append(outline(option), letter);
    area.addEventListener("click", () => { if (!input.disabled) { input.click(); } });
    drawing.append(area);
    input.checked = chosen.includes(option.id);
    const words = make("span");
    words.innerHTML = option.html;
    list.append(make("label", { class: "tj-choice" }, input, make("b", { class: "tj-num" }, mark(index)), words));
    return { input, area };
  });
  const draw = () => {
    const full = Boolean(most) && pairs.filter(({ input }) => input.checked).length >= most;
    pairs.forEach(({ input, area }) => {
      input.disabled = full && !input.checked;
      area.classList.toggle("tj-on", input.checked);
    });
  };
  list.addEventListener("change", () => {
    draw();
    const values = pairs.filter(({ input }) => input.checked).map(({ input }) => input.value);
    task.choose(values.length ? values : null);
  });
  draw();
  return make("div", {}, frame, make("p", { class: "tj-hint" }, most ? say("marks_how", { n: most }) : say("marks_how_any")), list);
}

/** Points set freely: by pointing, or as two numbers. @param {Task} task */
function points(task) {
  const { question } = task;
  const most = question.most === undefined ? 1 : question.most;
  /** @type {number[][]} */
  let spots = (task.value || []).slice();
  const { frame, drawing } = framed(question.image || "");
  const list = make("ol", { class: "tj-order" });
  const image = /** @type {HTMLImageElement} */ (frame.querySelector("img"));
  const room = () => !most || spots.length < most;
  const keep = () => {
    draw();
    task.choose(spots.length ? spots.map((spot) => spot.slice()) : null);
  };
  const add = make("button", { type: "button", class: "tj-btn" }, say("spot_add"));
  add.addEventListener("click", () => {
    spots = [...spots, [Math.round((image.naturalWidth || 0) / 2), Math.round((image.naturalHeight || 0) / 2)]];
    keep();
    const fields = list.querySelectorAll("input");
    fields[fields.length - 2].focus();
  });
  frame.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    if (!room() || !box.width || !box.height) { return; }
    const x = Math.round((event.clientX - box.left) * image.naturalWidth / box.width);
    const y = Math.round((event.clientY - box.top) * image.naturalHeight / box.height);
    spots = [...spots, [Math.max(0, x), Math.max(0, y)]];
    keep();
  });
  /** @param {number} at @param {number} axis */
  const field = (at, axis) => {
    const input = /** @type {HTMLInputElement} */ (make("input", { class: "tj-input tj-num", type: "number", min: 0, max: 10000, step: 1, "aria-label": say(axis ? "spot_y" : "spot_x", { n: at + 1 }) }));
    input.value = String(spots[at][axis]);
    input.addEventListener("change", () => {
      spots[at] = spots[at].slice();
      spots[at][axis] = Math.min(10000, Math.max(0, Math.round(Number(input.value) || 0)));
      input.value = String(spots[at][axis]);
      pins();
      task.choose(spots.map((spot) => spot.slice()));
    });
    return input;
  };
  const pins = () => fill(/** @type {any} */ (drawing), ...spots.map(([x, y]) => svg("circle", { class: "tj-pin", cx: x, cy: y, r: 6 })));
  const draw = () => {
    pins();
    fill(list, ...spots.map((_spot, at) => {
      const out = make("button", { type: "button", class: "tj-btn tj-btn-sm", "aria-label": say("spot_out", { n: at + 1 }) }, "×");
      out.addEventListener("click", () => { spots = spots.filter((_one, index) => index !== at); keep(); add.focus(); });
      return make("li", {}, make("b", { class: "tj-num" }, String(at + 1)), field(at, 0), field(at, 1), make("span", { class: "tj-end" }, out));
    }));
    add.toggleAttribute("disabled", !room());
  };
  draw();
  return make("div", { role: "group", "aria-labelledby": "stem-" + question.slot }, frame, make("p", { class: "tj-hint" }, most ? say("spots_how", { n: most }) : say("spots_how_any")), list, add);
}
