/* Practice by keyboard: letters choose an option, Enter hands in and goes on. Everything works without it. */
(() => {
  "use strict";

  const LETTERS = "abcdefghijkl";
  const next = document.querySelector("[data-tj-next]");
  const form = document.querySelector("form.tj-practice");
  const options = form && form.querySelectorAll("fieldset").length === 1 ? [...form.querySelectorAll(".tj-opt > input")] : [];
  document.querySelectorAll("[data-tj-keys]").forEach((line) => { line.hidden = Boolean(form) && !options.length; });

  /** @param {EventTarget} target @returns {boolean} whether keys belong to this element */
  function isTyping(target) {
    return target instanceof Element && target.matches("textarea, select, button, a, summary, input:not([type=radio]):not([type=checkbox])");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) { return; }
    if (event.key === "Enter") {
      if (next) { next.click(); } else if (form) { form.querySelector("button[type=submit]").click(); } else { return; }
      event.preventDefault();
      return;
    }
    const number = event.key.length === 1 ? LETTERS.indexOf(event.key.toLowerCase()) : -1;
    if (number >= 0 && options[number]) {
      options[number].click();
      options[number].focus();
      event.preventDefault();
    }
  });
})();
