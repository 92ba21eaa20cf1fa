/* The waiting room: counts down by the server's clock, checks this computer, and opens the paper at the start. */

import { byId, fill, icon, show, tone, write } from "./dom.js";
import { say, span, spanWords } from "./words.js";

const ASK_EVERY = 30000;
const SPREAD = 1500;

export class Waiting {
  /**
   * @param {any} config
   * @param {import("./clock.js").ServerClock} clock
   * @param {import("./store.js").Store} store
   * @param {{open: () => void, signIn: () => void}} on
   */
  constructor(config, clock, store, on) {
    this.config = config;
    this.clock = clock;
    this.store = store;
    this.on = on;
    this.startsAt = Date.parse(config.starts_at);
    this.opening = false;
    this._ticking = 0;
    this._asking = 0;
  }

  begin() {
    this._ticking = window.setInterval(() => this._tick(), 500);
    window.addEventListener("online", () => this._ask());
    window.addEventListener("offline", () => this._connection(0));
    this._tick();
    this._checkStorage();
    this._ask();
  }

  stop() {
    window.clearInterval(this._ticking);
    window.clearTimeout(this._asking);
    this.opening = true;
  }

  _tick() {
    const left = this.startsAt - this.clock.now();
    write(byId("wait-left"), left > 3600000 ? spanWords(left) : span(left));
    this._clockCheck();
    if (left > 0 || this.opening) { return; }
    // The paper opens by itself; a second is spread over the room, and nobody loses it: time runs from opening.
    this.opening = true;
    write(byId("wait-lead"), say("opening"));
    window.setTimeout(() => {
      this.stop();
      this.on.open();
    }, Math.random() * SPREAD);
  }

  async _ask() {
    window.clearTimeout(this._asking);
    const sentAt = performance.now();
    try {
      const reply = await fetch(this.config.state_url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
      const type = reply.headers.get("Content-Type") || "";
      if (reply.status === 401) { this.on.signIn(); return; }
      if (!reply.ok || !type.startsWith("application/json")) { throw new Error(String(reply.status)); }
      const facts = await reply.json();
      this.clock.sync(Date.parse(facts.server_now), sentAt);
      this.startsAt = Date.parse(facts.starts_at);
      this._connection(performance.now() - sentAt);
    } catch (error) {
      this._connection(0);
    }
    if (!this.opening) { this._asking = window.setTimeout(() => this._ask(), ASK_EVERY * (0.8 + 0.4 * Math.random())); }
  }

  /** @param {number} trip milliseconds of a round trip, 0 for none */
  _connection(trip) {
    const words = trip ? say("check_connection_ok", { n: Math.max(1, Math.round(trip)) }) : say("check_connection_bad");
    check("check-connection", words, trip ? "ok" : "due");
  }

  _clockCheck() {
    const ahead = Math.round(-this.clock.offset / 1000);
    if (Math.abs(ahead) < 3) { check("check-clock", say("check_clock_ok"), "ok"); }
    else { check("check-clock", say(ahead > 0 ? "check_clock_fast" : "check_clock_slow", { by: spanWords(Math.abs(ahead) * 1000) }), "ok"); }
  }

  async _checkStorage() {
    const storage = navigator.storage;
    if (storage && storage.persist) { storage.persist().catch(() => undefined); }
    await this.store.save({});
    const free = await room();
    if (this.store.faulty || !this.store.db) { check("check-storage", say("check_storage_bad"), "over"); }
    else if (free !== null && free < 5) { check("check-storage", say("check_storage_low", { n: free.toFixed(1) }), "due"); }
    else { check("check-storage", say("check_storage_ok"), "ok"); }
  }
}

/** @returns {Promise<number|null>} free room in MB, null when the browser does not tell */
async function room() {
  try {
    const found = await navigator.storage.estimate();
    return ((found.quota || 0) - (found.usage || 0)) / 1048576;
  } catch (error) {
    return null;
  }
}

/** @param {string} id @param {string} words @param {"ok"|"due"|"over"} mood */
function check(id, words, mood) {
  const place = byId(id);
  if (place.getAttribute("data-words") === words) { return; }
  place.setAttribute("data-words", words);
  fill(place, icon(mood === "ok" ? "circle-check" : "alert-triangle"), words);
  tone(place, mood);
  show(place, true);
}
