/**
 * Counts minutes: opens a stream and sends a beat every few seconds. All credit is the server's; this file
 * only says whether the page is in front, since when nobody touched it, and where the video is.
 */
(function () {
  "use strict";

  const TONES = { counting: "ok", full: "" };

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
    let isHeld = false; // the video was stopped by us and goes on with the counting

    /** @param {string} sentence what is said; @param {string} tone "ok" counts, "due" does not, "" neither */
    function say(sentence, tone) {
      words.textContent = sentence;
      box.classList.toggle("tj-ok", tone === "ok");
      box.classList.toggle("tj-due", tone === "due");
    }

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
      say(sentence, "due");
      here.hidden = false;
      isHeld = false;
      if (video) { video.pause(); }
    }

    /** Whether a part is being played that was not credited yet. */
    function playsOn() {
      return Boolean(video) && !video.paused && video.currentTime > furthest - 2;
    }

    /** Says what the answer says, unless it tells of the moment before the hand was on the film. */
    function tell(body) {
      if (body.state === "paused" && playsOn()) { say(box.dataset.counting, "ok"); return; }
      if (body.state === "counting" && video && video.paused) { say(box.dataset.ready, ""); return; }
      say(body.words, TONES[body.state] === undefined ? "due" : TONES[body.state]);
    }

    function take(body) {
      stream = body.stream;
      nonce = body.nonce;
      pause = body.beat_seconds;
      isComplete = body.complete;
      tell(body);
      progress.textContent = body.progress;
      if (video) {
        furthest = body.position;
        if (body.state === "ahead" && !isComplete) { video.currentTime = furthest; }
        if (isHeld) { isHeld = false; resume(); }
      }
      later(pause, beat);
    }

    function refused(answer) {
      const code = answer.body.code;
      if (code === "reopen" || answer.status === 404) { stream = null; later(0, open); return; }
      if (answer.status >= 500) { lost(); return; }
      stop(answer.body.detail || box.dataset.ended);
    }

    /** The stream is kept: it goes on when the server answers, unless another page has taken over meanwhile. */
    function lost() {
      say(box.dataset.lost, "due");
      if (video && !video.paused) { isHeld = true; video.pause(); }
      later(pause, beat);
    }

    function resume() {
      const started = video.play();
      // A browser that lets nothing play without a hand leaves the button to the person.
      if (started) { started.catch(function () {}); }
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
    window.addEventListener("offline", lost);
    window.addEventListener("online", beat);
    here.addEventListener("click", open);

    if (video) {
      const goOn = function () {
        const start = Number(box.dataset.position);
        if (start > 0 && start < video.duration - 2) { video.currentTime = start; }
      };
      // The browser may know the video before this file runs.
      if (video.readyState > 0) { goOn(); } else { video.addEventListener("loadedmetadata", goOn); }
      video.addEventListener("seeking", function () {
        // Between two beats the furthest point moves with the playback itself.
        if (isComplete || video.currentTime <= furthest + 5) { return; }
        video.currentTime = furthest;
        say(box.dataset.ahead, "due");
      });
      video.addEventListener("timeupdate", function () {
        if (!video.seeking && video.currentTime > furthest && video.currentTime < furthest + 5) {
          furthest = video.currentTime;
        }
      });
      video.addEventListener("play", function () {
        if (stream && !isComplete && playsOn()) { say(box.dataset.counting, "ok"); }
      });
      ["pause", "ended"].forEach(function (name) {
        video.addEventListener(name, function () { if (stream) { beat(); } });
      });
    }
    open();
  }

  document.querySelectorAll("[data-tj-study]").forEach(count);
}());
