/* Look of the page, remembered on this computer: light or dark, large type, language.
   Loaded in the head, so that the page is drawn once, in the chosen look. */
(function () {
  "use strict";
  var root = document.documentElement;

  function read(key) {
    try { return window.localStorage.getItem("tj." + key); } catch (e) { return null; }
  }

  function write(key, value) {
    try { window.localStorage.setItem("tj." + key, value); } catch (e) { /* private window: kept for this page only */ }
  }

  function systemIsDark() {
    return Boolean(window.matchMedia) && window.matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function theme() {
    var kept = read("theme");
    return kept === "dark" || kept === "light" ? kept : systemIsDark() ? "dark" : "light";
  }

  function show() {
    root.setAttribute("data-bs-theme", theme());
    root.classList.toggle("tj-large", read("type") === "large");
    Array.prototype.forEach.call(document.querySelectorAll("[data-tj-theme]"), function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-tj-theme") === theme()));
    });
    Array.prototype.forEach.call(document.querySelectorAll("[data-tj-type]"), function (button) {
      var wanted = button.getAttribute("data-tj-type");
      button.setAttribute("aria-pressed", String(wanted === (read("type") === "large" ? "large" : "normal")));
    });
  }

  /* The server chooses the catalogue by this cookie; the local copy survives the end of the cookie. */
  function setLanguage(language) {
    write("language", language);
    document.cookie = "language=" + language + "; path=/; max-age=31536000; SameSite=Lax";
    window.location.reload();
  }

  function onClick(event) {
    var button = event.target.closest ? event.target.closest("[data-tj-theme], [data-tj-type]") : null;
    var language = event.target.closest ? event.target.closest("[data-tj-language]") : null;
    if (language) { setLanguage(language.getAttribute("data-tj-language")); }
    if (!button) { return; }
    if (button.hasAttribute("data-tj-theme")) { write("theme", button.getAttribute("data-tj-theme")); }
    if (button.hasAttribute("data-tj-type")) { write("type", button.getAttribute("data-tj-type")); }
    show();
  }

  if (/^(zh|en)$/.test(read("language") || "") && document.cookie.indexOf("language=") < 0) {
    document.cookie = "language=" + read("language") + "; path=/; max-age=31536000; SameSite=Lax";
  }

  show();
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", onClick);
  window.addEventListener("storage", show);
  if (window.matchMedia) {
    var system = window.matchMedia("(prefers-color-scheme: dark)");
    if (system.addEventListener) { system.addEventListener("change", show); }
  }
}());
