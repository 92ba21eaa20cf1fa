/*
 * Nothing typed is lost: what stands in the editor of a case is kept in this browser until the server has it.
 * After a failed save, a closed window or an ended sign-in it is offered again, in words.
 */
(function () {
  "use strict";

  var form = document.getElementById("editor");
  if (!form) { return; }
  var NAMES = ["title", "summary", "body", "medium", "place", "minutes", "decision", "points", "questions"];
  var KEY = "tj-case-" + form.getAttribute("data-draft");
  var PAUSE = 400;
  var revision = Number(field("revision").value);
  var waiting = null;

  function field(name) { return form.elements.namedItem(name); }

  function say(name, value) { return form.getAttribute("data-say-" + name).replace("{0}", value || ""); }

  function read() {
    try { return JSON.parse(localStorage.getItem(KEY)); } catch (error) { return null; }
  }

  function typed() {
    var values = {};
    NAMES.forEach(function (name) { values[name] = field(name).value; });
    return values;
  }

  /** A browser ends lines in a textarea otherwise than a server; the editor closes tags otherwise than the cleaner. */
  function same(one, other) {
    return NAMES.every(function (name) {
      return (one[name] || "").replace(/\s+/g, "") === (other[name] || "").replace(/\s+/g, "");
    });
  }

  function clock(at) {
    var time = new Date(at);
    function two(number) { return (number < 10 ? "0" : "") + number; }
    return (time.getMonth() + 1) + "-" + two(time.getDate()) + " " + two(time.getHours()) + ":" + two(time.getMinutes());
  }

  function keep(sent) {
    waiting = null;
    try {
      localStorage.setItem(KEY, JSON.stringify({ revision: revision, at: Date.now(), sent: sent, values: typed() }));
      document.getElementById("kept").textContent = say("kept", clock(Date.now()).slice(-5));
    } catch (error) {
      /* No room, or storage is off: the page works without it. */
    }
  }

  function drop() {
    try { localStorage.removeItem(KEY); } catch (error) { /* storage is off */ }
  }

  function button(words, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "tj-btn tj-btn-sm";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function offer(found) {
    var place = document.getElementById("restore");
    var words = document.createElement("p");
    var row = document.createElement("div");
    words.textContent = say("found", clock(found.at)) + (found.revision < revision ? say("newer") : "");
    row.className = "tj-row tj-row-wrap tj-mt-2";
    row.appendChild(button(say("restore"), function () {
      NAMES.forEach(function (name) {
        if (name in found.values) { field(name).value = found.values[name]; }
      });
      field("body").dispatchEvent(new Event("tj:restored"));
      words.textContent = say("restored");
      place.removeChild(row);
      keep(false);
      begin();
    }));
    row.appendChild(button(say("drop"), function () {
      drop();
      place.hidden = true;
      begin();
    }));
    place.appendChild(words);
    place.appendChild(row);
    place.hidden = false;
  }

  /** Starts keeping; not before an older draft was taken or refused, or it would be written over. */
  function begin() {
    form.addEventListener("input", function (event) {
      if (NAMES.indexOf(event.target.name) < 0) { return; }
      clearTimeout(waiting);
      waiting = setTimeout(function () { keep(false); }, PAUSE);
    });
    window.addEventListener("pagehide", function () {
      if (waiting) { clearTimeout(waiting); keep(false); }
    });
    form.addEventListener("submit", function () {
      clearTimeout(waiting);
      keep(true);
    });
  }

  var found = read();
  /* The server has it when the draft's revision is the next one after the one that was sent. */
  var arrived = found && found.sent && revision > found.revision;
  if (found && !arrived && !same(found.values, typed())) {
    offer(found);
  } else {
    if (arrived) { drop(); }
    begin();
  }

  /* Files that are together too large would be refused with the whole form: say so before it is sent. */
  form.addEventListener("submit", function (event) {
    var chosen = document.getElementById("files").files;
    var size = Array.prototype.reduce.call(chosen, function (sum, file) { return sum + file.size; }, 0);
    var place = document.getElementById("files-err");
    var most = Number(form.getAttribute("data-max-mb"));
    place.hidden = size < most * 1024 * 1024 - 100000;
    if (!place.hidden) {
      place.textContent = say("size", String(most));
      event.preventDefault();
      document.getElementById("files").focus();
    }
  });
}());
