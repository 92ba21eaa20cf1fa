/*
 * Shows an item as the candidate will see it while it is being written: the form marked data-tj-preview="(id)" is sent
 * to the server, without being saved, a moment after the last change, and what comes back replaces what that element
 * holds. Where this script does not run, the editor's own button does the same with the whole page.
 */
(() => {
  "use strict";

  const PAUSE = 500;
  const form = document.querySelector("form[data-tj-preview]");
  if (!form) { return; }
  const shown = document.getElementById(form.getAttribute("data-tj-preview"));
  let timer = 0;
  let asked = 0;

  /** Asks for the preview; an answer that a later question has overtaken is dropped, a failed one changes nothing. */
  async function refresh() {
    const number = ++asked;
    const data = new FormData(form);
    data.set("act", "preview");
    form.querySelectorAll("input[type=file]").forEach((field) => data.delete(field.name));
    try {
      const reply = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
      if (!reply.ok || reply.redirected) { return; }
      const markup = await reply.text();
      if (number === asked) { shown.innerHTML = markup; }
    } catch (error) { /* No connection: what was shown stays. */ }
  }

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE);
  });
})();
