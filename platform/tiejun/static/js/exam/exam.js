/* An attempt at work: takes what the candidate does, numbers it, keeps it, has it sent, and shows where it is. */

import { Refusal } from "./api.js";
import { announce, byId, fill, show } from "./dom.js";
import { Desk } from "./desk.js";
import { HandIn, drawReceipt } from "./handin.js";
import { Queue } from "./queue.js";
import { Sender, pause } from "./sender.js";
import { Sheet, same } from "./sheet.js";
import { drafts, forgetDraft, keepDraft, keepPlace, placeOf } from "./store.js";
import { Countdown, drawConnection, notice, overFacts, showOver, showPage } from "./view.js";
import { Typing } from "./typing.js";
import { Uploads } from "./uploads.js";
import { beijingTime, say, spanWords } from "./words.js";

const REST = 2000;
const REST_AT_THE_END = 300;
const NEARLY_UP = 20000;
const SLOW = 1500;

/**
 * @typedef {Object} Opened
 * @property {string} attempt
 * @property {string} lease
 * @property {string} token
 * @property {any} paper
 * @property {string} deadline
 * @property {Object<string, any>} responses
 * @property {number} last_seq
 */

export class Exam {
  /**
   * @param {Object} parts
   * @param {any} parts.config
   * @param {import("./api.js").Api} parts.api
   * @param {import("./clock.js").ServerClock} parts.clock
   * @param {import("./store.js").Store} parts.store
   * @param {Opened} opened
   * @param {{attempt: Object<string, any>|null, events: any[], files: any[]}} kept what this computer still had
   */
  constructor(parts, opened, kept) {
    this.config = parts.config;
    this.api = parts.api;
    this.clock = parts.clock;
    this.store = parts.store;
    /** @type {{kind: string, detail: string}|null} */
    this.trouble = null;
    this.isOver = false;
    this.isTimeUp = false;
    this.late = new Set();
    this.waitingSince = 0;
    this.typing = new Typing(() => this.commit());
    this.held = { attempt: opened.attempt, token: opened.token, lease: opened.lease };
    this.deadline = Date.parse(opened.deadline);
    const mine = kept.events.filter((event) => event.lease === opened.lease)
      .map((event) => ({ seq: event.seq, slot: event.slot, value: event.value, at_ms: event.at_ms }));
    this.queue = new Queue(opened.last_seq, mine);
    this.sheet = new Sheet(opened.paper, opened.responses);
    this.sheet.queue = this.queue;
    /** @type {Map<number, any>} what the server has, by its own word */
    this.known = new Map(this.sheet.values);
    this.queue.events.forEach((event) => {
      this.sheet.values.set(event.slot, event.value);
      this.sheet.changedAt.set(event.slot, event.at_ms);
    });
    this.uploads = this._makeUploads();
    this._recall(kept.attempt || {});
    this.sender = this._makeSender();
    /** @type {import("./uploads.js").Pending[]} files that were on their way when the page went away */
    this._leftFiles = kept.files.filter((file) => file.lease === opened.lease && this.sheet.question(file.slot));
    this._ticking = 0;
    this._remembering = 0;
    this._slow = false;
    /** @type {any} the screen's wake lock */
    this._wake = null;
    this.countdown = new Countdown(() => this._timeUp());
    this.handIn = new HandIn(this.sheet, {
      go: (slot) => this.desk.go(slot, true),
      back: () => this.desk.show(true),
      confirm: () => this._handIn(),
    });
    /** @type {Desk} */
    this.desk = new Desk(this.sheet, this.handIn, {
      choose: (slot, value) => this._choose(slot, value),
      type: (slot, value) => this._type(slot, value),
      compose: (composing) => this.typing.compose(composing),
      rest: () => this.commit(),
      chooseFile: (slot, file) => { if (!this.isOver && !this.isTimeUp) { this.uploads.choose(slot, file, this.clock.now()); } },
      refuseFile: (slot, words) => this.uploads.refuse(slot, words),
      dropFile: (slot) => this._dropFile(slot),
    }, { leave: () => this.commit(), changed: () => this._keepPlace(), isSlow: () => this._slow });
  }

  /** Begin, or go on after a reload. */
  start() {
    this._takeDrafts();
    showPage("exam");
    this.desk.show(false);
    this._ticking = window.setInterval(() => this._tick(), 500);
    this._listen();
    this._tick();
    this.draw();
    // At once: without token and lease, nothing kept here could be sent after a reload.
    this._rememberNow();
    this.sender.kick(true);
    this.uploads.restore(this._leftFiles);
    this.draw();
  }

  _makeUploads() {
    const uploads = new Uploads({
      api: this.api,
      store: this.store,
      held: this.held,
      onChange: (slot) => this._fileChanged(slot),
      onStored: (slot, value, at) => this._record(slot, value, at),
      onEnd: (refusal) => this._cutOff(refusal),
    });
    this.sheet.uploads = uploads;
    this.sheet.mostBytes = this.config.file_bytes;
    this.sheet.fileRoot = this.config.api_root + "/attempts/" + this.held.attempt + "/files/";
    return uploads;
  }

  /** How many things are only on this computer. */
  get waiting() {
    return this.queue.length + this.uploads.length;
  }

  _makeSender() {
    return new Sender({
      api: this.api,
      queue: this.queue,
      held: this.held,
      onReply: (reply, gone) => this._replied(reply, gone),
      onTrouble: (trouble) => this._troubled(trouble),
      onEnd: (refusal) => this._cutOff(refusal),
      onRefused: (event, refusal) => this._refused(event, refusal),
    });
  }

  /** @param {Object<string, any>} kept */
  _recall(kept) {
    const place = placeOf(this.config.owner);
    place.flags.forEach((slot) => this.sheet.flags.add(slot));
    if (kept.lease === this.held.lease) {
      Object.keys(kept.file_sizes || {}).forEach((digest) => this.uploads.sizes.set(digest, kept.file_sizes[digest]));
      Object.keys(kept.saved_at || {}).forEach((slot) => this.sheet.savedAt.set(Number(slot), kept.saved_at[slot]));
    }
    const at = this.sheet.questions.findIndex((question) => question.slot === place.slot);
    if (at >= 0) { this.sheet.position = at; }
  }

  /** What was being typed when the page went away becomes an answer now, dated when it was typed. */
  _takeDrafts() {
    drafts(this.config.owner).forEach((draft) => {
      if (draft.lease !== this.held.lease || !this.sheet.question(draft.slot)) { return; }
      if (same(draft.value, this.sheet.value(draft.slot))) { forgetDraft(this.config.owner, draft.slot); }
      else { this._record(draft.slot, draft.value, draft.at); }
    });
  }

  _listen() {
    window.addEventListener("online", () => {
      this.sender.kick(true);
      this.uploads.kick(true);
    });
    window.addEventListener("offline", () => this._troubled({ kind: "offline", detail: "" }));
    window.addEventListener("pagehide", () => this._away());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") { this._away(); }
      else {
        this._stayAwake();
        this.sender.kick(true);
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.isOver || !(this.waiting || this.sheet.typing.size)) { return; }
      event.preventDefault();
      event.returnValue = "";
    });
    this._stayAwake();
  }

  /** Keep the screen on, where the browser can. */
  _stayAwake() {
    const lock = /** @type {any} */ (navigator).wakeLock;
    if (lock && !this.isOver) { lock.request("screen").then((/** @type {any} */ held) => { this._wake = held; }, () => undefined); }
  }

  _away() {
    if (this.isOver) { return; }
    if (!this.typing.composing) { this.commit(); }
    this._rememberNow();
    if (this.queue.length) { this.sender.part(); }
  }

  /* Answers */

  /** @param {number} slot @param {any} value @param {number} at */
  _record(slot, value, at) {
    if (this.isOver) { return; }
    const event = this.queue.add(slot, value, at);
    this.sheet.values.set(slot, value);
    this.sheet.changedAt.set(slot, at);
    this.sheet.refused.delete(slot);
    if (!this.waitingSince) { this.waitingSince = performance.now(); }
    this.store.keep(this.held.lease, [event]).then(() => {
      if (!this.sheet.typing.has(slot) && !this.store.faulty) { forgetDraft(this.config.owner, slot); }
    });
    this._remember();
    this.draw(slot);
    this.sender.kick();
  }

  /** A choice stands in place of what was just being typed. @param {number} slot @param {any} value */
  _choose(slot, value) {
    this.sheet.typing.delete(slot);
    this._record(slot, value, this.clock.now());
  }

  /** A file moved on, was refused, or waits. @param {number} slot */
  _fileChanged(slot) {
    if (this.isOver) { return; }
    this.draw(slot);
    // After the end this page stays only for what is still on its way.
    if (this.isTimeUp && !this.waiting) { this.sender.kick(true); }
  }

  /** Take back the file that is on its way, or else the one that was handed in. @param {number} slot */
  _dropFile(slot) {
    if (this.isOver || this.isTimeUp) { return; }
    if (this.uploads.pending.has(slot)) { this.uploads.drop(slot); }
    else { this._choose(slot, null); }
  }

  /** @param {number} slot @param {any} value */
  _type(slot, value) {
    if (this.isOver || this.isTimeUp) { return; }
    const draft = { slot, value, at: this.clock.now(), lease: this.held.lease };
    this.sheet.typing.set(slot, draft);
    keepDraft(this.config.owner, draft);
    this.draw(slot);
    this.typing.touch(this.deadline - draft.at < NEARLY_UP ? REST_AT_THE_END : REST);
  }

  /** Make events of all that was typed. */
  commit() {
    this.typing.settled();
    Array.from(this.sheet.typing.values()).forEach((draft) => {
      this.sheet.typing.delete(draft.slot);
      if (same(draft.value, this.sheet.values.get(draft.slot))) {
        forgetDraft(this.config.owner, draft.slot);
        this.draw(draft.slot);
      } else {
        this._record(draft.slot, draft.value, draft.at);
      }
    });
  }

  _keepPlace() {
    keepPlace(this.config.owner, { slot: this.sheet.current.slot, flags: Array.from(this.sheet.flags) });
  }

  _remember() {
    if (!this._remembering) { this._remembering = window.setTimeout(() => this._rememberNow(), 250); }
  }

  _rememberNow() {
    window.clearTimeout(this._remembering);
    this._remembering = 0;
    if (this.isOver) { return; }
    /** @type {Object<string, any>} */
    const responses = {};
    this.sheet.values.forEach((value, slot) => { responses[slot] = value; });
    /** @type {Object<string, number>} */
    const savedAt = {};
    this.sheet.savedAt.forEach((at, slot) => { savedAt[slot] = at; });
    /** @type {Object<string, number>} */
    const sizes = {};
    this.uploads.sizes.forEach((size, digest) => { sizes[digest] = size; });
    this.store.save({
      file_sizes: sizes,
      attempt: this.held.attempt, lease: this.held.lease, token: this.held.token,
      deadline: new Date(this.deadline).toISOString(), offset: this.clock.offset, last_seq: this.queue.lastSeq,
      responses, saved_at: savedAt,
    });
  }

  /* Replies */

  /** @param {Object<string, any>} reply @param {import("./queue.js").ResponseEvent[]} gone */
  _replied(reply, gone) {
    this.store.drop(this.held.lease, gone.map((event) => event.seq));
    (reply.late || []).forEach((/** @type {number} */ seq) => this.late.add(seq));
    gone.forEach((event) => this.known.set(event.slot, event.value));
    new Set(gone.map((event) => event.slot)).forEach((slot) => { if (!this.queue.holds(slot)) { this.sheet.savedAt.set(slot, Date.parse(reply.server_now)); } });
    if (!this.queue.length) { this.waitingSince = 0; }
    if (this.trouble) {
      announce(say("restored"));
      this.uploads.kick(true);
    }
    this.trouble = null;
    const extension = (reply.notices || []).find((/** @type {any} */ one) => one.code === "extended");
    this._moveDeadline(Date.parse(reply.deadline), extension ? extension.message : "");
    if (gone.length) { this._remember(); }
    if (reply.state !== "open") { this.commit(); }
    if (reply.state !== "open" && !this.waiting) { this.end(reply.state); }
    else { this.draw(); }
  }

  /** @param {number} deadline @param {string} message who gave more time, and why */
  _moveDeadline(deadline, message) {
    if (!deadline || Math.abs(deadline - this.deadline) < 1000) { return; }
    const later = deadline > this.deadline;
    const at = beijingTime(deadline);
    const by = spanWords(Math.abs(deadline - this.deadline));
    const words = message ? say("ends_at", { message, at }) : say(later ? "extended" : "shortened", { by, at });
    notice(words);
    announce(words);
    this.deadline = deadline;
    if (this.isTimeUp && deadline > this.clock.now()) { this._goOn(); }
    this._tick();
  }

  /** @param {{kind: string, detail: string}} trouble */
  _troubled(trouble) {
    if (this.isOver) { return; }
    if (!this.trouble || this.trouble.kind !== trouble.kind) { announce(say("conn_" + trouble.kind)); }
    this.trouble = trouble;
    this.draw();
  }

  /** @param {import("./queue.js").ResponseEvent} event @param {Refusal} refusal */
  _refused(event, refusal) {
    if (refusal.code === "seq_conflict") {
      const moved = this.queue.renumber(event.seq);
      this.store.drop(this.held.lease, moved.gone);
      this.store.keep(this.held.lease, moved.fresh);
      return;
    }
    // The number has to be used; what is refused stays on the screen, and the candidate is told.
    const known = this.known.get(event.slot);
    const instead = Object.assign({}, event, { value: known === undefined ? null : known });
    this.queue.events[this.queue.events.indexOf(event)] = instead;
    this.store.keep(this.held.lease, [instead]);
    this.sheet.refused.set(event.slot, refusal.detail);
    notice(say("refused", { n: event.slot, detail: refusal.detail }));
    this.draw(event.slot);
  }

  /* Drawing */

  _tick() {
    this.countdown.draw(this.deadline - this.clock.now());
    const slow = Boolean(this.trouble) || (this.queue.length > 0 && performance.now() - this.waitingSince > SLOW);
    if (slow !== this._slow) { this.draw(); }
  }

  /** @param {number} [slot] */
  draw(slot) {
    this._slow = Boolean(this.trouble) || (this.queue.length > 0 && performance.now() - this.waitingSince > SLOW);
    drawConnection(this.sheet, this.trouble, this._slow);
    this.desk.draw(slot);
    if (this.handIn.isOpen) { this.handIn.draw(); }
    if (this.isTimeUp && !this.isOver) { overFacts(this._facts()); }
  }

  /** What was saved, what waits: in words, for the pages after the end. */
  _facts() {
    const figures = this.sheet.figures();
    const facts = [say("fact_saved", { n: figures.saved })];
    if (figures.local) { facts.push(say("fact_local", { n: figures.local }), say("fact_trying")); }
    if (this.late.size) { facts.push(say("fact_late", { n: this.late.size })); }
    return facts;
  }

  /* The end */

  _timeUp() {
    if (this.isOver) { return; }
    if (document.activeElement instanceof HTMLElement) { document.activeElement.blur(); }
    this.commit();
    this.isTimeUp = true;
    showOver({ title: say("time_up"), text: say("time_up_text"), facts: this._facts(), picture: "clock" });
    announce(say("time_up"));
    this.sender.kick(true);
  }

  _goOn() {
    this.isTimeUp = false;
    showPage("exam");
    this.desk.show(true);
  }

  /** @param {string} kind submitted, expired or closed: the server says that the attempt has ended */
  end(kind) {
    if (this.isOver) { return; }
    this._stop();
    const facts = this._facts();
    if (!this.waiting && !this.sheet.typing.size) { this.store.wipe(); }
    const text = say(this.waiting ? "end_kept" : "end_" + kind + "_text");
    showOver({ title: say("end_" + kind), text, facts, picture: "clock", action: { words: say("to_mine"), href: this.config.mine_url } });
  }

  /** @param {Refusal} refusal the server takes nothing more from this lease */
  _cutOff(refusal) {
    this.commit();
    if (refusal.code !== "lease_revoked") {
      this.end(["submitted", "expired", "closed"].includes(refusal.problem.state) ? refusal.problem.state : "closed");
      return;
    }
    this._stop();
    const local = this.sheet.figures().local;
    const facts = [say("fact_saved", { n: this.sheet.figures().saved })];
    if (local) { facts.push(say("moved_kept", { n: local })); }
    showOver({ title: say("moved"), text: say("moved_text"), facts, mood: "due", picture: "device-desktop", action: { words: say("continue_here"), act: () => window.location.reload() } });
  }

  /** Another tab of this browser took over: step back without touching anything. */
  stepBack() {
    if (this.isOver) { return; }
    this._rememberNow();
    this._stop();
    showOver({ title: say("other_tab"), text: say("other_tab_text"), picture: "copy", action: { words: say("answer_here"), act: () => window.location.reload() } });
  }

  _stop() {
    this.isOver = true;
    this.sender.stop();
    this.uploads.stop();
    window.clearInterval(this._ticking);
    if (this._wake) { this._wake.release().catch(() => undefined); }
  }

  async _handIn() {
    this.commit();
    let failures = 0;
    while (this.handIn.step === "waiting" && !this.isOver && !this.isTimeUp) {
      if (this.waiting) {
        this.sender.kick(failures === 0);
        this.uploads.kick(failures === 0);
        failures += 1;
        await sleep(Math.min(2000, 100 * failures));
      } else {
        byId("hand-in-stop").setAttribute("disabled", "");
        const wait = await this._submit(failures);
        byId("hand-in-stop").removeAttribute("disabled");
        failures += 1;
        if (wait) { await sleep(wait); }
      }
    }
  }

  /** @param {number} failures @returns {Promise<number>} how long to wait before the next try */
  async _submit(failures) {
    try {
      const receipt = await this.api.submit(this.held, this.queue.lastSeq);
      this._stop();
      drawReceipt(this.sheet, { at: beijingTime(Date.parse(receipt.submitted_at)), answered: receipt.answered, total: receipt.total, records: receipt.last_seq });
      showPage("receipt");
      byId("receipt-title").focus();
      this.store.wipe();
      return 0;
    } catch (error) {
      if (error instanceof Refusal && error.code === "missing_events") { this._fillGaps(error.problem.missing || []); return 0; }
      if (error instanceof Refusal && (error.code === "lease_revoked" || error.code === "closed")) { this._cutOff(error); return 0; }
      this._troubled({ kind: error instanceof Refusal ? "server" : "offline", detail: "" });
      return pause(failures + 1);
    }
  }

  /**
   * Numbers that the server has not seen and that this computer lost (its storage was cleared): repeat under
   * them what is already there, so that handing in is possible. Nothing changes by it.
   * @param {number[][]} ranges
   */
  _fillGaps(ranges) {
    const slot = this.sheet.current.slot;
    ranges.forEach((range) => {
      for (let seq = range[0]; seq <= range[1]; seq += 1) {
        if (!this.queue.has(seq)) {
          this.queue.events.push({ seq, slot, value: this.sheet.value(slot), at_ms: Math.round(this.clock.now()) });
        }
      }
    });
  }
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => window.setTimeout(resolve, ms));
}
