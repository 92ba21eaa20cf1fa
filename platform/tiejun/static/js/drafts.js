/*
 * Keeps what is typed into a form marked data-tj-draft in this tab, until the server has taken it: a reload, a
 * lost connection or an ended sign-in costs nothing. Only texts are kept; the tab's end forgets them.
 */
(() => {
  "use strict";

  const PREFIX = "tj-draft:";
  const SENT = "tj-draft-sent";
  const form = document.querySelector("form[data-tj-draft]");
  const here = PREFIX + location.pathname;

  /** @returns {Storage | null} the tab's store; null where the browser refuses one */
  function store() {
    try { return window.sessionStorage; } catch (error) { return null; }
  }

  const kept = store();
  if (!kept) { return; }
  const fields = form ? [...form.querySelectorAll("textarea, input.tj-input")] : [];
  const sent = kept.getItem(SENT);
  kept.removeItem(SENT);
  /* Another page, or the same one without its form: the server took what was sent. */
  if (sent && (sent !== here || !form)) { kept.removeItem(sent); }
  if (!form) { return; }

  function save() {
    const texts = {};
    fields.forEach((field) => { if (field.name && field.value !== field.defaultValue) { texts[field.name] = field.value; } });
    try { kept.setItem(here, JSON.stringify(texts)); } catch (error) { /* A full store: the page itself still has it. */ }
  }

  /* A page that comes back with errors carries the texts itself. */
  if (!document.querySelector(".tj-errsum")) {
    const texts = JSON.parse(kept.getItem(here) || "{}");
    /* What was typed before this script came stands. */
    fields.forEach((field) => { if (texts[field.name] !== undefined && field.value === field.defaultValue) { field.value = texts[field.name]; } });
  }
  form.addEventListener("input", save);
  window.addEventListener("pagehide", save);
  form.addEventListener("submit", () => { kept.setItem(SENT, here); });
})();
