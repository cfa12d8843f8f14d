/** Numbered streams of events: each event applied exactly once, in order, without a hole. */

/** @typedef {import("./messages.js").Snapshot} Snapshot */
/** @typedef {import("./messages.js").Logged} Logged */

const HELD_AT_MOST = 1000;

export class Streams {
  /** @type {Map<string, number>} the last number applied of each stream */
  #heads = new Map();
  /** @type {Map<string, Map<number, Logged>>} what came too early */
  #early = new Map();
  #apply;
  #askSince;

  /**
   * @param {(message: Snapshot | Logged) => void} apply
   * @param {(stream: string, seq: number) => void} askSince fetches everything after `seq`
   */
  constructor(apply, askSince) {
    this.#apply = apply;
    this.#askSince = askSince;
  }

  /** What this page has read: stream → number. */
  get have() {
    return Object.fromEntries(this.#heads);
  }

  /** @param {Snapshot} snapshot */
  snapshot(snapshot) {
    this.#heads.set(snapshot.stream, snapshot.seq);
    this.#apply(snapshot);
    this.#catchUp(snapshot.stream);
  }

  /** @param {Logged} event */
  event(event) {
    const head = this.#heads.get(event.stream);
    if (head === undefined || event.seq <= head) return; // not ours, or read already
    const early = this.#earlyOf(event.stream);
    const gapKnown = early.size > 0;
    if (early.size < HELD_AT_MOST) early.set(event.seq, event);
    this.#catchUp(event.stream);
    if (early.size > 0 && !gapKnown) this.#ask(event.stream);
  }

  /**
   * Know nothing of a stream any more.
   * @param {string} stream
   */
  forget(stream) {
    this.#heads.delete(stream);
    this.#early.delete(stream);
  }

  /** Ask again for what is still missing: the former question was lost with the line. */
  mend() {
    for (const [stream, early] of this.#early) if (early.size > 0) this.#ask(stream);
  }

  /** @param {string} stream */
  #ask(stream) {
    this.#askSince(stream, this.#heads.get(stream) ?? 0);
  }

  /** @param {string} stream */
  #catchUp(stream) {
    const early = this.#earlyOf(stream);
    let head = this.#heads.get(stream) ?? 0;
    for (const seq of early.keys()) if (seq <= head) early.delete(seq);
    for (let next = early.get(head + 1); next; next = early.get(head + 1)) {
      early.delete(++head);
      this.#heads.set(stream, head);
      this.#apply(next);
    }
  }

  /** @param {string} stream */
  #earlyOf(stream) {
    let early = this.#early.get(stream);
    if (!early) this.#early.set(stream, (early = new Map()));
    return early;
  }
}
