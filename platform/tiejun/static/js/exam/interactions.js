/* The controls of the further types: choices in the text, pairs, orders, marked fragments, numbers. Each is made of
   fields that a keyboard and a screen reader know; nothing has to be dragged. */

import { announce, fill, make, write } from "./dom.js";
import { picture } from "./picture.js";
import { say } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Question} Question */
/** @typedef {import("./render.js").Answering} Answering */
/**
 * @typedef {Object} Task
 * @property {Question} question
 * @property {HTMLElement} stem
 * @property {any} value what was answered so far
 * @property {(value: any) => void} choose
 * @property {(value: any) => void} type
 * @property {() => void} rest
 */

/** @type {Object<string, (task: Task) => HTMLElement>} */
const CONTROLS = { inline_choice: selects, gap_match: selects, match, order, hottext, hotspot: picture, slider };

/** The types whose controls are drawn here. @param {string} type */
export function isInteraction(type) {
  return type in CONTROLS;
}

/**
 * @param {Sheet} sheet
 * @param {Question} question
 * @param {Answering} on
 * @param {HTMLElement} stem the drawn stem: what is answered within the text goes into it
 * @returns {HTMLElement}
 */
export function drawInteraction(sheet, question, on, stem) {
  const slot = question.slot;
  return CONTROLS[question.type]({
    question,
    stem,
    value: sheet.value(slot),
    choose: (value) => on.choose(slot, value),
    type: (value) => on.type(slot, value),
    rest: () => on.rest(),
  });
}

/** The words of an option, without its markup: a `<select>` shows nothing else. @param {string} html */
function words(html) {
  const place = document.createElement("template");
  place.innerHTML = html.replace(/<br>/g, " ");
  place.content.querySelectorAll("img").forEach((image) => image.replaceWith(image.alt));
  return (place.content.textContent || "").trim();
}

/**
 * A list to choose one from.
 * @param {{id: string, html: string}[]} options
 * @param {string|null} chosen
 * @param {Object<string, string|number|boolean>} attributes
 */
function select(options, chosen, attributes) {
  const list = /** @type {HTMLSelectElement} */ (make("select", Object.assign({ class: "tj-select" }, attributes)));
  list.append(make("option", { value: "" }, say("none_chosen")));
  options.forEach((option) => list.append(make("option", { value: option.id }, words(option.html))));
  list.value = chosen || "";
  return list;
}

/**
 * Replace every match in the texts of an element.
 * @param {HTMLElement} place
 * @param {RegExp} pattern a global one
 * @param {(found: RegExpExecArray, number: number) => Node} draw
 */
function weave(place, pattern, draw) {
  let number = 0;
  Array.from(place.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE).forEach((node) => {
    const text = node.textContent || "";
    const pieces = document.createDocumentFragment();
    let end = 0;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      pieces.append(text.slice(end, found.index), draw(found, number));
      end = found.index + found[0].length;
      number += 1;
    }
    pieces.append(text.slice(end));
    /** @type {ChildNode} */ (node).replaceWith(pieces);
  });
}

/** A choice in each blank of the text. @param {Task} task */
function selects(task) {
  const { question, stem } = task;
  const value = task.value || [];
  const own = question.type === "inline_choice";
  /** @type {HTMLSelectElement[]} */
  const lists = [];
  weave(stem, /_{4,}/g, (_found, number) => {
    const options = question.options.filter((option) => !own || option.blank === number + 1);
    const list = select(options, value[number], { class: "tj-select tj-in-text", "aria-label": say("blank", { n: number + 1 }) });
    lists.push(list);
    return list;
  });
  const most = own ? 0 : question.most || 0;
  const limit = () => lists.forEach((list) => Array.from(list.options).forEach((option) => {
    const used = lists.filter((other) => other !== list && other.value === option.value).length;
    option.disabled = Boolean(option.value && most && used >= most);
  }));
  stem.classList.add("tj-with-fields");
  stem.addEventListener("change", () => {
    const chosen = lists.map((list) => list.value || null);
    limit();
    task.choose(chosen.every((one) => one === null) ? null : chosen);
  });
  limit();
  return make("p", { class: "tj-hint" }, own ? say("selects_how") : most ? say("gaps_how", { n: most }) : say("gaps_how_any"));
}

/** A right item for each left one: a list, or boxes where there may be several. @param {Task} task */
function match(task) {
  return (task.question.most === undefined ? 1 : task.question.most) === 1 ? matchByList(task) : matchByBoxes(task);
}

/** @param {Task} task */
function matchByList(task) {
  const { question } = task;
  const slot = question.slot;
  const chosen = new Map(/** @type {[string, string][]} */ (task.value || []));
  const box = make("div", { role: "group", "aria-labelledby": "stem-" + slot });
  /** @type {[string, HTMLSelectElement][]} */
  const lists = question.options.map((option, index) => {
    const id = "match-" + slot + "-" + index;
    const list = select(question.targets || [], chosen.get(option.id) || null, { id, class: "tj-select" });
    const label = make("label", { for: id });
    label.append(shown(option.html));
    box.append(make("div", { class: "tj-pair" }, label, list));
    return [option.id, list];
  });
  box.addEventListener("change", () => {
    const pairs = lists.filter(([, list]) => list.value).map(([id, list]) => [id, list.value]);
    task.choose(pairs.length ? pairs : null);
  });
  return box;
}

/** @param {Task} task */
function matchByBoxes(task) {
  const { question } = task;
  const slot = question.slot;
  const most = question.most || 0;
  const chosen = (task.value || []).map((/** @type {string[]} */ pair) => pair.join(" "));
  const box = make("div", { role: "group", "aria-labelledby": "stem-" + slot });
  /** @type {HTMLInputElement[][]} */
  const rows = question.options.map((option) => {
    const legend = make("legend");
    legend.append(shown(option.html));
    const row = make("fieldset", { class: "tj-pair-boxes" }, legend);
    const inputs = (question.targets || []).map((target) => {
      const input = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", class: "tj-check", value: option.id + " " + target.id }));
      input.checked = chosen.includes(input.value);
      row.append(make("label", { class: "tj-choice" }, input, shown(target.html)));
      return input;
    });
    box.append(row);
    return inputs;
  });
  const all = rows.reduce((before, inputs) => before.concat(inputs), []);
  const limit = () => rows.forEach((inputs) => atMost(inputs, most));
  box.addEventListener("change", () => {
    limit();
    const pairs = all.filter((input) => input.checked).map((input) => input.value.split(" "));
    task.choose(pairs.length ? pairs : null);
  });
  limit();
  return box;
}

/** What cannot be chosen any more is switched off, until something is taken back. @param {HTMLInputElement[]} inputs @param {number} most 0 for any number */
export function atMost(inputs, most) {
  const full = Boolean(most) && inputs.filter((input) => input.checked).length >= most;
  inputs.forEach((input) => {
    input.disabled = full && !input.checked;
    /** @type {HTMLElement} */ (input.parentElement).classList.toggle("tj-on", input.checked);
  });
}

/** @param {string} html */
function shown(html) {
  const place = make("span");
  place.innerHTML = html;
  return place;
}

/** The order as far as it is made, and below it what is not placed yet. @param {Task} task */
function order(task) {
  const { question } = task;
  const slot = question.slot;
  /** @type {string[]} */
  let placed = (task.value || []).slice();
  const box = make("div", { role: "group", "aria-labelledby": "stem-" + slot });
  const text = (/** @type {string} */ id) => (question.options.find((option) => option.id === id) || { html: "" }).html;
  /** @param {string[]} next @param {string} spoken @param {string} focus */
  const change = (next, spoken, focus) => {
    placed = next;
    draw();
    announce(spoken);
    const again = /** @type {HTMLElement|null} */ (box.querySelector('[data-act="' + focus + '"]:not([disabled])'));
    (again || /** @type {HTMLElement} */ (box.querySelector("button:not([disabled])"))).focus();
    task.choose(placed.length ? placed.slice() : null);
  };
  /** @param {string} id @param {string} act @param {string} name @param {string} sign @param {boolean} off @param {() => void} run */
  const button = (id, act, name, sign, off, run) => {
    const made = make("button", { type: "button", class: "tj-btn tj-btn-sm", "data-act": act + "-" + id, "aria-label": say(name, { option: words(text(id)) }), disabled: off }, sign);
    made.addEventListener("click", run);
    return made;
  };
  /** @param {string} id @param {number} at @param {number} by */
  const move = (id, at, by) => {
    const next = placed.slice();
    next.splice(at, 1);
    next.splice(at + by, 0, id);
    change(next, say("order_at", { option: words(text(id)), n: at + by + 1 }), (by < 0 ? "up-" : "down-") + id);
  };
  const draw = () => {
    const list = make("ol", { class: "tj-order" });
    placed.forEach((id, at) => {
      const buttons = make("span", { class: "tj-row tj-gap-1 tj-end" });
      buttons.append(
        button(id, "up", "order_up", "↑", at === 0, () => move(id, at, -1)),
        button(id, "down", "order_down", "↓", at === placed.length - 1, () => move(id, at, 1)),
        button(id, "out", "order_out", "×", false, () => change(placed.filter((one) => one !== id), say("order_taken_out", { option: words(text(id)) }), "in-" + id)),
      );
      list.append(make("li", {}, make("b", { class: "tj-num" }, String(at + 1)), shown(text(id)), buttons));
    });
    const open = make("ul", { class: "tj-order" });
    question.options.filter((option) => !placed.includes(option.id)).forEach((option) => {
      const put = button(option.id, "in", "order_in", say("order_put"), false, () => change([...placed, option.id], say("order_at", { option: words(option.html), n: placed.length + 1 }), "in-" + next(option.id)));
      open.append(make("li", {}, shown(option.html), make("span", { class: "tj-end" }, put)));
    });
    fill(box, make("p", { class: "tj-hint" }, say("order_how")), list);
    if (open.children.length) { box.append(make("h3", { class: "tj-sm tj-muted" }, say("order_open")), open); }
  };
  /** @param {string} id the option that is about to be placed */
  const next = (id) => {
    const open = question.options.map((option) => option.id).filter((one) => !placed.includes(one));
    return open[open.indexOf(id) + 1] || open[0] || "";
  };
  draw();
  return box;
}

/** Fragments of the text to be marked. @param {Task} task */
function hottext(task) {
  const { question, stem } = task;
  const most = question.most === undefined ? 1 : question.most;
  const chosen = task.value || [];
  /** @type {HTMLInputElement[]} */
  const inputs = [];
  weave(stem, /\{\{([a-z0-9]+)\}\}/g, (found) => {
    const option = question.options.find((one) => one.id === found[1]) || { id: "", html: "" };
    const input = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", class: "tj-check", value: option.id }));
    input.checked = chosen.includes(option.id);
    inputs.push(input);
    return make("label", { class: "tj-hot" }, input, shown(option.html));
  });
  stem.classList.add("tj-with-fields");
  stem.setAttribute("role", "group");
  stem.addEventListener("change", () => {
    atMost(inputs, most);
    const values = inputs.filter((input) => input.checked).map((input) => input.value);
    task.choose(values.length ? values : null);
  });
  atMost(inputs, most);
  return make("p", { class: "tj-hint" }, most ? say("marks_how", { n: most }) : say("marks_how_any"));
}

/** A number, typed or set by a slider. @param {Task} task */
function slider(task) {
  const { question } = task;
  const { lower, upper, step } = /** @type {{lower: number, upper: number, step: number}} */ (question.bounds);
  const id = "number-" + question.slot;
  const field = /** @type {HTMLInputElement} */ (make("input", { class: "tj-input tj-num", id, type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 30, "aria-describedby": id + "-how" }));
  const range = /** @type {HTMLInputElement} */ (make("input", { class: "tj-range", type: "range", min: lower, max: upper, step, "aria-label": say("slider") }));
  const wrong = make("p", { class: "tj-err", role: "alert", hidden: true });
  field.value = task.value === null ? "" : String(task.value);
  range.value = String(task.value === null ? lower : task.value);
  const read = () => {
    const text = field.value.normalize("NFKC").trim();
    return text === "" ? null : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  };
  const check = () => {
    const number = read();
    const bad = number !== null && !(number >= lower && number <= upper);
    wrong.hidden = !bad;
    field.setAttribute("aria-invalid", String(bad));
    write(wrong, bad ? say("slider_wrong", { lower, upper }) : "");
    return bad ? null : number;
  };
  field.addEventListener("input", () => {
    const number = check();
    if (number !== null) { range.value = String(number); }
    task.type(number);
  });
  field.addEventListener("blur", () => task.rest());
  range.addEventListener("input", () => {
    field.value = range.value;
    check();
    task.type(Number(range.value));
  });
  range.addEventListener("change", () => task.rest());
  const line = make("div", { class: "tj-blank" }, make("label", { for: id, class: "tj-nowrap" }, say("number")), field);
  return make("div", { class: "tj-slider", role: "group", "aria-labelledby": "stem-" + question.slot }, line, range, make("p", { class: "tj-hint tj-num", id: id + "-how" }, say("slider_how", { lower, upper, step })), wrong);
}
