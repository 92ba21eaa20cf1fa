/* The answer sheet: the paper's questions in order, what was answered, where each answer is, what is flagged. */

/** @typedef {import("./queue.js").Queue} Queue */
/** @typedef {{id: string, html: string, blank?: number, shape?: string, coords?: number[]}} Option */
/**
 * @typedef {Object} Question
 * @property {number} slot
 * @property {string} type single, multiple, true_false, fill_in, essay, or one of interactions.js
 * @property {number} points
 * @property {string} stem_html
 * @property {Option[]} options
 * @property {number} [blanks]
 * @property {Option[]} [targets]
 * @property {number} [most]
 * @property {string} [image]
 * @property {{lower: number, upper: number, step: number}} [bounds]
 * @property {string[]} [accept] endings of files
 * @property {string} [group]
 * @property {string} [stimulus_html]
 * @property {number} section index of its section
 */

/**
 * Return whether a value holds no answer.
 * @param {any} value
 * @returns {boolean}
 */
export function isBlank(value) {
  if (value === null || value === undefined) { return true; }
  if (typeof value === "string") { return value.trim() === ""; }
  return Array.isArray(value) && value.every(isBlank);
}

/** @param {any} one @param {any} other */
export function same(one, other) {
  return JSON.stringify(one === undefined ? null : one) === JSON.stringify(other === undefined ? null : other);
}

export class Sheet {
  /**
   * @param {{title: string, sections: {title: string, instructions: string, slots: Question[]}[]}} paper
   * @param {Object<string, any>} responses by slot, as the server has them
   */
  constructor(paper, responses) {
    this.title = paper.title;
    this.sections = paper.sections;
    /** @type {Question[]} */
    this.questions = [];
    paper.sections.forEach((section, index) => section.slots.forEach((slot) => {
      this.questions.push(Object.assign({}, slot, { section: index }));
    }));
    /** @type {Map<number, any>} */
    this.values = new Map();
    Object.keys(responses).forEach((slot) => this.values.set(Number(slot), responses[slot]));
    /** @type {Map<number, number>} when the last acknowledgement of a slot came, server time */
    this.savedAt = new Map();
    /** @type {Map<number, number>} when a slot was last changed here, server time */
    this.changedAt = new Map();
    /** @type {Map<number, {slot: number, value: any, at: number}>} typed, but not yet an event */
    this.typing = new Map();
    /** @type {Map<number, string>} what the server would not take, in its words */
    this.refused = new Map();
    /** @type {Set<number>} */
    this.flags = new Set();
    /** @type {Queue|null} */
    this.queue = null;
    /** @type {Pick<import("./uploads.js").Uploads, "pending"|"problems"|"sizes">} files that the server has not got yet */
    this.uploads = { pending: new Map(), problems: new Map(), sizes: new Map() };
    this.mostBytes = 0;
    /** Where the candidate's own files are found. */
    this.fileRoot = "";
    this.position = 0;
  }

  get current() {
    return this.questions[this.position];
  }

  /** @param {number} slot */
  question(slot) {
    return /** @type {Question} */ (this.questions.find((question) => question.slot === slot));
  }

  /** What the screen shows: what is being typed, or else the last answer. @param {number} slot */
  value(slot) {
    const typed = this.typing.get(slot);
    const value = typed ? typed.value : this.values.get(slot);
    return value === undefined ? null : value;
  }

  /** @param {number} slot */
  isAnswered(slot) {
    return this.uploads.pending.has(slot) || !isBlank(this.value(slot));
  }

  /** Whether something of this question is only on this computer. @param {number} slot */
  isLocal(slot) {
    return this.typing.has(slot) || this.uploads.pending.has(slot) || Boolean(this.queue && this.queue.holds(slot));
  }

  /**
   * Where the answer is: "local" before all, because that is what can be lost.
   * @param {number} slot
   * @returns {"local"|"saved"|"open"}
   */
  state(slot) {
    if (this.isLocal(slot)) { return "local"; }
    return this.isAnswered(slot) ? "saved" : "open";
  }

  /** @param {(question: Question) => boolean} test */
  count(test) {
    return this.questions.filter(test).length;
  }

  /** Figures of the whole paper, or of one section. @param {number} [section] */
  figures(section) {
    const of = this.questions.filter((question) => section === undefined || question.section === section);
    const slots = of.map((question) => question.slot);
    return {
      total: slots.length,
      answered: slots.filter((slot) => this.isAnswered(slot)).length,
      saved: slots.filter((slot) => this.state(slot) === "saved").length,
      local: slots.filter((slot) => this.isLocal(slot)).length,
      files: slots.filter((slot) => this.uploads.pending.has(slot)).length,
      flagged: slots.filter((slot) => this.flags.has(slot)).length,
    };
  }

  /** The questions that share the material of this one. @param {Question} question */
  siblings(question) {
    return question.group ? this.questions.filter((one) => one.group === question.group) : [question];
  }
}
