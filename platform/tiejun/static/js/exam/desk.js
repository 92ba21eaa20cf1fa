/* The middle of the page: material, question, and the row of buttons below; the answer card beside it. */

import { announce, byId, fill, show, write } from "./dom.js";
import { isInteraction } from "./interactions.js";
import { keysAreOn, listenToKeys, switchKeys } from "./keys.js";
import { Navigator } from "./navigator.js";
import { drawQuestion, drawSaveState, markup } from "./render.js";
import { say } from "./words.js";

const LAYOUT = "tj.layout";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Question} Question */

export class Desk {
  /**
   * @param {Sheet} sheet
   * @param {import("./handin.js").HandIn} handIn
   * @param {import("./render.js").Answering} on
   * @param {{leave: () => void, changed: () => void, isSlow: () => boolean}} around
   */
  constructor(sheet, handIn, on, around) {
    this.sheet = sheet;
    this.handIn = handIn;
    this.on = on;
    this.around = around;
    /** @type {string|undefined} */
    this.group = undefined;
    /** @type {Map<string, boolean>} on narrow screens: whether the material of a case is unfolded */
    this.unfolded = new Map();
    /** @type {number[]} the questions that are drawn: one, or all of a section */
    this.drawn = [];
    this.together = readLayout();
    this.card = new Navigator(sheet, (slot) => this.go(slot, true));
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    byId("flag").addEventListener("click", () => this.flag());
    byId("clear").addEventListener("click", () => this._clear());
    byId("keys-switch").addEventListener("click", () => this._switchKeys());
    byId("layout").addEventListener("click", () => this._switchLayout());
    ["focusin", "pointerdown"].forEach((kind) => byId("question-body").addEventListener(kind, (event) => this._enter(event)));
    byId("material-fold").addEventListener("click", () => this._fold());
    ["hand-in", "hand-in-2"].forEach((id) => byId(id).addEventListener("click", () => this.check()));
    byId("say-shut").addEventListener("click", () => show(byId("say"), false));
    listenToKeys({
      choose: (index) => this._chooseByKey(index),
      move: (step) => { if (this.sheet.questions[this.sheet.position + step]) { this.step(step, true); } },
      flag: () => this.flag(),
      isActive: () => !byId("exam").hidden && !this.handIn.isOpen && !this.card.isOpen,
      leaveField: () => byId("q-" + this.sheet.current.slot).focus(),
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.card.isOpen) { this.card.toggle(false); } });
  }

  /** Show the current question again, after the summary or at the beginning. @param {boolean} focus */
  show(focus) {
    this.go(this.sheet.current.slot, focus);
  }

  /** @param {number} slot @param {boolean} focus whether the keyboard follows */
  go(slot, focus) {
    this.around.leave();
    this.handIn.close();
    byId("exam").classList.remove("tj-checking");
    const before = this.sheet.current;
    this.sheet.position = this.sheet.questions.findIndex((question) => question.slot === slot);
    const question = this.sheet.current;
    this._material(question);
    this._questions(question);
    show(byId("question"), true);
    this.card.draw(before.slot);
    this.card.draw(slot);
    this.card.reveal();
    this._foot();
    this.drawn.forEach((one) => drawSaveState(this.sheet, one, this.around.isSlow()));
    this._scrollTo(slot);
    if (focus) { byId("q-" + slot).focus({ preventScroll: true }); }
    this.around.changed();
  }

  /** What is shown with a question: itself; or its whole section, or its case. @param {Question} question */
  _company(question) {
    if (!this.together) { return [question]; }
    if (question.group) { return this.sheet.siblings(question); }
    return this.sheet.questions.filter((one) => one.section === question.section && !one.group);
  }

  /** @param {Question} question */
  _questions(question) {
    const company = this._company(question);
    const slots = company.map((one) => one.slot);
    if (this.together && slots.join() === this.drawn.join()) { return; }
    this.drawn = slots;
    fill(byId("question-body"), ...company.map((one) => drawQuestion(this.sheet, one, this.on)));
  }

  /**
   * Bring a question to the top of whatever scrolls at this size. Not by scrollIntoView: that would also move
   * the frame, whose head has to stay in sight.
   * @param {number} slot
   */
  _scrollTo(slot) {
    const article = this._article(slot);
    const first = this.drawn[0] === slot;
    [byId("question"), byId("desk")].forEach((place) => {
      if (getComputedStyle(place).overflowY !== "auto") { return; }
      const by = article.getBoundingClientRect().top - place.getBoundingClientRect().top;
      place.scrollTop = first ? 0 : place.scrollTop + by;
    });
    const page = document.scrollingElement;
    if (page && getComputedStyle(document.body).overflowY !== "hidden") {
      page.scrollTop = first ? 0 : page.scrollTop + article.getBoundingClientRect().top;
    }
  }

  /** @param {number} slot */
  _article(slot) {
    return /** @type {HTMLElement} */ (byId("question-body").querySelector('[data-slot="' + slot + '"]'));
  }

  /** Several questions are shown, and somebody begins to work on one of them. @param {Event} event */
  _enter(event) {
    const article = event.target instanceof Element ? event.target.closest("[data-slot]") : null;
    const slot = article ? Number(article.getAttribute("data-slot")) : this.sheet.current.slot;
    if (slot === this.sheet.current.slot) { return; }
    const before = this.sheet.current.slot;
    this.sheet.position = this.sheet.questions.findIndex((question) => question.slot === slot);
    this.card.draw(before);
    this.card.draw(slot);
    this._foot();
    this.around.changed();
  }

  _switchLayout() {
    this.together = !this.together;
    try { window.localStorage.setItem(LAYOUT, this.together ? "section" : "one"); } catch (error) { /* for this page only */ }
    this.drawn = [];
    this.card.toggle(false);
    this.show(true);
  }

  /** @param {number} step @param {boolean} [byKey] */
  step(step, byKey) {
    const question = this.sheet.questions[this.sheet.position + step];
    if (question) {
      this.go(question.slot, Boolean(byKey));
      if (!byKey) { announce(say("question", { n: question.slot })); }
    } else if (step > 0) { this.check(); }
  }

  /** Open the summary before handing in. */
  check() {
    this.around.leave();
    this.card.toggle(false);
    show(byId("material"), false);
    show(byId("question"), false);
    byId("desk").classList.remove("tj-has-mat");
    byId("exam").classList.add("tj-checking");
    this.group = undefined;
    this.drawn = [];
    this.handIn.open();
    byId("desk").scrollTop = 0;
  }

  flag() {
    const slot = this.sheet.current.slot;
    if (!this.sheet.flags.delete(slot)) { this.sheet.flags.add(slot); }
    this._foot();
    this.card.draw(slot);
    this.around.changed();
  }

  /** Draw what an answer or a reply changed. @param {number} [slot] */
  draw(slot) {
    this.card.draw(slot);
    if (this.handIn.isOpen) { return; }
    (slot === undefined ? this.drawn : [slot]).forEach((one) => drawSaveState(this.sheet, one, this.around.isSlow()));
    this._foot();
  }

  /** @param {number} index */
  _chooseByKey(index) {
    if (isInteraction(this.sheet.current.type)) { return false; }
    const inputs = /** @type {HTMLInputElement[]} */ (Array.from(this._article(this.sheet.current.slot).querySelectorAll("input[type=radio], input[type=checkbox]")));
    const input = inputs[index];
    if (!input) { return false; }
    input.focus();
    if (input.type === "radio" && input.checked) { return true; }
    input.checked = !input.checked;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  _clear() {
    const question = this.sheet.current;
    this.on.choose(question.slot, null);
    this._article(question.slot).replaceWith(drawQuestion(this.sheet, question, this.on));
    this.show(true);
  }

  _switchKeys() {
    switchKeys(!keysAreOn());
    this._foot();
  }

  /** @param {Question} question */
  _material(question) {
    const has = Boolean(question.stimulus_html);
    byId("desk").classList.toggle("tj-has-mat", has);
    show(byId("material"), has);
    if (!has || this.group === question.group) {
      this.group = question.group;
      return;
    }
    this.group = question.group;
    const slots = this.sheet.siblings(question).map((one) => one.slot);
    const words = slots.length > 1 ? say("shared", { first: slots[0], last: slots[slots.length - 1] }) : "";
    write(byId("material-for"), words);
    write(byId("material-for-2"), words);
    fill(byId("material-body"), markup(question.stimulus_html || ""));
    byId("material").scrollTop = 0;
    this._unfold(this.unfolded.get(String(this.group)) !== false);
  }

  _fold() {
    const open = !byId("material").classList.contains("tj-open");
    this.unfolded.set(String(this.group), open);
    this._unfold(open);
  }

  /** @param {boolean} open */
  _unfold(open) {
    byId("material").classList.toggle("tj-open", open);
    byId("material-fold").setAttribute("aria-expanded", String(open));
    write(byId("material-fold-words"), say(open ? "fold" : "unfold"));
  }

  _foot() {
    const question = this.sheet.current;
    const figures = this.sheet.figures();
    const flagged = this.sheet.flags.has(question.slot);
    const last = this.sheet.position === this.sheet.questions.length - 1;
    write(byId("foot-status"), say("foot", { n: this.sheet.position + 1, total: figures.total, open: figures.total - figures.answered }));
    byId("flag").setAttribute("aria-pressed", String(flagged));
    write(byId("flag-words"), say(flagged ? "flagged" : "flag"));
    byId("previous").toggleAttribute("disabled", this.sheet.position === 0);
    write(byId("next-words"), say(last ? "check" : "next"));
    write(byId("layout"), say(this.together ? "layout_one" : "layout_section"));
    this._hints(question);
  }

  /** @param {Question} question */
  _hints(question) {
    const byLetter = ["single", "multiple", "true_false"].includes(question.type);
    const choices = question.type === "true_false" ? 2 : byLetter ? question.options.length : 0;
    show(byId("clear"), (byLetter || isInteraction(question.type)) && this.sheet.isAnswered(question.slot));
    show(byId("hint-text"), choices === 0);
    show(byId("hint-choose"), choices > 0 && keysAreOn());
    show(byId("hint-flag"), choices > 0 && keysAreOn());
    show(byId("hint-move"), byLetter);
    show(byId("keys-switch"), choices > 0);
    write(byId("hint-last"), "ABCDEFGHI"[Math.max(0, choices - 1)]);
    write(byId("hint-flag-key"), choices > 5 ? "Shift+F" : "F");
    write(byId("keys-switch"), say(keysAreOn() ? "keys_off" : "keys_on"));
  }
}

function readLayout() {
  try { return window.localStorage.getItem(LAYOUT) === "section"; } catch (error) { return false; }
}
