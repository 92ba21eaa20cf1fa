/* The server's clock as this page knows it. It runs on performance.now(), which nobody can set back. */

export class ServerClock {
  constructor() {
    this._base = Date.now() - performance.now();
    this._known = false;
  }

  /** The server's present instant in epoch milliseconds. */
  now() {
    return this._base + performance.now();
  }

  /** How far the server is ahead of this computer's clock, in milliseconds. */
  get offset() {
    return this.now() - Date.now();
  }

  /**
   * Start from the offset of an earlier page, until a reply brings a better one.
   * @param {number} offset
   */
  recall(offset) {
    if (!this._known) { this._base = Date.now() + offset - performance.now(); }
  }

  /**
   * Take over the time of a reply. The server wrote it somewhere between sending and receiving, so its clock
   * now stands between `serverNow` and `serverNow` plus the round trip; an estimate inside is left alone.
   * @param {number} serverNow epoch milliseconds
   * @param {number} sentAt performance.now() when the request left
   * @param {number} [arrivedAt] the same when the reply came; now if not given
   */
  sync(serverNow, sentAt, arrivedAt) {
    const arrived = arrivedAt === undefined ? performance.now() : arrivedAt;
    const trip = Math.max(0, arrived - sentAt);
    const ahead = this._base + arrived - serverNow;
    if (this._known && ahead >= 0 && ahead <= trip) { return; }
    this._base = serverNow + trip / 2 - arrived;
    this._known = true;
  }
}
