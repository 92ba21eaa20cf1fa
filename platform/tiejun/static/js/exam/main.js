/* The beginning of the exam page: who sits what, and which of its states this is. */

import { Api, Refusal, Unreachable } from "./api.js";
import { ServerClock } from "./clock.js";
import { byId, fill, show, write } from "./dom.js";
import { Exam } from "./exam.js";
import { pause } from "./sender.js";
import { Store, deviceId } from "./store.js";
import { OnlyTab } from "./tabs.js";
import { notice, overFacts, showOver, showPage } from "./view.js";
import { Waiting } from "./waiting.js";
import { loadWords, say } from "./words.js";

loadWords(JSON.parse(byId("exam-words").textContent || "{}"));
const config = JSON.parse(byId("exam-config").textContent || "{}");
const clock = new ServerClock();
const store = new Store(config.owner, (fault) => storageFault(fault));
const api = new Api({ root: config.api_root, sitting: config.sitting, csrf: config.csrf }, clock);
/** @type {Exam|null} */
let exam = null;
const tab = new OnlyTab(config.owner, () => {
  waiting.stop();
  if (exam) { exam.stepBack(); }
  else { showOver({ title: say("other_tab"), text: say("other_tab_text"), picture: "copy", action: { words: say("answer_here"), act: () => window.location.reload() } }); }
});
const waiting = new Waiting(config, clock, store, { open: () => enter(), signIn: () => askToSignIn() });

/** The page itself carried the server's time. */
function firstSync() {
  const entry = /** @type {PerformanceNavigationTiming|undefined} */ (performance.getEntriesByType("navigation")[0]);
  const sent = entry ? entry.requestStart : 0;
  const arrived = entry && entry.responseStart ? entry.responseStart : performance.now();
  clock.sync(Date.parse(config.server_now), sent, arrived);
}

/** @param {"missing"|"full"} fault */
function storageFault(fault) {
  if (exam) { notice(say("storage_" + fault)); }
  const place = document.getElementById("storage-warning");
  if (place) {
    write(place, say("storage_" + fault));
    show(place, true);
  }
}

async function begin() {
  firstSync();
  await store.open();
  if (config.state === "ended") { await sendLeftovers(); return; }
  const start = document.getElementById("start");
  if (start) {
    start.addEventListener("click", () => enter());
    start.removeAttribute("disabled");
  }
  byId("code-box").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = /** @type {HTMLInputElement} */ (byId("code")).value.replace(/\s/g, "");
    if (/^[0-9]{6}$/.test(code)) { enter(code); }
    else { askForCode(say("code_format")); }
  });
  if (config.state === "in_progress") { enter(); }
  else if (config.state === "upcoming" || config.state === "waiting") {
    tab.claim();
    waiting.begin();
  }
}

/**
 * Ask for the attempt until the server gives it, or says why not.
 * @param {string} [code] the invigilator's takeover code
 */
async function enter(code) {
  tab.claim();
  busy(say("opening"));
  for (let failures = 1; ; failures += 1) {
    try {
      const opened = await api.open(deviceId(), code);
      await run(opened);
      return;
    } catch (error) {
      if (error instanceof Refusal && !error.passes) { await refused(error, Boolean(code)); return; }
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) { throw error; }
      if (await runFromHere()) { return; }
      busy(say(error instanceof Refusal ? "open_busy" : "open_offline"));
      await new Promise((resolve) => window.setTimeout(resolve, Math.max(pause(failures), error instanceof Refusal ? error.retryAfter : 0)));
    }
  }
}

/** @param {any} opened */
async function run(opened) {
  const kept = await store.load();
  const paper = typeof opened.paper === "string" ? JSON.parse(opened.paper) : opened.paper;
  if (opened.state && opened.state !== "open") { window.location.reload(); return; }
  store.savePaper(paper);
  exam = new Exam({ config, api, clock, store }, Object.assign({}, opened, { paper, responses: opened.responses || {} }), kept);
  exam.start();
  if (store.faulty) { notice(say("storage_missing")); }
}

/** The server is away, but this computer has paper, token and answers: go on with them. */
async function runFromHere() {
  const kept = await store.load();
  if (!kept.attempt || !kept.attempt.token || !kept.paper) { return false; }
  clock.recall(kept.attempt.offset || 0);
  exam = new Exam({ config, api, clock, store }, /** @type {any} */ (Object.assign({}, kept.attempt, { paper: kept.paper })), kept);
  exam.start();
  return true;
}

/** @param {Refusal} refusal @param {boolean} withCode */
async function refused(refusal, withCode) {
  if (refusal.status === 401 || refusal.code === "csrf") { askToSignIn(); return; }
  if (refusal.code === "lease_held") { askForCode(""); return; }
  if (withCode && refusal.code !== "closed") { askForCode(refusal.detail); return; }
  if (refusal.code === "not_open_yet") { window.location.reload(); return; }
  if (refusal.code === "closed") { await sendLeftovers(); return; }
  showOver({ title: say("cannot_open"), text: refusal.detail || say("open_busy"), mood: "due", picture: "alert-triangle", action: { words: say("to_mine"), href: config.mine_url } });
}

/** @param {string} problem */
function askForCode(problem) {
  showPage("room");
  ["wait-box", "start-box", "busy-box"].forEach((id) => { if (document.getElementById(id)) { show(byId(id), false); } });
  show(byId("code-box"), true);
  write(byId("code-problem"), problem);
  show(byId("code-problem"), problem !== "");
  const field = byId("code");
  field.setAttribute("aria-invalid", String(problem !== ""));
  field.focus();
}

function askToSignIn() {
  showOver({ title: say("sign_in"), text: say("sign_in_text"), picture: "login", mood: "due", action: { words: say("sign_in_action"), href: config.sign_in_url } });
}

/** @param {string} words */
function busy(words) {
  if (exam) { showPage("room"); }
  ["wait-box", "start-box", "code-box"].forEach((id) => { if (document.getElementById(id)) { show(byId(id), false); } });
  show(byId("busy-box"), true);
  fill(byId("busy-words"), words);
}

/** The attempt has ended, yet this computer may still hold answers that never arrived: they are owed a try. */
async function sendLeftovers() {
  const kept = await store.load();
  const attempt = kept.attempt;
  const mine = attempt ? kept.events.filter((event) => event.lease === attempt.lease) : [];
  const files = attempt ? kept.files.filter((file) => file.lease === attempt.lease) : [];
  if (!attempt || !attempt.token || !(mine.length || files.length)) {
    if (attempt) { await store.wipe(); }
    if (config.state !== "ended") { window.location.reload(); }
    return;
  }
  const slots = new Set([...mine, ...files].map((one) => one.slot)).size;
  showOver({ title: say("leftover"), text: say("leftover_text"), facts: [say("fact_local", { n: slots }), say("fact_trying")], picture: "clock", mood: "due", action: { words: say("to_mine"), href: config.mine_url } });
  for (let failures = 1; ; failures += 1) {
    try {
      while (files.length) {
        mine.push(await pushFile(attempt, files[0], mine));
        files.shift();
      }
      const reply = await push(attempt, mine);
      overFacts([say("leftover_sent", { n: slots }), say((reply.late || []).length ? "leftover_late" : "leftover_counted")]);
      await store.wipe();
      return;
    } catch (error) {
      if (error instanceof Refusal && !error.passes) {
        overFacts([say("leftover_refused", { n: slots }), error.detail]);
        return;
      }
      await new Promise((resolve) => window.setTimeout(resolve, pause(failures)));
    }
  }
}

/**
 * Bring a file to the server, and return the event that makes it an answer.
 * @param {any} attempt
 * @param {import("./uploads.js").Pending} file
 * @param {any[]} events what else waits
 */
async function pushFile(attempt, file, events) {
  const stored = await api.file(attempt, file, () => undefined).done;
  const last = Math.max(attempt.last_seq || 0, ...events.map((event) => event.seq));
  const value = { file: stored.file, name: stored.name };
  const event = { seq: last + 1, slot: file.slot, value, at_ms: Math.round(file.at), lease: attempt.lease };
  await store.keep(attempt.lease, [event]);
  await store.dropFile(file.slot);
  return event;
}

/** @param {any} attempt @param {any[]} events */
async function push(attempt, events) {
  let reply = { late: [] };
  /** @type {number[]} */
  const late = [];
  const last = Math.max(attempt.last_seq || 0, ...events.map((event) => event.seq));
  for (let start = 0; start < events.length; start += 50) {
    const batch = events.slice(start, start + 50).map((event) => ({ seq: event.seq, slot: event.slot, value: event.value, at_ms: event.at_ms }));
    reply = /** @type {any} */ (await api.events(attempt, { lease: attempt.lease, queued: last, events: batch }));
    late.push(...(reply.late || []));
  }
  return { late };
}

begin();
