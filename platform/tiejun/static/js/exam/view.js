/* The frame around the questions: connection sentence, time left, notices, and which page is shown. */

import { announce, byId, fill, icon, make, show, tone, write } from "./dom.js";
import { say, span } from "./words.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */

const PAGES = ["room", "exam", "over", "receipt"];
/* Minutes at which the time left is spoken; nobody wants to hear every second. */
const THRESHOLDS = [30, 10, 5, 1];
const MINUTE = 60000;

/**
 * Show one of the pages, and lead the skip link to it.
 * @param {"room"|"exam"|"over"|"receipt"} page
 */
export function showPage(page) {
  PAGES.forEach((one) => show(byId(one), one === page));
  document.body.classList.toggle("tj-at-exam", page === "exam");
  const main = byId(page).querySelector("main");
  const skip = document.querySelector(".tj-skip");
  if (main && skip) { skip.setAttribute("href", "#" + main.id); }
}

/**
 * Say why the exam does not go on here, what was kept, and what to do.
 * @param {{title: string, text: string, facts?: string[], action?: {words: string, href?: string, act?: () => void}, mood?: string, picture?: string}} what
 */
export function showOver(what) {
  showPage("over");
  fill(byId("over-icon"), icon(what.picture || "info-circle"));
  tone(byId("over-icon"), what.mood || "");
  write(byId("over-title"), what.title);
  write(byId("over-text"), what.text);
  overFacts(what.facts || []);
  const place = byId("over-action");
  fill(place);
  if (what.action) {
    const action = what.action;
    const button = action.href
      ? make("a", { class: "tj-btn tj-btn-lg tj-btn-primary", href: action.href }, action.words)
      : make("button", { class: "tj-btn tj-btn-lg tj-btn-primary", type: "button" }, action.words);
    if (action.act) { button.addEventListener("click", action.act); }
    place.append(button);
  }
  byId("over-title").focus();
}

/** @param {string[]} facts */
export function overFacts(facts) {
  const list = byId("over-facts");
  const words = facts.join("\n");
  if (list.getAttribute("data-words") === words) { return; }
  list.setAttribute("data-words", words);
  fill(list, ...facts.map((fact) => make("li", {}, fact)));
}

/**
 * Write the connection sentence. It always has the counts; amber only while something stays behind.
 * @param {Sheet} sheet
 * @param {{kind: string, detail: string}|null} trouble
 * @param {boolean} isSlow
 */
export function drawConnection(sheet, trouble, isSlow) {
  const figures = sheet.figures();
  const behind = figures.local > 0 && isSlow;
  const place = byId("conn");
  const lead = trouble ? say("conn_" + trouble.kind) : "";
  const brief = trouble ? say("conn_" + trouble.kind + "_brief") : "";
  const key = (lead || brief) + "|" + figures.saved + "|" + figures.local + "|" + behind;
  if (place.getAttribute("data-key") === key) { return; }
  place.setAttribute("data-key", key);
  fill(byId("conn-icon"), icon(trouble ? "cloud-off" : behind ? "cloud" : "cloud-check"));
  const words = byId("conn-words");
  fill(words);
  if (lead) {
    words.append(make("span", { class: "tj-hide-phone" }, lead), make("span", { class: "tj-only-phone" }, brief));
  }
  words.append(...counted(say("conn_saved"), figures.saved));
  if (figures.local || trouble) { words.append(say("comma"), ...counted(say(trouble || behind ? "conn_local" : "conn_sending"), figures.local)); }
  tone(place, trouble || behind ? "" : "ok");
}

/** A sentence whose figure is set in bold. @param {string} sentence @param {number} n */
function counted(sentence, n) {
  const parts = sentence.split("{n}");
  return [parts[0], make("b", { class: "tj-num" }, String(n)), parts[1] || ""];
}

/** The time left, and its thresholds. */
export class Countdown {
  /** @param {() => void} onEnd called once, when the time is up */
  constructor(onEnd) {
    this.onEnd = onEnd;
    this.left = Infinity;
    this.hidden = false;
    this.ended = false;
    byId("hide-clock").addEventListener("click", () => this._toggle());
  }

  _toggle() {
    this.hidden = !this.hidden;
    byId("hide-clock").setAttribute("aria-pressed", String(this.hidden));
    fill(byId("hide-clock-icon"), icon(this.hidden ? "eye-off" : "eye"));
    write(byId("hide-clock-words"), say(this.hidden ? "clock_show" : "clock_hide"));
    byId("hide-clock").setAttribute("aria-label", say(this.hidden ? "clock_show_long" : "clock_hide_long"));
    this.draw(this.left);
  }

  /** @param {number} left milliseconds */
  draw(left) {
    const before = this.left;
    this.left = left;
    write(byId("left"), this.hidden ? "··:··:··" : span(left));
    tone(byId("clock"), left <= MINUTE ? "over" : left <= 5 * MINUTE ? "due" : "");
    const passed = THRESHOLDS.filter((minutes) => before > minutes * MINUTE && left <= minutes * MINUTE && left > 0);
    if (passed.length && before !== Infinity) { this._say(Math.min(...passed)); }
    if (left <= 0 && !this.ended) {
      this.ended = true;
      this.onEnd();
    }
    if (left > 0) { this.ended = false; }
  }

  /** @param {number} minutes */
  _say(minutes) {
    const words = say("minutes_left", { n: minutes });
    announce(words);
    if (this.hidden || minutes <= 5) { notice(words, 12000); }
  }
}

let noticeTimer = 0;

/**
 * Show a sentence below the head; it goes away by itself when `lasts` is given, else by its button.
 * @param {string} words
 * @param {number} [lasts] milliseconds
 */
export function notice(words, lasts) {
  window.clearTimeout(noticeTimer);
  write(byId("say-words"), words);
  show(byId("say"), true);
  if (lasts) { noticeTimer = window.setTimeout(() => show(byId("say"), false), lasts); }
}
