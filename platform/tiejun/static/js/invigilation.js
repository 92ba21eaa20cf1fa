/* The invigilator's board: ticking clocks, and the parts marked data-live taken anew every data-every seconds.
   Without this script the page shows the same when it is loaded again. */
(function () {
  "use strict";

  var every = Number(document.currentScript.getAttribute("data-every") || 0) * 1000;

  function two(n) { return (n < 10 ? "0" : "") + n; }

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  /* Counts from the moment the number arrived, so that a sleeping tab catches up. */
  function tick() {
    var now = performance.now();
    each("[data-left]", function (clock) {
      if (clock.tjEnd === undefined) { clock.tjEnd = now + Number(clock.getAttribute("data-left")) * 1000; }
      var left = Math.max(0, Math.round((clock.tjEnd - now) / 1000));
      var words = two(Math.floor(left / 3600)) + ":" + two(Math.floor(left / 60) % 60) + ":" + two(left % 60);
      if (clock.textContent !== words) { clock.textContent = words; }
    });
  }

  function replace(fresh) {
    each("[data-live]", function (old) {
      var name = old.getAttribute("data-live");
      var now = fresh.querySelector('[data-live="' + name + '"]');
      if (!now || now.innerHTML === old.innerHTML) { return; }
      var focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      old.innerHTML = now.innerHTML;
      if (focused) {
        Array.prototype.some.call(old.querySelectorAll("a"), function (link) {
          if (link.getAttribute("href") !== focused) { return false; }
          link.focus();
          return true;
        });
      }
    });
    tick();
  }

  function stale() {
    each('[data-live="age"] .tj-st', function (word) {
      word.classList.remove("tj-ok");
      word.classList.add("tj-over");
    });
  }

  function refresh() {
    if (document.hidden) { return; }
    fetch(location.pathname, { credentials: "same-origin", redirect: "error" }).then(function (reply) {
      if (!reply.ok) { throw new Error(String(reply.status)); }
      return reply.text();
    }).then(function (text) {
      replace(new DOMParser().parseFromString(text, "text/html"));
    }).catch(stale);
  }

  tick();
  setInterval(tick, 1000);
  if (every) {
    setInterval(refresh, every);
    document.addEventListener("visibilitychange", refresh);
  }
}());
