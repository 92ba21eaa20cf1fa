/*
 * Draws the areas of a hotspot over its picture in the item editor, and writes what is drawn there as a line of text:
 * the block marked data-tj-areas="(part)" shows what the lines of that part say. The lines are what is sent; where
 * this script does not run they are written by hand, and the preview shows them.
 */
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = { 圆: "circle", 矩形: "rect", 椭圆: "ellipse", 多边形: "poly", 全图: "default", 点: "point" };
  const NEEDED = { circle: 3, rect: 4, ellipse: 4, default: 0, point: 2 };
  const LINE = /^([*＊]?)\s*([^\s\d*=＝,，;；-]+)([^=＝]*)(?:[=＝](.*))?$/;
  const CLICK = 4;
  const USUAL = 24;
  const LETTERS = 16;

  document.querySelectorAll("[data-tj-areas]").forEach(start);

  /** @param {Element} block */
  function start(block) {
    const part = block.getAttribute("data-tj-areas");
    const lines = /** @type {HTMLTextAreaElement} */ (document.getElementById(part + "-options"));
    const table = /** @type {HTMLTextAreaElement} */ (document.getElementById(part + "-table"));
    const way = /** @type {HTMLSelectElement} */ (document.getElementById(part + "-scoring"));
    const drawing = block.querySelector("svg");
    const tools = block.querySelector("[role=radiogroup]");
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    let from = null;
    let ghost = null;

    const earns = () => way.value === "areas";
    /** Marks are as large as text on the page, however small the picture is shown. */
    const legible = () => {
      const scale = width / (drawing.getBoundingClientRect().width || width);
      drawing.querySelectorAll("text").forEach((text) => { text.style.fontSize = LETTERS * scale + "px"; });
    };
    const draw = () => {
      const shown = read(lines.value).map((area, at) => outline(area, String(at + 1) + (area.right ? " ✓" : "")));
      const scored = earns() ? read(table.value).map((area) => outline(area, area.rest.trim())) : [];
      while (drawing.firstChild) { drawing.firstChild.remove(); }
      drawing.append(...shown, ...scored);
      legible();
    };

    /** @param {PointerEvent} event @returns {number[]} where in the picture, in its pixels */
    const place = (event) => {
      const box = drawing.getBoundingClientRect();
      const x = Math.round((event.clientX - box.left) * width / box.width);
      const y = Math.round((event.clientY - box.top) * height / box.height);
      return [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    };
    const tool = () => /** @type {HTMLInputElement} */ (tools.querySelector("input:checked")).value;

    /** What is drawn between two places; a click alone gives a shape of the usual size. */
    const drawn = (to) => {
      const across = to[0] - from[0];
      const down = to[1] - from[1];
      const isClick = Math.abs(across) < CLICK && Math.abs(down) < CLICK;
      if (tool() === "point") { return { shape: "point", coords: to }; }
      if (tool() === "circle") {
        const radius = isClick ? USUAL : Math.max(1, Math.round(Math.sqrt(across * across + down * down)));
        return { shape: "circle", coords: [from[0], from[1], radius] };
      }
      const [one, other] = isClick ? [from.map((n) => n - USUAL), from.map((n) => n + USUAL)] : [from, to];
      const left = Math.max(0, Math.min(one[0], other[0]));
      const top = Math.max(0, Math.min(one[1], other[1]));
      return { shape: "rect", coords: [left, top, Math.min(width, Math.max(one[0], other[0])), Math.min(height, Math.max(one[1], other[1]))] };
    };

    /** Writes what was drawn behind the lines there are. */
    const write = (area) => {
      const isPoint = area.shape === "point";
      const field = earns() && !isPoint ? table : lines;
      const behind = isPoint ? "" : " = " + (earns() ? "1" : fresh());
      const rest = field.value.replace(/\s+$/, "");
      field.value = (rest ? rest + "\n" : "") + block.getAttribute("data-" + area.shape) + " " + area.coords.join(",") + behind;
      field.scrollTop = field.scrollHeight;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };

    /** A name that no area has yet. */
    const fresh = () => {
      const label = block.getAttribute("data-new-label");
      const taken = read(lines.value).map((area) => area.rest.trim());
      let number = taken.length + 1;
      while (taken.includes(label + number)) { number += 1; }
      return label + number;
    };

    const end = () => {
      from = null;
      if (ghost) { ghost.remove(); }
      ghost = null;
    };

    drawing.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) { return; }
      /* Or the browser takes the gesture for one of its own: selecting text, dragging what is selected. */
      if (event.pointerType === "mouse") { event.preventDefault(); }
      from = place(event);
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener("pointermove", (event) => {
      if (!from) { return; }
      if (ghost) { ghost.remove(); }
      ghost = outline(Object.assign(drawn(place(event)), { right: false }), "");
      drawing.append(ghost);
    });
    drawing.addEventListener("pointerup", (event) => {
      if (!from) { return; }
      const area = drawn(place(event));
      end();
      write(area);
    });
    drawing.addEventListener("pointercancel", end);
    block.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") { end(); } });
    [lines, table].forEach((field) => field.addEventListener("input", draw));
    way.addEventListener("change", draw);
    window.addEventListener("resize", legible);
    block.querySelector("img").addEventListener("load", legible);
    block.setAttribute("data-ready", "");
    tools.removeAttribute("hidden");
    draw();
  }

  /** Reads the lines that say an area or a point; what is half-written is left out, the server tells of it. */
  function read(text) {
    return text.split("\n").map(area).filter(Boolean);
  }

  /** @param {string} line */
  function area(line) {
    const found = LINE.exec(line.trim());
    if (!found) { return null; }
    const word = found[2].toLowerCase();
    const shape = SHAPES[word] || (word === "poly" || word in NEEDED ? word : "");
    const coords = found[3].split(/[\s,，;；]+/).filter(Boolean).map(Number);
    const fits = shape === "poly" ? coords.length >= 6 && coords.length % 2 === 0 : coords.length === NEEDED[shape];
    if (!shape || !fits || coords.some((n) => !Number.isInteger(n))) { return null; }
    return { shape, coords, right: Boolean(found[1]), rest: found[4] || "" };
  }

  /** An area with its mark in the middle. */
  function outline(area, mark) {
    const group = svg("g", { class: "tj-area" + (area.right ? " tj-right" : "") + (area.shape === "point" ? " tj-at" : "") });
    const text = svg("text", { "text-anchor": "middle", "dominant-baseline": "central" });
    const [x, y] = middle(area);
    text.setAttribute("x", String(x));
    text.setAttribute("y", String(area.shape === "point" ? y - 16 : y));
    text.textContent = mark;
    group.append(form(area), text);
    return group;
  }

  function form({ shape, coords: at }) {
    if (shape === "circle") { return svg("circle", { cx: at[0], cy: at[1], r: at[2] }); }
    if (shape === "point") { return svg("circle", { cx: at[0], cy: at[1], r: 6 }); }
    if (shape === "ellipse") { return svg("ellipse", { cx: at[0], cy: at[1], rx: at[2], ry: at[3] }); }
    if (shape === "rect") { return svg("rect", { x: at[0], y: at[1], width: Math.max(0, at[2] - at[0]), height: Math.max(0, at[3] - at[1]) }); }
    if (shape === "poly") { return svg("polygon", { points: at.join(" ") }); }
    return svg("rect", { x: 0, y: 0, width: "100%", height: "100%" });
  }

  function middle({ shape, coords: at }) {
    if (shape === "rect") { return [(at[0] + at[2]) / 2, (at[1] + at[3]) / 2]; }
    if (shape !== "poly") { return [at[0] || 16, at[1] || 16]; }
    const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
    return [mean(at.filter((_one, n) => n % 2 === 0)), mean(at.filter((_one, n) => n % 2 === 1))];
  }

  function svg(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach((name) => element.setAttribute(name, String(attributes[name])));
    return element;
  }
})();
