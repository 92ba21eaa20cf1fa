/* Answers that the server has not acknowledged. Numbers are given out per lease, 1, 2, 3… without gaps; an
   event leaves the queue by acknowledgement alone. What is sent is always the beginning of the queue, so that
   two changes of one question can never overtake each other. */

/** @typedef {{seq: number, slot: number, value: any, at_ms: number}} ResponseEvent */

export class Queue {
  /**
   * @param {number} lastSeq highest number ever given out for this lease
   * @param {ResponseEvent[]} events unacknowledged events of this lease
   */
  constructor(lastSeq, events) {
    this.events = events.slice().sort((one, other) => one.seq - other.seq);
    this.lastSeq = this.events.reduce((highest, event) => Math.max(highest, event.seq), lastSeq);
  }

  get length() {
    return this.events.length;
  }

  /**
   * @param {number} slot
   * @param {any} value
   * @param {number} at server time of the change, epoch milliseconds
   * @returns {ResponseEvent}
   */
  add(slot, value, at) {
    this.lastSeq += 1;
    const event = { seq: this.lastSeq, slot, value, at_ms: Math.round(at) };
    this.events.push(event);
    return event;
  }

  /**
   * Return the beginning of the queue: at least one event if there is any, within count and size.
   * @param {number} count
   * @param {number} bytes
   * @returns {ResponseEvent[]}
   */
  beginning(count, bytes) {
    let size = 200;
    let end = 0;
    while (end < this.events.length && end < count) {
      size += weight(this.events[end]);
      if (end > 0 && size > bytes) { break; }
      end += 1;
    }
    return this.events.slice(0, end);
  }

  /**
   * Take out what the server has on disk.
   * @param {number} acked everything up to this number
   * @param {number[]} stored single numbers beyond it
   * @returns {ResponseEvent[]} the events taken out
   */
  acknowledge(acked, stored) {
    const known = new Set(stored);
    const gone = this.events.filter((event) => event.seq <= acked || known.has(event.seq));
    if (gone.length) { this.events = this.events.filter((event) => !(event.seq <= acked || known.has(event.seq))); }
    return gone;
  }

  /** @param {number} slot */
  holds(slot) {
    return this.events.some((event) => event.slot === slot);
  }

  /** The questions that have something waiting. */
  slots() {
    return new Set(this.events.map((event) => event.slot));
  }

  /** @param {number} seq */
  has(seq) {
    return this.events.some((event) => event.seq === seq);
  }

  /**
   * The number of this event is taken by another payload: give the event a fresh one, behind all others of its
   * question.
   * @param {number} seq
   * @returns {{gone: number[], fresh: ResponseEvent[]}}
   */
  renumber(seq) {
    const index = this.events.findIndex((event) => event.seq === seq);
    const tail = this.events.slice(index);
    this.events = this.events.slice(0, index);
    const fresh = tail.map((event) => this.add(event.slot, event.value, event.at_ms));
    return { gone: tail.map((event) => event.seq), fresh };
  }
}

/**
 * Return the bytes that an event takes on the wire.
 * @param {ResponseEvent} event
 */
function weight(event) {
  return new Blob([JSON.stringify(event)]).size + 1;
}
