/* Handing in: what is answered, section by section; then one more question; then waiting until the server has
   everything; then the receipt. Up to the last moment the candidate may go back. */

import { byId, fill, icon, make, show } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/**
 * @typedef {Object} Acts
 * @property {(slot: number) => void} go
 * @property {() => void} back
 * @property {() => void} confirm
 */

export class HandIn {
  /**
   * @param {Sheet} sheet
   * @param {Acts} acts
   */
  constructor(sheet, acts) {
    this.sheet = sheet;
    this.acts = acts;
    this.page = byId("hand-in-page");
    /** @type {"" | "summary" | "confirm" | "waiting"} */
    this.step = "";
    byId("hand-in-on").addEventListener("click", () => this._to("confirm"));
    byId("hand-in-sure").addEventListener("click", () => this._to("waiting"));
    ["hand-in-back", "hand-in-stay", "hand-in-stop"].forEach((id) => byId(id).addEventListener("click", () => acts.back()));
  }

  get isOpen() {
    return this.step !== "";
  }

  open() {
    this._to("summary");
  }

  close() {
    this.step = "";
    show(this.page, false);
  }

  /** @param {"summary"|"confirm"|"waiting"} step */
  _to(step) {
    this.step = step;
    show(this.page, true);
    ["summary", "confirm", "waiting"].forEach((one) => show(byId("hand-in-" + one), one === step));
    this.draw();
    byId("hand-in-" + step + "-h").focus();
    if (step === "waiting") { this.acts.confirm(); }
  }

  /** Draw the figures of the step that is shown. */
  draw() {
    if (this.step === "summary") { this._summary(); }
    const figures = this.sheet.figures();
    const open = figures.total - figures.answered;
    ["hand-in-files", "hand-in-files-2"].forEach((id) => {
      show(byId(id), figures.files > 0);
      fill(byId(id), figures.files ? say("hand_in_files", { n: figures.files }) : "");
    });
    if (this.step === "confirm") {
      fill(byId("hand-in-open"), open ? say("confirm_open", { n: open }) : say("confirm_all", { n: figures.total }));
    }
    if (this.step === "waiting") {
      fill(byId("hand-in-waits"), figures.local ? say("handing_in_local", { n: figures.local }) : say("handing_in"));
    }
  }

  _summary() {
    const rows = byId("hand-in-rows");
    fill(rows);
    this.sheet.sections.forEach((section, index) => {
      const figures = this.sheet.figures(index);
      rows.append(row(section.title, figures));
    });
    const whole = row(say("whole_paper"), this.sheet.figures());
    whole.className = "tj-sum";
    rows.append(whole);
    this._cells("hand-in-unanswered", (slot) => !this.sheet.isAnswered(slot));
    this._cells("hand-in-flagged", (slot) => this.sheet.flags.has(slot));
    const named = fileLines(this.sheet);
    show(byId("hand-in-named"), named.length > 0);
    fill(byId("hand-in-named-files"), ...named);
  }

  /** @param {string} id @param {(slot: number) => boolean} wanted */
  _cells(id, wanted) {
    const slots = this.sheet.questions.map((question) => question.slot).filter(wanted);
    show(byId(id), slots.length > 0);
    const grid = byId(id + "-cells");
    fill(grid);
    slots.forEach((slot) => {
      const cell = make("button", { type: "button", class: "tj-q", "aria-label": say("go_to", { n: slot }) }, String(slot));
      cell.addEventListener("click", () => this.acts.go(slot));
      grid.append(cell);
    });
  }
}

/** @param {string} title @param {{total: number, answered: number, flagged: number}} figures */
function row(title, figures) {
  const open = figures.total - figures.answered;
  const line = make("tr", {}, make("th", { scope: "row" }, title));
  [figures.total, figures.answered, open, figures.flagged].forEach((number, index) => {
    line.append(make("td", { class: "tj-r" + (index === 2 && open ? " tj-due tj-fw" : "") }, String(number)));
  });
  return line;
}

/** A line for each question that has a file, with its name; one that is still on its way says so. @param {Sheet} sheet */
function fileLines(sheet) {
  const asked = sheet.questions.filter((question) => question.type === "upload");
  return asked.map(({ slot }) => {
    const waiting = sheet.uploads.pending.get(slot);
    const value = sheet.value(slot);
    if (waiting) { return say("file_line_waits", { n: slot, name: waiting.name }); }
    return value ? say("file_line", { n: slot, name: value.name }) : "";
  }).filter(Boolean).map((words) => make("li", { class: "tj-file-name" }, words));
}

/**
 * Fill in the receipt.
 * @param {Sheet} sheet
 * @param {{at: string, answered: number, total: number, records: number}} facts
 */
export function drawReceipt(sheet, facts) {
  const named = fileLines(sheet);
  show(byId("receipt-files-h"), named.length > 0);
  show(/** @type {HTMLElement} */ (byId("receipt-files").parentElement), named.length > 0);
  fill(byId("receipt-files"), ...named);
  fill(byId("receipt-icon"), icon("circle-check"));
  fill(byId("receipt-at"), facts.at);
  fill(byId("receipt-answered"), say("receipt_answered", facts));
  fill(byId("receipt-records"), say("receipt_records", facts));
}
