/* The answer card: every question as a cell, by section, with its state in colour, shape and words. */

import { byId, fill, make, write } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */

export class Navigator {
  /**
   * @param {Sheet} sheet
   * @param {(slot: number) => void} onGo
   */
  constructor(sheet, onGo) {
    this.sheet = sheet;
    this.card = byId("card");
    /** @type {Map<number, HTMLElement>} */
    this.cells = new Map();
    /** @type {HTMLElement[]} */
    this.counts = [];
    const place = byId("card-sections");
    fill(place);
    sheet.sections.forEach((section, index) => {
      const count = make("span", { class: "tj-num" });
      const grid = make("div", { class: "tj-grid-q" });
      this.counts.push(count);
      place.append(make("h2", {}, section.title, count), grid);
      sheet.questions.filter((question) => question.section === index).forEach((question) => grid.append(this._cell(question.slot, onGo)));
    });
    byId("open-card").addEventListener("click", () => this.toggle(true));
    byId("shut-card").addEventListener("click", () => this.toggle(false));
    byId("card-shade").addEventListener("click", () => this.toggle(false));
    this.draw();
  }

  /** @param {number} slot @param {(slot: number) => void} onGo */
  _cell(slot, onGo) {
    const cell = make("button", { type: "button", class: "tj-q", "data-go": slot });
    cell.append(String(slot));
    cell.addEventListener("click", () => {
      this.toggle(false);
      onGo(slot);
    });
    this.cells.set(slot, cell);
    return cell;
  }

  /** Open or shut the card where it is a sheet at the bottom (phones). @param {boolean} open */
  toggle(open) {
    if (this.isOpen === open) { return; }
    this.card.classList.toggle("tj-open", open);
    byId("card-shade").hidden = !open;
    byId("open-card").setAttribute("aria-expanded", String(open));
    if (open) { byId("shut-card").focus(); }
    else if (byId("open-card").offsetParent) { byId("open-card").focus(); }
  }

  get isOpen() {
    return this.card.classList.contains("tj-open");
  }

  /** Draw all cells anew, or one. @param {number} [slot] */
  draw(slot) {
    if (slot === undefined) { this.sheet.questions.forEach((question) => this._draw(question.slot)); }
    else { this._draw(slot); }
    this.sheet.sections.forEach((section, index) => {
      const figures = this.sheet.figures(index);
      write(this.counts[index], say("answered_of", figures));
    });
    write(byId("card-count"), say("answered_of", this.sheet.figures()));
  }

  /** @param {number} slot */
  _draw(slot) {
    const cell = /** @type {HTMLElement} */ (this.cells.get(slot));
    const state = this.sheet.state(slot);
    const flagged = this.sheet.flags.has(slot);
    const current = this.sheet.current.slot === slot;
    const words = [say("question", { n: slot }), say("cell_" + state)];
    if (flagged) { words.push(say("cell_flagged")); }
    if (current) { words.push(say("cell_current")); }
    const spoken = words.join(say("comma"));
    if (cell.getAttribute("aria-label") === spoken) { return; }
    cell.setAttribute("aria-label", spoken);
    cell.classList.toggle("tj-saved", state === "saved");
    cell.classList.toggle("tj-local", state === "local");
    if (current) { cell.setAttribute("aria-current", "true"); }
    else { cell.removeAttribute("aria-current"); }
    fill(cell, String(slot));
    if (flagged) { cell.append(make("i", { class: "tj-fl" })); }
    if (state === "local") { cell.append(make("i", { class: "tj-dt" })); }
  }

  /** Bring the cell of the current question into sight, without moving the focus. */
  reveal() {
    const cell = /** @type {HTMLElement} */ (this.cells.get(this.sheet.current.slot));
    const top = cell.offsetTop - this.card.offsetTop;
    if (top < this.card.scrollTop) { this.card.scrollTop = top - 40; }
    else if (top + cell.offsetHeight > this.card.scrollTop + this.card.clientHeight) {
      this.card.scrollTop = top + cell.offsetHeight + 40 - this.card.clientHeight;
    }
  }
}
