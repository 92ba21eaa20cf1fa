/* Draws one question: head, stem, and the control by which it is answered. Values go out through `on`. */

import { fill, icon, make, tone, write } from "./dom.js";
import { drawFile, fileField } from "./file_field.js";
import { drawInteraction, isInteraction } from "./interactions.js";
import { beijingTime, say } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Question} Question */
/**
 * @typedef {Object} Answering
 * @property {(slot: number, value: any) => void} choose a choice was made: it is sent at once
 * @property {(slot: number, value: any) => void} type a text changed: it is sent when typing rests
 * @property {(composing: boolean) => void} compose an input method began or ended composing
 * @property {() => void} rest the text field was left
 * @property {(slot: number, file: File) => void} chooseFile a file was chosen: it is sent at once
 * @property {(slot: number, words: string) => void} refuseFile a file was chosen that cannot be an answer
 * @property {(slot: number) => void} dropFile the file that is on its way, or else the one handed in, is taken back
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_ESSAY = 20000;
const MAX_BLANK = 500;

/** @param {Question} question @returns {{value: any, content: () => Node}[]} */
export function choices(question) {
  if (question.type === "true_false") {
    return [
      { value: true, content: () => document.createTextNode(say("true")) },
      { value: false, content: () => document.createTextNode(say("false")) },
    ];
  }
  return (question.options || []).map((option) => ({ value: option.id, content: () => markup(option.html) }));
}

/** Options and stems are escaped by the bank; the material is checked by it tag by tag. @param {string} html */
export function markup(html) {
  const place = document.createElement("template");
  place.innerHTML = html;
  return place.content;
}

/**
 * @param {Sheet} sheet
 * @param {Question} question
 * @param {Answering} on
 * @returns {HTMLElement}
 */
export function drawQuestion(sheet, question, on) {
  const slot = question.slot;
  const box = make("article", { class: "tj-ex-item", "data-slot": slot });
  const stem = make("div", { class: "tj-stem", id: "stem-" + slot });
  stem.append(markup(question.stem_html));
  if (question.type === "fill_in") { numberBlanks(stem); }
  box.append(head(question), stem, isInteraction(question.type) ? drawInteraction(sheet, question, on, stem) : control(sheet, question, on));
  return box;
}

/** @param {Question} question */
function head(question) {
  const number = make("h2", { class: "tj-q-no", id: "q-" + question.slot, tabindex: "-1" });
  number.append(make("span", { class: "tj-vh" }, say("question_before")), make("b", { class: "tj-num" }, String(question.slot)));
  number.append(make("span", { class: "tj-vh" }, say("question_after")));
  const kind = say("type_" + question.type) + "·" + say("points", { n: question.points });
  const state = make("span", { class: "tj-save tj-end", id: "save-" + question.slot });
  return make("div", { class: "tj-q-head" }, number, make("span", {}, kind), state);
}

/** A run of underscores becomes a gap with its number, so that gap and field find each other. @param {HTMLElement} stem */
function numberBlanks(stem) {
  let number = 0;
  const texts = Array.from(stem.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE);
  texts.forEach((node) => {
    const parts = (node.textContent || "").split(/_{4,}/);
    const pieces = document.createDocumentFragment();
    parts.forEach((part, index) => {
      if (index > 0) {
        number += 1;
        pieces.append(make("span", { class: "tj-gap" }, say("gap", { n: number })));
      }
      pieces.append(part);
    });
    /** @type {ChildNode} */ (node).replaceWith(pieces);
  });
}

/** @param {Sheet} sheet @param {Question} question @param {Answering} on */
function control(sheet, question, on) {
  if (question.type === "essay") { return essay(sheet, question, on); }
  if (question.type === "fill_in") { return blanks(sheet, question, on); }
  if (question.type === "upload") { return fileField(sheet, question, on); }
  return cards(sheet, question, on);
}

/** @param {Sheet} sheet @param {Question} question @param {Answering} on */
function cards(sheet, question, on) {
  const slot = question.slot;
  const several = question.type === "multiple";
  const value = sheet.value(slot);
  const group = make("fieldset", { "aria-labelledby": "stem-" + slot }, make("legend", { class: "tj-vh" }, say("options_of", { n: slot })));
  choices(question).forEach((choice, index) => {
    const input = /** @type {HTMLInputElement} */ (make("input", { type: several ? "checkbox" : "radio", name: "slot-" + slot, value: String(choice.value) }));
    input.checked = several ? Array.isArray(value) && value.includes(choice.value) : value === choice.value;
    const letter = make("span", { class: "tj-k", "aria-hidden": "true" }, LETTERS[index]);
    const spoken = make("span", { class: "tj-vh" }, say("option", { letter: LETTERS[index] }));
    const words = make("span", { class: "tj-opt-words" }, choice.content());
    const mark = make("span", { class: "tj-mk", "aria-hidden": "true" }, icon("check"), say("chosen"));
    group.append(make("label", { class: "tj-opt" + (several ? " tj-multi" : "") }, input, letter, spoken, words, mark));
  });
  group.addEventListener("change", () => on.choose(slot, chosen(group, question)));
  return group;
}

/** The value that the cards show. @param {HTMLElement} group @param {Question} question */
function chosen(group, question) {
  const inputs = /** @type {HTMLInputElement[]} */ (Array.from(group.querySelectorAll("input")));
  const picked = choices(question).filter((choice, index) => inputs[index].checked).map((choice) => choice.value);
  if (!picked.length) { return null; }
  return question.type === "multiple" ? picked : picked[0];
}

/** @param {Sheet} sheet @param {Question} question @param {Answering} on */
function blanks(sheet, question, on) {
  const slot = question.slot;
  const number = question.blanks || 1;
  const value = sheet.value(slot) || [];
  const box = make("div", { role: "group", "aria-labelledby": "stem-" + slot });
  const texts = () => /** @type {HTMLInputElement[]} */ (Array.from(box.querySelectorAll("input"))).map((input) => clean(input.value));
  const whole = () => (texts().every((text) => text === "") ? null : texts());
  for (let index = 0; index < number; index += 1) {
    const id = "blank-" + slot + "-" + (index + 1);
    const input = /** @type {HTMLInputElement} */ (make("input", { class: "tj-input", id, type: "text", maxlength: MAX_BLANK, autocomplete: "off", autocapitalize: "off", spellcheck: "false" }));
    input.value = value[index] || "";
    box.append(make("div", { class: "tj-blank" }, make("label", { for: id }, say("blank", { n: index + 1 })), input));
    listen(input, on, () => on.type(slot, whole()));
  }
  return box;
}

/** @param {Sheet} sheet @param {Question} question @param {Answering} on */
function essay(sheet, question, on) {
  const slot = question.slot;
  const id = "essay-" + slot;
  const area = /** @type {HTMLTextAreaElement} */ (make("textarea", { class: "tj-input tj-answer", id, maxlength: MAX_ESSAY, autocomplete: "off", spellcheck: "false", "aria-labelledby": "stem-" + slot, "aria-describedby": id + "-count" }));
  area.value = sheet.value(slot) || "";
  const counted = make("p", { class: "tj-hint tj-num", id: id + "-count" });
  const count = () => write(counted, say("written", { n: area.value.replace(/\s/g, "").length }));
  listen(area, on, () => {
    count();
    const text = clean(area.value);
    on.type(slot, text === "" ? null : text);
  });
  count();
  return make("div", { class: "tj-essay" }, area, counted);
}

/**
 * Report what is typed, but never the half-finished letters of an input method.
 * @param {HTMLInputElement|HTMLTextAreaElement} field
 * @param {Answering} on
 * @param {() => void} changed
 */
function listen(field, on, changed) {
  let composing = false;
  field.addEventListener("compositionstart", () => { composing = true; on.compose(true); });
  field.addEventListener("compositionend", () => { composing = false; changed(); on.compose(false); });
  field.addEventListener("input", (event) => {
    if (!composing && !(/** @type {InputEvent} */ (event).isComposing)) { changed(); }
  });
  field.addEventListener("blur", () => {
    if (composing) { composing = false; changed(); on.compose(false); }
    on.rest();
  });
}

/** What no database can store never leaves this page: NUL, and half a character. @param {string} text */
function clean(text) {
  return text.replace(/\0/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "$1");
}

/**
 * Write where the answer of a question is: typing, being sent, on this computer, on the server.
 * @param {Sheet} sheet
 * @param {number} slot
 * @param {boolean} isSlow whether sending takes longer than it should, or fails
 */
export function drawSaveState(sheet, slot, isSlow) {
  const place = document.getElementById("save-" + slot);
  if (!place) { return; }
  drawFile(sheet, slot);
  const at = sheet.changedAt.get(slot);
  const saved = sheet.savedAt.get(slot);
  let key = "", picture = "", mood = "", time = 0;
  if (sheet.refused.has(slot)) { key = "save_refused"; picture = "alert-triangle"; mood = "over"; }
  else if (sheet.uploads.pending.has(slot)) { key = "save_upload"; picture = "cloud"; mood = "due"; }
  else if (sheet.isLocal(slot) && isSlow) { key = "save_local"; picture = "cloud-off"; mood = "due"; time = at || 0; }
  else if (sheet.typing.has(slot)) { key = "save_typing"; picture = "pencil"; }
  else if (sheet.isLocal(slot)) { key = "save_sending"; picture = "cloud"; }
  else if (sheet.isAnswered(slot) || saved) { key = sheet.isAnswered(slot) ? "save_saved" : "save_cleared"; picture = "cloud-check"; mood = "ok"; time = saved || 0; }
  const words = key ? (time ? beijingTime(time) + " " : "") + say(key) : "";
  if (place.textContent === words) { return; }
  fill(place, icon(picture), make("span", { class: "tj-num" }, words));
  tone(place, mood);
}
