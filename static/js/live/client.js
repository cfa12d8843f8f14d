/** The live channel of a page: what happens, in order, and requests that survive a lost line. */

import { ServerClock } from "../lib/clock.js";
import { Emitter } from "../lib/emitter.js";
import { Line } from "./line.js";
import { VERSION } from "./messages.js";
import { Requests } from "./requests.js";
import { Streams } from "./streams.js";

/**
 * @typedef {import("./messages.js").Snapshot} Snapshot
 * @typedef {import("./messages.js").Logged} Logged
 * @typedef {{up: import("./messages.js").Welcome, down: {retryAt: number},
 *   connecting: undefined, closed: {code: number}, snapshot: Snapshot, event: Logged,
 *   presence: import("./messages.js").Presence, digest: import("./messages.js").BoardDigest,
 *   "seat.lost": {reason: "elsewhere" | "removed"},
 *   "seat.ticket": import("./messages.js").Ticket}} LiveKinds
 */

/** @extends {Emitter<LiveKinds>} */
export class LiveClient extends Emitter {
  /** The name under which this page load holds the seat. */
  connection = crypto.randomUUID();
  clock = new ServerClock();
  #line;
  #requests;
  #streams;

  /** @param {string} path the page's path, by which the server chooses the streams */
  constructor(path) {
    super();
    const url = new URL("/live", location.href.replace(/^http/, "ws"));
    this.#line = new Line(url.href, () => this.#hello(path));
    this.#requests = new Requests((message) => this.#line.send(message));
    this.#streams = new Streams(
      (message) => this.#apply(message),
      (stream, seq) => this.#fill(stream, seq),
    );
    this.#line.on("connecting", () => this.tell("connecting"));
    this.#line.on("down", (when) => this.tell("down", when));
    this.#line.on("closed", (why) => this.tell("closed", why));
    this.#line.on("up", (welcome) => this.#rise(welcome));
    this.#line.on("message", (message) => this.#hear(message));
  }

  get up() {
    return this.#line.up;
  }

  /** Connect, or try again at once. */
  open() {
    this.#line.open();
  }

  close() {
    this.#line.close();
  }

  /**
   * Ask, and wait for the answer over as many lines as it takes.
   *
   * Raises: `Refused` when the server says no.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {string} [id] to repeat a request of before
   * @returns {Promise<any>}
   */
  ask(type, fields = {}, id) {
    return this.#requests.ask(type, fields, id);
  }

  /**
   * Tell the server something that may be lost.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   */
  report(type, fields) {
    this.#line.send({ type, ...fields });
  }

  /** @param {string} path */
  #hello(path) {
    const { connection } = this;
    return { type: "page.hello", version: VERSION, connection, path, have: this.#streams.have };
  }

  /** @param {import("./messages.js").Welcome} welcome */
  #rise(welcome) {
    this.clock.learn(welcome.server_now);
    this.tell("up", welcome);
    this.#requests.resend();
    this.#streams.mend();
  }

  /** @param {any} message */
  #hear(message) {
    if (message.server_now) this.clock.learn(message.server_now);
    if (message.type === "reply") this.#requests.answer(message);
    else if (message.type === "presence.digest") this.tell("presence", message);
    else if (message.type === "board.digest") this.tell("digest", message);
    else if (message.type === "seat.lost") this.tell("seat.lost", message);
    else if (message.type === "seat.ticket") this.tell("seat.ticket", message);
    else if (message.type.endsWith(".snapshot")) this.#streams.snapshot(message);
    else if (message.seq !== undefined) this.#streams.event(message);
  }

  /** @param {Snapshot | Logged} message */
  #apply(message) {
    if (message.type.endsWith(".snapshot")) this.tell("snapshot", /** @type {Snapshot} */ (message));
    else this.tell("event", /** @type {Logged} */ (message));
  }

  /**
   * The missing events come as events, before or after the reply.
   * @param {string} stream
   * @param {number} seq
   */
  #fill(stream, seq) {
    this.ask("events.since", { stream, seq }).catch(() => {
      this.#streams.forget(stream); // too old to be told: a new line begins with a snapshot
      this.#line.renew();
    });
  }
}
