/* What this computer keeps of an attempt until the server has it: IndexedDB for events and the paper,
   localStorage for what is being typed this very second (written at once, so that it survives a reload).
   Nothing here throws: a fault is told once, and the exam goes on in memory. */

/** @typedef {import("./queue.js").ResponseEvent} ResponseEvent */

const DATABASE = "tiejun-exam";
const VERSION = 2;

/**
 * Return the random name of this browser; a lease belongs to it.
 * @returns {string}
 */
export function deviceId() {
  const key = "tj.device";
  try {
    const kept = window.localStorage.getItem(key);
    if (kept) { return kept; }
    const made = randomName();
    window.localStorage.setItem(key, made);
    return made;
  } catch (error) {
    return randomName();
  }
}

/** @returns {string} 128 random bits */
export function randomName() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Store {
  /**
   * @param {string} owner person and sitting: computers of an exam room are shared
   * @param {(fault: "missing"|"full") => void} onFault called once when nothing can be kept here
   */
  constructor(owner, onFault) {
    this.owner = owner;
    this.onFault = onFault;
    /** @type {IDBDatabase|null} */
    this.db = null;
    this.faulty = false;
    /** @type {Object<string, any>} */
    this.kept = { owner };
  }

  /** Open the database of this browser; without one, say so and go on. */
  async open() {
    try {
      const request = window.indexedDB.open(DATABASE, VERSION);
      request.onupgradeneeded = () => {
        const known = request.result.objectStoreNames;
        if (!known.contains("attempts")) { request.result.createObjectStore("attempts", { keyPath: "owner" }); }
        if (!known.contains("events")) { request.result.createObjectStore("events", { keyPath: ["owner", "lease", "seq"] }); }
        if (!known.contains("files")) { request.result.createObjectStore("files", { keyPath: ["owner", "slot"] }); }
      };
      this.db = await answer(request);
      const db = this.db;
      db.onversionchange = () => db.close();
    } catch (error) {
      this._fail("missing");
    }
  }

  /**
   * Return what was kept of this attempt, and all events and files that no server acknowledged, of whatever lease.
   * @returns {Promise<{attempt: Object<string, any>|null, events: (ResponseEvent & {lease: string})[], files: import("./uploads.js").Pending[], paper: any}>}
   */
  async load() {
    const nothing = { attempt: null, events: [], files: [], paper: null };
    if (!this.db) { return nothing; }
    try {
      const work = this.db.transaction(["attempts", "events", "files"], "readonly");
      const range = IDBKeyRange.bound([this.owner], [this.owner, []]);
      const found = await Promise.all([
        answer(work.objectStore("attempts").get(this.owner)),
        answer(work.objectStore("events").getAll(range)),
        answer(work.objectStore("attempts").get(this.owner + "#paper")),
        answer(work.objectStore("files").getAll(range)),
      ]);
      if (found[0]) { this.kept = found[0]; }
      return { attempt: found[0] || null, events: found[1], files: found[3], paper: found[2] ? found[2].paper : null };
    } catch (error) {
      this._fail("missing");
      return nothing;
    }
  }

  /**
   * Keep some facts of the attempt: lease, token, deadline, answers…
   * @param {Object<string, any>} facts
   */
  save(facts) {
    Object.assign(this.kept, facts);
    return this._write("attempts", (place) => place.put(this.kept));
  }

  /**
   * Keep the paper: it never changes, and is too large to be written with every answer.
   * @param {Object} paper
   */
  savePaper(paper) {
    return this._write("attempts", (place) => place.put({ owner: this.owner + "#paper", paper }));
  }

  /**
   * @param {string} lease
   * @param {ResponseEvent[]} events
   */
  keep(lease, events) {
    return this._write("events", (place) => {
      events.forEach((event) => place.put(Object.assign({ owner: this.owner, lease }, event)));
    });
  }

  /**
   * @param {string} lease
   * @param {number[]} seqs
   */
  drop(lease, seqs) {
    if (!seqs.length) { return Promise.resolve(); }
    return this._write("events", (place) => {
      seqs.forEach((seq) => place.delete([this.owner, lease, seq]));
    });
  }

  /** Keep a file that waits to be sent, in place of another of its question. @param {import("./uploads.js").Pending} file */
  keepFile(file) {
    const { slot, lease, name, size, at, blob } = file;
    return this._write("files", (place) => place.put({ owner: this.owner, slot, lease, name, size, at, blob }));
  }

  /** @param {number} slot */
  dropFile(slot) {
    return this._write("files", (place) => place.delete([this.owner, slot]));
  }

  /** Forget this attempt: the server has all of it, and the next candidate sits at this computer. */
  async wipe() {
    drafts(this.owner).forEach((draft) => forgetDraft(this.owner, draft.slot));
    try { window.localStorage.removeItem("tj.place." + this.owner); } catch (error) { /* nothing was kept */ }
    this.kept = { owner: this.owner };
    // One transaction: a computer that is switched off right now keeps all of it, or none.
    await this._writeAll(["attempts", "events", "files"], (work) => {
      ["events", "files"].forEach((name) => work.objectStore(name).delete(IDBKeyRange.bound([this.owner], [this.owner, []])));
      work.objectStore("attempts").delete(this.owner);
      work.objectStore("attempts").delete(this.owner + "#paper");
    });
  }

  /**
   * @param {string} name
   * @param {(place: IDBObjectStore) => any} change
   * @returns {Promise<void>}
   */
  _write(name, change) {
    return this._writeAll([name], (work) => change(work.objectStore(name)));
  }

  /**
   * @param {string[]} names
   * @param {(work: IDBTransaction) => any} change
   * @returns {Promise<void>}
   */
  async _writeAll(names, change) {
    if (!this.db) { return; }
    try {
      const work = this.db.transaction(names, "readwrite");
      const done = new Promise((resolve, reject) => {
        work.oncomplete = resolve;
        work.onerror = () => reject(work.error);
        work.onabort = () => reject(work.error);
      });
      change(work);
      await done;
    } catch (error) {
      this._fail("full");
    }
  }

  /** @param {"missing"|"full"} fault */
  _fail(fault) {
    if (this.faulty) { return; }
    this.faulty = true;
    this.onFault(fault);
  }
}

/* Drafts: one entry a question, so that a keystroke writes only what it changed. */

/** @param {string} owner @param {number} slot */
function draftKey(owner, slot) {
  return "tj.draft." + owner + "." + slot;
}

/**
 * @param {string} owner
 * @param {{slot: number, value: any, at: number, lease: string}} draft
 */
export function keepDraft(owner, draft) {
  try {
    window.localStorage.setItem(draftKey(owner, draft.slot), JSON.stringify(draft));
  } catch (error) { /* no room: the event two seconds later will say so */ }
}

/** @param {string} owner @param {number} slot */
export function forgetDraft(owner, slot) {
  try { window.localStorage.removeItem(draftKey(owner, slot)); } catch (error) { /* nothing was kept */ }
}

/**
 * @param {string} owner
 * @returns {{slot: number, value: any, at: number, lease: string}[]}
 */
export function drafts(owner) {
  const found = [];
  try {
    const start = "tj.draft." + owner + ".";
    for (let index = 0; index < window.localStorage.length; index += 1) {
      const key = window.localStorage.key(index);
      if (key && key.startsWith(start)) { found.push(JSON.parse(window.localStorage.getItem(key) || "")); }
    }
  } catch (error) { /* unreadable: what the queue holds is still there */ }
  return found.filter((draft) => draft && typeof draft.slot === "number");
}

/* Where the candidate is and what is flagged: small, and written at once like the drafts. */

/** @param {string} owner @param {{slot: number, flags: number[]}} place */
export function keepPlace(owner, place) {
  try {
    window.localStorage.setItem("tj.place." + owner, JSON.stringify(place));
  } catch (error) { /* no room: flags last as long as this page */ }
}

/**
 * @param {string} owner
 * @returns {{slot: number, flags: number[]}}
 */
export function placeOf(owner) {
  try {
    const kept = JSON.parse(window.localStorage.getItem("tj.place." + owner) || "{}");
    return { slot: Number(kept.slot) || 0, flags: Array.isArray(kept.flags) ? kept.flags : [] };
  } catch (error) {
    return { slot: 0, flags: [] };
  }
}
