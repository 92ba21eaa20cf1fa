/* The field of a question that is answered with a file: what may be handed in, what is on its way, what is there. */

import { fill, icon, make, write } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Question} Question */
/** @typedef {import("./uploads.js").Pending} Pending */

const MB = 1048576;

/**
 * @param {Sheet} sheet
 * @param {Question} question
 * @param {import("./render.js").Answering} on
 * @returns {HTMLElement}
 */
export function fileField(sheet, question, on) {
  const slot = question.slot;
  const id = "file-" + slot;
  const endings = question.accept || [];
  const input = /** @type {HTMLInputElement} */ (make("input", {
    class: "tj-vh", id, type: "file", accept: endings.map((ending) => "." + ending).join(","),
    "aria-describedby": id + "-how " + id + "-state",
  }));
  input.addEventListener("change", () => {
    const file = input.files && input.files[0];
    if (!file) { return; }
    const problem = problemOf(file, endings, sheet.mostBytes);
    if (problem) { on.refuseFile(slot, problem); }
    else { on.chooseFile(slot, file); }
    // The browser's own words would go on naming this file, also when it is replaced or taken back.
    input.value = "";
  });
  const label = make("label", { class: "tj-btn tj-btn-lg", for: id }, icon("file-upload"), make("span", { id: id + "-label" }));
  const state = make("div", { class: "tj-file-state", id: id + "-state" });
  state.addEventListener("click", (event) => {
    const act = event.target instanceof Element ? event.target.closest("button") : null;
    if (!act) { return; }
    on.dropFile(slot);
    input.focus();
  });
  const how = say("file_how", { kinds: endings.join(say("enum_comma")), most: Math.floor(sheet.mostBytes / MB) });
  const wrong = make("p", { class: "tj-err", id: id + "-wrong", role: "alert", hidden: true });
  return make("div", { class: "tj-file", role: "group", "aria-labelledby": "stem-" + slot },
    make("p", { class: "tj-hint", id: id + "-how" }, how), input, label, wrong, state);
}

/** @param {File} file @param {string[]} endings @param {number} most bytes */
function problemOf(file, endings, most) {
  const ending = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  if (endings.length && !endings.includes(ending)) {
    return say("file_kind", { name: file.name, kinds: endings.join(say("enum_comma")) });
  }
  if (file.size > most) { return say("file_large", { name: file.name, size: sizeWords(file.size), most: Math.floor(most / MB) }); }
  return file.size ? "" : say("file_empty", { name: file.name });
}

/** @param {number} bytes */
function sizeWords(bytes) {
  return bytes < MB ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / MB).toFixed(1) + " MB";
}

/**
 * Draw what became of the file of a question, if it is on the screen.
 * @param {Sheet} sheet
 * @param {number} slot
 */
export function drawFile(sheet, slot) {
  const place = document.getElementById("file-" + slot + "-state");
  if (!place) { return; }
  const waiting = sheet.uploads.pending.get(slot);
  const value = sheet.value(slot);
  const problem = sheet.uploads.problems.get(slot) || "";
  const wrong = /** @type {HTMLElement} */ (document.getElementById("file-" + slot + "-wrong"));
  wrong.hidden = problem === "";
  write(wrong, problem);
  write(/** @type {HTMLElement} */ (document.getElementById("file-" + slot + "-label")), say(value || waiting ? "file_replace" : "file_choose"));
  const key = JSON.stringify([value, waiting && waiting.name, waiting && waiting.at]);
  if (place.getAttribute("data-key") !== key) {
    place.setAttribute("data-key", key);
    fill(place);
    if (value) { place.append(handedIn(sheet, slot, value, Boolean(waiting))); }
    if (waiting) { place.append(onItsWay(waiting)); }
  }
  if (waiting) { drawProgress(place, waiting); }
}

/** @param {Sheet} sheet @param {number} slot @param {{file: string, name: string}} value @param {boolean} isReplaced */
function handedIn(sheet, slot, value, isReplaced) {
  const size = sheet.uploads.sizes.get(value.file);
  const row = make("p", { class: "tj-file-row" }, icon("file-text"), make("b", { class: "tj-file-name" }, value.name));
  if (size) { row.append(make("span", { class: "tj-num tj-muted" }, sizeWords(size))); }
  row.append(make("a", { class: "tj-btn tj-btn-sm", href: sheet.fileRoot + slot + "/" + value.file, target: "_blank", rel: "noopener" }, say("file_open")));
  if (isReplaced) { row.append(make("span", { class: "tj-sm tj-muted" }, say("file_until"))); }
  else { row.append(make("button", { class: "tj-btn tj-btn-sm", type: "button", "aria-label": say("file_remove_long", { name: value.name }) }, say("file_remove"))); }
  return row;
}

/** @param {Pending} waiting */
function onItsWay(waiting) {
  const row = make("p", { class: "tj-file-row" }, icon("cloud"), make("b", { class: "tj-file-name" }, waiting.name), make("span", { class: "tj-num tj-muted" }, sizeWords(waiting.size)));
  row.append(make("button", { class: "tj-btn tj-btn-sm", type: "button", "aria-label": say("file_stop_long", { name: waiting.name }) }, say("file_stop")));
  const bar = make("progress", { class: "tj-file-bar", max: 100, value: 0, "aria-label": say("file_progress") });
  return make("div", {}, row, bar, make("p", { class: "tj-sm tj-due tj-num", role: "status", "data-words": "" }));
}

/** @param {HTMLElement} place @param {Pending} waiting */
function drawProgress(place, waiting) {
  const bar = /** @type {HTMLProgressElement} */ (place.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (place.querySelector("[data-words]"));
  const percent = Math.floor(100 * (waiting.share || 0));
  bar.value = percent;
  if (waiting.share === undefined) { write(words, say(waiting.failed ? "file_again" : "file_waits")); }
  else { write(words, percent < 100 ? say("file_sending", { n: percent - percent % 10 }) : say("file_checking")); }
}
