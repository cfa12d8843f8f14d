/** The round that runs, as this page knows it: its facts, this person's room, and its end. */

import { Emitter } from "../lib/emitter.js";

const EACH_MS = 250;
const GRACE_MS = 2000; // the server brings everybody back; only without it the page goes by itself
const SPREAD_MS = 15_000; // not everybody asks for the way back at the same moment

/**
 * @typedef {import("../live/messages.js").Round} Round
 * @typedef {import("../live/messages.js").Door} Door
 * @typedef {import("../live/messages.js").Ticket} Ticket
 * @typedef {{change: undefined, warned: number, told: {text: string, name: string},
 *   opened: undefined, returning: undefined, closed: undefined, over: Ticket}} RoundKinds
 */

/** @extends {Emitter<RoundKinds>} */
export class RoundClock extends Emitter {
  /** @type {Round | null} */
  facts = null;
  /** @type {Door | null} */
  door = null;
  #live;
  #place;
  /** @type {Ticket | null} */
  #wayBack = null;
  #asking = 0;

  /**
   * @param {import("../live/client.js").LiveClient} live
   * @param {{sessionId: string, backPath: string}} place
   */
  constructor(live, place) {
    super();
    this.#live = live;
    this.#place = place;
    live.on("snapshot", (snapshot) => this.#begin(snapshot));
    live.on("event", (event) => this.#hear(event));
    setInterval(() => this.#look(), EACH_MS);
  }

  /** Whether this person is in a room of the round, not in the main one. */
  get apart() {
    return this.running && this.door !== null && this.door.kind !== "main";
  }

  get running() {
    return this.facts?.state === "open" || this.facts?.state === "returning";
  }

  /** Milliseconds until the round ends. */
  get left() {
    return this.facts ? Date.parse(this.facts.ends_at) - this.#live.clock.now() : 0;
  }

  /** The slot that runs, and the one that comes next. */
  get slots() {
    const now = this.#live.clock.now();
    const all = this.running ? (this.facts?.slots ?? []) : [];
    return {
      now: all.find((slot) => Date.parse(slot.starts_at) <= now && now < Date.parse(slot.ends_at)),
      next: all.find((slot) => Date.parse(slot.starts_at) > now),
    };
  }

  /** @param {import("../live/messages.js").Snapshot} snapshot */
  #begin(snapshot) {
    if (snapshot.type !== "session.snapshot") return;
    this.door = snapshot.door ?? null;
    this.#know(snapshot.round ?? null);
  }

  /** @param {import("../live/messages.js").Logged} event */
  #hear({ type, data }) {
    if (type === "seat.moved" && data.session === this.#place.sessionId) {
      this.door = data;
      this.#know(this.facts);
    } else if (type === "room.told") this.tell("told", data);
    else if (type.startsWith("round.")) this.#round(type, data);
  }

  /**
   * @param {string} type
   * @param {any} data
   */
  #round(type, data) {
    this.#know(data);
    if (type === "round.opened") this.tell("opened");
    else if (type === "round.returning") this.tell("returning");
    else if (type === "round.closed") this.tell("closed");
    else if (type === "round.warned") this.tell("warned", data.seconds);
  }

  /** @param {Round | null} facts */
  #know(facts) {
    const sameEnd = this.facts?.ends_at === facts?.ends_at;
    this.facts = facts;
    if (!this.apart) this.#wayBack = null;
    else if (!sameEnd || !this.#wayBack) this.#askSoon();
    this.tell("change");
  }

  /** The way back that is known already stays good for a while, should the server be away. */
  #askSoon() {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), this.#spread());
  }

  #spread() {
    return Math.random() * Math.min(SPREAD_MS, Math.max(0, this.left) / 3);
  }

  /** Learn how to return without the server. What fails is tried again. */
  async #ask() {
    const { connection } = this.#live;
    try {
      const response = await fetch(this.#place.backPath, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ connection }),
      });
      if (!response.ok) throw new Error(`back: ${response.status}`);
      this.#wayBack = await response.json();
    } catch {
      if (this.apart) this.#asking = setTimeout(() => void this.#ask(), SPREAD_MS);
    }
  }

  #look() {
    if (!this.apart || this.left > -GRACE_MS || !this.#wayBack) return;
    const ticket = this.#wayBack;
    this.#wayBack = null;
    this.tell("over", ticket);
  }
}
