/* Files on their way to the server. A chosen file is kept on this computer and sent again and again, one at a time,
   until the server has it; only then does it become an answer. What the server refuses is told, and let go. */

import { Refusal } from "./api.js";
import { pause } from "./sender.js";
import { say } from "./words.js";

/**
 * @typedef {Object} Pending
 * @property {number} slot
 * @property {string} lease
 * @property {string} name
 * @property {number} size bytes
 * @property {number} at when it was chosen, server time
 * @property {Blob} blob
 * @property {number} [share] how much of it is sent, 0 to 1; undefined while it waits
 * @property {boolean} [failed] whether a try failed
 */
/** @typedef {{file: string, name: string}} FileValue */

export class Uploads {
  /**
   * @param {Object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {import("./store.js").Store} parts.store
   * @param {{attempt: string, token: string, lease: string}} parts.held
   * @param {(slot: number) => void} parts.onChange
   * @param {(slot: number, value: FileValue, at: number) => void} parts.onStored
   * @param {(refusal: Refusal) => void} parts.onEnd its code is "lease_revoked" or "closed"
   */
  constructor(parts) {
    this.api = parts.api;
    this.store = parts.store;
    this.held = parts.held;
    this.onChange = parts.onChange;
    this.onStored = parts.onStored;
    this.onEnd = parts.onEnd;
    /** @type {Map<number, Pending>} by slot, the oldest first */
    this.pending = new Map();
    /** @type {Map<number, string>} why the last choice of a slot is not on its way */
    this.problems = new Map();
    /** @type {Map<string, number>} bytes of what the server has, by digest, as far as this computer knows */
    this.sizes = new Map();
    this.failures = 0;
    this.stopped = false;
    /** @type {Pending|null} */
    this._sending = null;
    this._stopSending = () => undefined;
    this._timer = 0;
    /** @type {Map<number, Object>} the last choice of each slot, while it is being read */
    this._turns = new Map();
  }

  get length() {
    return this.pending.size;
  }

  /** Go on with what was on its way when the page went away. @param {Pending[]} files */
  restore(files) {
    files.forEach((file) => this.pending.set(file.slot, file));
    this.kick(true);
  }

  /**
   * Take a file for a slot, in place of one that is still waiting.
   * @param {number} slot @param {File} file @param {number} at server time
   */
  async choose(slot, file, at) {
    const turn = {};
    this._turns.set(slot, turn);
    this._leave(slot);
    try {
      const blob = new Blob([await file.arrayBuffer()], { type: file.type });
      if (this.stopped || this._turns.get(slot) !== turn) { return; }
      const next = { slot, lease: this.held.lease, name: file.name, size: blob.size, at, blob };
      // Shown only once it lies on this computer: whoever sees it may reload the page.
      await this.store.keepFile(next);
      if (!this._turns.has(slot)) { this.store.dropFile(slot); }
      if (this._turns.get(slot) !== turn) { return; }
      this.pending.set(slot, next);
      this.onChange(slot);
      this.kick(true);
    } catch (error) {
      this.refuse(slot, say("file_unreadable"));
    }
  }

  /** Do not send what waits for a slot. @param {number} slot */
  drop(slot) {
    this._turns.delete(slot);
    this._leave(slot);
    this.onChange(slot);
  }

  /** Say why a choice was not taken. @param {number} slot @param {string} words */
  refuse(slot, words) {
    this._leave(slot);
    this.problems.set(slot, words);
    this.onChange(slot);
  }

  /** Send what waits. While a failure is being sat out, only `now` sends at once. @param {boolean} [now] */
  kick(now) {
    if (this.stopped || this._sending || (this._timer && !now)) { return; }
    this._send();
  }

  stop() {
    this.stopped = true;
    window.clearTimeout(this._timer);
    this._stopSending();
  }

  /** @param {number} slot */
  _leave(slot) {
    const before = this.pending.get(slot);
    this.problems.delete(slot);
    if (!before) { return; }
    this.pending.delete(slot);
    this.store.dropFile(slot);
    if (before === this._sending) { this._stopSending(); }
  }

  async _send() {
    window.clearTimeout(this._timer);
    this._timer = 0;
    const next = this.pending.values().next().value;
    if (!next || this._sending || this.stopped) { return; }
    this._sending = next;
    next.share = 0;
    this.onChange(next.slot);
    const call = this.api.file(this.held, next, (share) => {
      next.share = share;
      this.onChange(next.slot);
    });
    this._stopSending = call.stop;
    let wait = 0;
    try {
      this._arrived(next, await call.done);
    } catch (error) {
      wait = this._failed(next, error);
    }
    this._sending = null;
    this._stopSending = () => undefined;
    next.share = undefined;
    if (this.pending.get(next.slot) === next) { this.onChange(next.slot); }
    if (this.pending.size && !this.stopped) { this._timer = window.setTimeout(() => this._send(), wait); }
  }

  /** @param {Pending} file @param {{file: string, name: string, size: number}} reply */
  _arrived(file, reply) {
    this.failures = 0;
    this.sizes.set(reply.file, reply.size);
    if (this.pending.get(file.slot) !== file) { return; }
    this.pending.delete(file.slot);
    this.onStored(file.slot, { file: reply.file, name: reply.name }, file.at);
    this.store.dropFile(file.slot);
  }

  /**
   * @param {Pending} file @param {any} error
   * @returns {number} milliseconds until the next try
   */
  _failed(file, error) {
    if (this.pending.get(file.slot) !== file) { return 0; }
    if (error instanceof Refusal && (error.code === "lease_revoked" || error.code === "closed")) {
      this.stop();
      this.onEnd(error);
      return 0;
    }
    if (error instanceof Refusal && !error.passes && error.status !== 401 && error.status !== 403) {
      this.refuse(file.slot, error.detail || say("file_refused"));
      return 0;
    }
    file.failed = true;
    this.failures += 1;
    return Math.max(pause(this.failures), error instanceof Refusal ? Math.min(error.retryAfter, 30000) : 0);
  }
}
