/* A large file on its way into the bank: the bar follows the worker. Without: a link asks anew. */
(() => {
  "use strict";

  const EVERY_MS = 1000;
  const bar = document.getElementById("import-progress");
  const percent = document.getElementById("import-percent");
  if (!bar || !percent) { return; }

  async function look() {
    try {
      const reply = await fetch(bar.dataset.address, { headers: { Accept: "application/json" } });
      /* Signed out, or gone: the page itself says what is the matter. */
      if (!reply.ok || reply.redirected) { window.location.reload(); return; }
      const found = await reply.json();
      if (found.state !== bar.dataset.state) { window.location.reload(); return; }
      bar.value = found.percent;
      percent.textContent = `${found.percent}%`;
    } catch (error) {
      /* No network for a moment: the worker goes on, the next look tells. */
    }
    window.setTimeout(look, EVERY_MS);
  }

  window.setTimeout(look, EVERY_MS);
})();
