/* One tab at a time: the tab that was opened last answers, the others step back. All tabs of a browser share
   the queue, so nothing is lost by it; two tabs answering at once would only confuse the person. */

import { randomName } from "./store.js";

export class OnlyTab {
  /**
   * @param {string} owner
   * @param {() => void} onLost another tab took over
   */
  constructor(owner, onLost) {
    this.key = "tj.tab." + owner;
    this.name = randomName();
    window.addEventListener("storage", (event) => {
      if (event.key === this.key && event.newValue && event.newValue !== this.name) { onLost(); }
    });
  }

  claim() {
    try { window.localStorage.setItem(this.key, this.name); } catch (error) { /* then nobody can tell */ }
  }
}
