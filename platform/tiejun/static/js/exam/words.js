/* Words and times of the exam page. The page brings the sentences (in its language) as a data block. */

/** @type {Object<string, string>} */
let table = {};

const BEIJING = 8 * 3600 * 1000;

/** @param {Object<string, string>} words */
export function loadWords(words) {
  table = words;
}

/**
 * Return a sentence with its figures filled in: say("left", {n: 5}) for "还有 {n} 分钟".
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 * @returns {string}
 */
export function say(key, values) {
  const text = table[key];
  if (text === undefined) { return key; }
  return text.replace(/\{(\w+)\}/g, (all, name) => (values && name in values ? String(values[name]) : all));
}

/**
 * Return "10:12:48" in Beijing, wherever this computer believes to be.
 * @param {number} ms epoch milliseconds
 */
export function beijingTime(ms) {
  return new Date(ms + BEIJING).toISOString().slice(11, 19);
}

/**
 * Return "00:47:12" for a length of time; never negative.
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
}

/**
 * Return a length of time in words: "1 小时 5 分钟", "40 秒".
 * @param {number} ms
 */
export function spanWords(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) { return say("span_seconds", { n: seconds }); }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) { return say("span_minutes", { n: minutes }); }
  const days = Math.floor(minutes / 1440);
  if (days > 0) { return say("span_days", { days, hours: Math.floor(minutes / 60) % 24 }); }
  return say("span_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
