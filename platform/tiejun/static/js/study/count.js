/**
 * Counts minutes: opens a stream and sends a beat every few seconds. All credit is the server's; this file
 * only says whether the page is in front, since when nobody touched it, and where the video is.
 */
(function () {
  "use strict";

  /** @param {HTMLElement} box the element that the macro `reading` drew */
  function count(box) {
    const words = box.querySelector("[data-tj-study-words]");
    const progress = box.querySelector("[data-tj-study-progress]");
    const here = box.querySelector("[data-tj-study-here]");
    const video = box.dataset.video ? document.getElementById(box.dataset.video) : null;
    let stream = null;
    let nonce = "";
    let furthest = Number(box.dataset.credited);
    let isComplete = "complete" in box.dataset;
    let pause = 5;
    let timer = 0;
    let touched = Date.now();
    let isBusy = false;

    /** @returns {Promise<{status: number, body: object}>} */
    function post(address, sent) {
      return fetch(address, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": box.dataset.csrf },
        body: JSON.stringify(sent),
      }).then(function (reply) {
        return reply.json().then(function (body) { return { status: reply.status, body: body }; });
      });
    }

    function later(seconds, step) {
      window.clearTimeout(timer);
      timer = window.setTimeout(step, seconds * 1000);
    }

    function stop(sentence) {
      window.clearTimeout(timer);
      stream = null;
      words.textContent = sentence;
      here.hidden = false;
      if (video) { video.pause(); }
    }

    function take(body) {
      stream = body.stream;
      nonce = body.nonce;
      pause = body.beat_seconds;
      isComplete = body.complete;
      words.textContent = body.words;
      progress.textContent = body.progress;
      if (video) {
        furthest = body.position;
        if (body.state === "ahead" && !isComplete) { video.currentTime = furthest; }
      }
      later(pause, beat);
    }

    function refused(answer) {
      const code = answer.body.code;
      if (code === "reopen" || answer.status === 404) { stream = null; later(0, open); return; }
      if (answer.status >= 500) { lost(); return; }
      stop(answer.body.detail || box.dataset.ended);
    }

    function lost() {
      words.textContent = box.dataset.lost;
      stream = null;
      later(pause, open);
    }

    function send(address, sent) {
      if (isBusy) { return; }
      isBusy = true;
      post(address, sent).then(function (answer) {
        isBusy = false;
        if (answer.status === 200) { take(answer.body); } else { refused(answer); }
      }).catch(function () { isBusy = false; lost(); });
    }

    function open() {
      here.hidden = true;
      send(box.dataset.open, { source: box.dataset.source });
    }

    function beat() {
      if (!stream) { open(); return; }
      send(box.dataset.open + "/" + stream + "/beats", {
        nonce: nonce,
        visible: document.visibilityState === "visible",
        idle: (Date.now() - touched) / 1000,
        position: video ? video.currentTime : null,
      });
    }

    function leave() {
      if (!stream || !navigator.sendBeacon) { return; }
      const form = new FormData();
      form.append("csrf_token", box.dataset.csrf);
      navigator.sendBeacon(box.dataset.open + "/" + stream + "/end", form);
      stream = null;
    }

    ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"].forEach(function (name) {
      document.addEventListener(name, function () { touched = Date.now(); }, { passive: true, capture: true });
    });
    document.addEventListener("visibilitychange", function () { if (stream) { beat(); } });
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", function (event) { if (event.persisted) { open(); } });
    here.addEventListener("click", open);

    if (video) {
      video.addEventListener("loadedmetadata", function () {
        const start = Number(box.dataset.position);
        if (start > 0 && start < video.duration - 2) { video.currentTime = start; }
      });
      video.addEventListener("seeking", function () {
        // Between two beats the furthest point moves with the playback itself.
        if (!isComplete && video.currentTime > furthest + 5) { video.currentTime = furthest; }
      });
      video.addEventListener("timeupdate", function () {
        if (!video.seeking && video.currentTime > furthest && video.currentTime < furthest + 5) {
          furthest = video.currentTime;
        }
      });
      ["play", "pause", "ended"].forEach(function (name) {
        video.addEventListener(name, function () { if (stream) { beat(); } });
      });
    }
    open();
  }

  document.querySelectorAll("[data-tj-study]").forEach(count);
}());
