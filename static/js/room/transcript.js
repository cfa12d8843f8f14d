/** The chat of a room as this page knows it: what the server has said, and what waits to be sent. */

import { Emitter } from "../lib/emitter.js";
import { ofTab } from "../lib/memory.js";
import { Refused } from "../live/messages.js";

/** @typedef {import("../live/messages.js").ChatLine} ChatLine */
/** @typedef {{id: string, body: string}} Unsent */

/**
 * @typedef {{lines: undefined, heard: ChatLine, refused: {text: string, body: string}}} Kinds
 */

/** @extends {Emitter<Kinds>} */
export class Transcript extends Emitter {
  /** @type {Map<string, ChatLine>} in the order of the stream */
  #lines = new Map();
  /** @type {Unsent[]} */
  #unsent;
  /** @type {Set<string>} own lines taken back here, not yet at the server */
  #hidden = new Set();
  #live;
  #key;

  /**
   * @param {import("../live/client.js").LiveClient} live
   * @param {string} path
   */
  constructor(live, path) {
    super();
    this.#live = live;
    this.#key = `yoriai.unsent:${path}`;
    this.#unsent = ofTab.read(this.#key) ?? [];
    live.on("snapshot", (snapshot) => this.#replace(snapshot));
    live.on("event", (event) => this.#apply(event));
  }

  get lines() {
    return [...this.#lines.values()].filter((line) => !this.#hidden.has(line.message));
  }

  get unsent() {
    return this.#unsent;
  }

  /** Send what a former load of this page could not, under the same ids: nothing comes twice. */
  resume() {
    for (const post of this.#unsent) void this.#send(post);
  }

  /**
   * Write a line. It waits for the server as long as it takes, over refreshes too.
   * @param {string} body
   */
  post(body) {
    const post = { id: crypto.randomUUID(), body };
    this.#keep([...this.#unsent, post]);
    void this.#send(post);
  }

  /**
   * Hide a line here while its writer may still change their mind.
   * @param {string} message
   * @param {boolean} hidden
   */
  hide(message, hidden) {
    if (hidden) this.#hidden.add(message);
    else this.#hidden.delete(message);
    this.tell("lines");
  }

  /**
   * Take a line back, for everybody.
   * @param {string} message
   */
  async remove(message) {
    try {
      await this.#live.ask("chat.delete", { message });
    } catch (error) {
      this.hide(message, false);
      if (error instanceof Refused) this.tell("refused", { text: error.message, body: "" });
    }
  }

  /** @param {Unsent} post */
  async #send(post) {
    try {
      await this.#live.ask("chat.post", { body: post.body }, post.id);
    } catch (error) {
      if (error instanceof Refused) this.tell("refused", { text: error.message, body: post.body });
    }
    this.#keep(this.#unsent.filter(({ id }) => id !== post.id));
  }

  /** @param {Unsent[]} unsent */
  #keep(unsent) {
    this.#unsent = unsent;
    ofTab.write(this.#key, unsent.length ? unsent : null);
    this.tell("lines");
  }

  /** @param {import("../live/messages.js").Snapshot} snapshot */
  #replace(snapshot) {
    if (!snapshot.chat) return;
    this.#lines = new Map(snapshot.chat.map((line) => [line.message, line]));
    this.tell("lines");
  }

  /** @param {import("../live/messages.js").Logged} event */
  #apply(event) {
    if (event.type === "chat.posted") {
      this.#lines.set(event.data.message, event.data);
      this.tell("heard", event.data);
    } else if (event.type === "chat.deleted") {
      const line = this.#lines.get(event.data.message);
      if (line) this.#lines.set(line.message, { ...line, body: "", deleted: true });
      this.#hidden.delete(event.data.message);
    } else return;
    this.tell("lines");
  }
}
