/* Calls to the delivery API. Writing answers needs the attempt's token alone: no cookie, no session. */

const PATIENCE = 15000;
/* A file may take long; what must not happen is that nothing moves for so long. */
const STALLED = 30000;

/** The server answered, and said no. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {Object<string, any>} problem problem document (RFC 9457), or an empty object
   * @param {number} retryAfter milliseconds, 0 when the server named none
   */
  constructor(status, problem, retryAfter) {
    super(String(problem.detail || status));
    this.status = status;
    this.code = String(problem.code || "");
    this.detail = String(problem.detail || "");
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Whether the same call may well succeed a little later. */
  get passes() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** No answer came: the network is cut, or the server is away. */
export class Unreachable extends Error {}

export class Api {
  /**
   * @param {{root: string, sitting: string, csrf: string}} config
   * @param {import("./clock.js").ServerClock} clock
   */
  constructor(config, clock) {
    this.root = config.root;
    this.sitting = config.sitting;
    this.csrf = config.csrf;
    this.clock = clock;
  }

  /**
   * Open or resume my attempt. Needs the signed-in session.
   * @param {string} device
   * @param {string} [code] the invigilator's takeover code
   */
  open(device, code) {
    const body = code ? { device, takeover_code: code } : { device };
    return this._call("POST", "/sittings/" + this.sitting + "/attempt", body, { "X-CSRFToken": this.csrf }, false);
  }

  /**
   * @param {{attempt: string, token: string}} held
   * @param {{lease: string, queued: number, events: Object[]}} body
   * @param {boolean} [keepalive] the page is going away: let the request outlive it
   */
  events(held, body, keepalive) {
    return this._call("PUT", "/attempts/" + held.attempt + "/events", body, bearer(held), Boolean(keepalive));
  }

  /**
   * @param {{attempt: string, token: string, lease: string}} held
   * @param {number} lastSeq
   */
  submit(held, lastSeq) {
    const body = { lease: held.lease, last_seq: lastSeq };
    return this._call("POST", "/attempts/" + held.attempt + "/submit", body, bearer(held), false);
  }

  /**
   * Send a file for one question. Not by fetch, which does not tell how much of it is sent.
   * @param {{attempt: string, token: string, lease: string}} held
   * @param {{slot: number, name: string, blob: Blob}} file
   * @param {(share: number) => void} onProgress
   * @returns {{done: Promise<any>, stop: () => void}}
   */
  file(held, file, onProgress) {
    const call = new XMLHttpRequest();
    const body = new FormData();
    body.append("lease", held.lease);
    body.append("slot", String(file.slot));
    body.append("file", file.blob, file.name);
    const done = new Promise((resolve, reject) => {
      let timer = 0;
      const moves = () => {
        window.clearTimeout(timer);
        timer = window.setTimeout(() => call.abort(), STALLED);
      };
      call.open("POST", this.root + "/attempts/" + held.attempt + "/files");
      call.setRequestHeader("Accept", "application/json");
      call.setRequestHeader("Authorization", bearer(held).Authorization);
      call.upload.onprogress = (event) => {
        moves();
        if (event.lengthComputable) { onProgress(event.loaded / event.total); }
      };
      call.onloadend = () => {
        window.clearTimeout(timer);
        const data = call.status ? parsed(call.responseText) : null;
        if (call.status >= 400) { reject(new Refusal(call.status, data || {}, 1000 * (Number(call.getResponseHeader("Retry-After")) || 0))); }
        else if (data && data.file) { resolve(data); }
        else { reject(new Unreachable(String(call.status))); }
      };
      moves();
      call.send(body);
    });
    return { done, stop: () => call.abort() };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Object} body
   * @param {Object<string, string>} headers
   * @param {boolean} keepalive
   * @returns {Promise<Object<string, any>>}
   */
  async _call(method, path, body, headers, keepalive) {
    const sentAt = performance.now();
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE);
    let reply, text;
    try {
      reply = await fetch(this.root + path, {
        method,
        headers: Object.assign({ "Content-Type": "application/json", Accept: "application/json" }, headers),
        body: JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        keepalive,
        signal: stop.signal,
      });
      text = await reply.text();
    } catch (error) {
      throw new Unreachable(String(error));
    } finally {
      window.clearTimeout(timer);
    }
    const data = parsed(text);
    if (data && data.server_now) { this.clock.sync(Date.parse(data.server_now), sentAt); }
    if (!reply.ok) {
      throw new Refusal(reply.status, data || {}, 1000 * (Number(reply.headers.get("Retry-After")) || 0));
    }
    // A page instead of data: something between us and the server answered in its place.
    if (!data) { throw new Unreachable("not JSON"); }
    return data;
  }
}

/** @param {{token: string}} held */
function bearer(held) {
  return { Authorization: "Attempt " + held.token };
}

/**
 * @param {string} text
 * @returns {Object<string, any>|null}
 */
function parsed(text) {
  try {
    const data = JSON.parse(text);
    return data && typeof data === "object" ? data : null;
  } catch (error) {
    return null;
  }
}
