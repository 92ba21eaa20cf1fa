/* When a typed text becomes an answer: 2 s after typing rests, after 10 s of typing without a pause, or when the
   field is left; never while an input method is still composing a word. */

const REST = 2000;
const LONGEST = 10000;

export class Typing {
  /** @param {() => void} commit make answers of all that was typed */
  constructor(commit) {
    this._commit = commit;
    this._timer = 0;
    this._since = 0;
    this._overdue = false;
    this.composing = false;
  }

  /**
   * A text changed.
   * @param {number} rest how long typing has to rest, at most 2 s; shorter when the time is nearly up
   */
  touch(rest) {
    const now = performance.now();
    if (!this._since) { this._since = now; }
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._rested(), Math.max(0, Math.min(rest, REST, this._since + LONGEST - now)));
  }

  _rested() {
    if (this.composing) { this._overdue = true; }
    else { this._commit(); }
  }

  /** @param {boolean} composing */
  compose(composing) {
    this.composing = composing;
    if (!composing && this._overdue) { this._commit(); }
  }

  /** Everything typed has become an answer. */
  settled() {
    window.clearTimeout(this._timer);
    this._since = 0;
    this._overdue = false;
  }
}
