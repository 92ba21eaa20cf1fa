/* Sends the queue: one request at a time, from the beginning of the queue, again and again until the server
   has acknowledged. An empty batch is the heartbeat: it tells the server how much is waiting here, and brings
   the time and the deadline back. */

import { Refusal } from "./api.js";

/** @typedef {import("./queue.js").Queue} Queue */
/** @typedef {{kind: "offline"|"server"|"busy"|"token", detail: string}} Trouble */

export const HEARTBEAT = 15000;
const SLOWEST = 30000;
const MOST_EVENTS = 200;
const MOST_BYTES = 200000;
/* What a browser lets a request carry that outlives its page is 64 kB. */
const PARTING_BYTES = 60000;

/**
 * Return how long to wait after the n-th failure in a row: 1 s to 30 s, spread, so that a room of candidates
 * does not come back in one instant.
 * @param {number} failures at least 1
 * @param {number} [chance] between 0 and 1
 */
export function pause(failures, chance) {
  const base = Math.min(SLOWEST, 1000 * Math.pow(2, failures - 1));
  const spread = 0.75 + 0.5 * (chance === undefined ? Math.random() : chance);
  return Math.min(SLOWEST, Math.max(1000, Math.round(base * spread)));
}

export class Sender {
  /**
   * @param {Object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {Queue} parts.queue
   * @param {{attempt: string, token: string, lease: string}} parts.held
   * @param {(reply: Object<string, any>, gone: import("./queue.js").ResponseEvent[]) => void} parts.onReply
   * @param {(trouble: Trouble) => void} parts.onTrouble
   * @param {(refusal: Refusal) => void} parts.onEnd its code is "lease_revoked" or "closed"
   * @param {(event: import("./queue.js").ResponseEvent, refusal: Refusal) => void} parts.onRefused
   */
  constructor(parts) {
    this.api = parts.api;
    this.queue = parts.queue;
    this.held = parts.held;
    this.onReply = parts.onReply;
    this.onTrouble = parts.onTrouble;
    this.onEnd = parts.onEnd;
    this.onRefused = parts.onRefused;
    this.failures = 0;
    this.sending = false;
    this.stopped = false;
    this.most = MOST_EVENTS;
    this._timer = 0;
    this._waitUntil = 0;
  }

  /** Send what waits. While a failure is being sat out, only `now` sends at once. @param {boolean} [now] */
  kick(now) {
    if (this.stopped || this.sending) { return; }
    if (now) { this._waitUntil = 0; }
    const wait = this._waitUntil - performance.now();
    if (wait > 0) { this._schedule(wait); }
    else { this._send(); }
  }

  stop() {
    this.stopped = true;
    window.clearTimeout(this._timer);
  }

  /** The page may be gone in a moment: send without waiting for anything, in a request that outlives it. */
  part() {
    if (this.stopped) { return; }
    const events = this.queue.beginning(this.most, PARTING_BYTES);
    this.api.events(this.held, this._body(events), true).then(
      (reply) => this._arrived(reply),
      () => undefined,
    );
  }

  /** @param {import("./queue.js").ResponseEvent[]} events */
  _body(events) {
    return { lease: this.held.lease, queued: this.queue.lastSeq, events };
  }

  /** @param {number} wait */
  _schedule(wait) {
    window.clearTimeout(this._timer);
    if (!this.stopped) { this._timer = window.setTimeout(() => this._send(), wait); }
  }

  async _send() {
    if (this.sending || this.stopped) { return; }
    window.clearTimeout(this._timer);
    this.sending = true;
    const events = this.queue.beginning(this.most, MOST_BYTES);
    let wait = HEARTBEAT;
    try {
      const reply = await this.api.events(this.held, this._body(events));
      this.failures = 0;
      this.most = MOST_EVENTS;
      this._waitUntil = 0;
      const gone = this._arrived(reply);
      // Whatever came up meanwhile goes out at once; a server that takes nothing over is not asked in a circle.
      if (this.queue.length && (gone || !events.length)) { wait = 0; }
    } catch (error) {
      wait = this._failed(error, events);
    }
    this.sending = false;
    this._schedule(wait);
  }

  /** @param {Object<string, any>} reply */
  _arrived(reply) {
    const gone = this.queue.acknowledge(Number(reply.acked_seq) || 0, reply.stored || []);
    this.onReply(reply, gone);
    return gone.length;
  }

  /**
   * @param {any} error
   * @param {import("./queue.js").ResponseEvent[]} events
   * @returns {number} milliseconds until the next try
   */
  _failed(error, events) {
    if (!(error instanceof Refusal)) { return this._sitOut("offline", "", 0); }
    if (error.code === "lease_revoked" || error.code === "closed") {
      this.stop();
      this.onEnd(error);
      return 0;
    }
    if (error.passes) { return this._sitOut(error.status === 429 ? "busy" : "server", error.detail, error.retryAfter); }
    if (error.status === 401 || error.status === 403) { return this._sitOut("token", error.detail, 0); }
    const isOfTheEvents = error.status === 422 || error.status === 413 || error.code === "seq_conflict";
    if (events.length === 0 || !isOfTheEvents) { return this._sitOut("server", error.detail, 0); }
    // The server takes a batch whole or not at all: find the one event that it will not take.
    if (events.length > 1) {
      this.most = Math.max(1, Math.floor(events.length / 2));
      return 0;
    }
    this.onRefused(events[0], error);
    return this._sitOut("server", error.detail, 0);
  }

  /**
   * @param {Trouble["kind"]} kind
   * @param {string} detail
   * @param {number} atLeast
   */
  _sitOut(kind, detail, atLeast) {
    this.failures += 1;
    const wait = Math.max(pause(this.failures), Math.min(atLeast, SLOWEST));
    this._waitUntil = performance.now() + wait;
    this.onTrouble({ kind, detail });
    return wait;
  }
}
