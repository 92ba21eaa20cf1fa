/*
 * The form of a lesson: shows only what its kind needs, marked data-kinds="article" or "pdf video". Without this
 * script everything is shown.
 */
(() => {
  "use strict";

  const kind = document.querySelector("select[name=kind]");
  const parts = [...document.querySelectorAll("[data-kinds]")];

  function show() {
    parts.forEach((part) => { part.hidden = !part.dataset.kinds.split(" ").includes(kind.value); });
  }

  kind.addEventListener("change", show);
  show();
})();
