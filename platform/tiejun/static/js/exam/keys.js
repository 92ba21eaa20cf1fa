/* The keyboard: letters or digits choose, arrows move, F flags; never while somebody types.
   Where a question has an option F, the key F chooses it as its card says, and Shift+F flags. */

/**
 * @typedef {Object} Acts
 * @property {(index: number) => boolean} choose returns false when there is no such option
 * @property {(step: number) => void} move
 * @property {() => void} flag
 * @property {() => boolean} isActive
 * @property {() => void} leaveField
 */

const SWITCH = "tj.keys";

/** Whether single-letter keys are on: some people dictate, or hit keys unawares (WCAG 2.1.4). */
export function keysAreOn() {
  try { return window.localStorage.getItem(SWITCH) !== "off"; } catch (error) { return true; }
}

/** @param {boolean} on */
export function switchKeys(on) {
  try { window.localStorage.setItem(SWITCH, on ? "on" : "off"); } catch (error) { /* for this page only */ }
}

/** @param {EventTarget|null} target */
function isText(target) {
  const element = /** @type {HTMLInputElement} */ (target);
  if (element.tagName === "TEXTAREA" || element.tagName === "SELECT") { return true; }
  return element.tagName === "INPUT" && ["text", "number", "range"].includes(element.type);
}

/**
 * Return the letter or digit of a key, also when a Chinese input method swallows it ("Process").
 * @param {KeyboardEvent} event
 */
function letter(event) {
  if (/^[a-z0-9]$/i.test(event.key)) { return event.key.toUpperCase(); }
  const code = /^(?:Key([A-Z])|Digit([0-9])|Numpad([0-9]))$/.exec(event.key === "Process" || event.keyCode === 229 ? event.code : "");
  return code ? code[1] || code[2] || code[3] : "";
}

/** @param {Acts} acts */
export function listenToKeys(acts) {
  document.addEventListener("keydown", (event) => {
    if (!acts.isActive() || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (isText(event.target)) {
      if (event.key === "Escape") { acts.leaveField(); }
      return;
    }
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      acts.move(event.key === "ArrowRight" ? 1 : -1);
      return;
    }
    const key = keysAreOn() ? letter(event) : "";
    if (key === "" || event.repeat) { return; }
    const index = /[1-9]/.test(key) ? Number(key) - 1 : "ABCDEFGHI".indexOf(key);
    const done = index >= 0 && !event.shiftKey && acts.choose(index);
    if (!done && key === "F") { acts.flag(); }
    if (done || key === "F") { event.preventDefault(); }
  });
}
