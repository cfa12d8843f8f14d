/** The page's one WebSocket: opened, watched, and opened again when it is lost. */

import { backoff, spread } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";

const BEATS_OF_PATIENCE = 3;
const OPENING_MS = 10_000; // from the first try to the welcome
const POLITE = 1000;
const FOR_GOOD = [4401, 4403, 4404]; // login ended, not for you, not here: docs/protocol.md

/**
 * @typedef {{connecting: undefined, up: any, message: any, down: {retryAt: number},
 *   closed: {code: number}}} LineKinds
 */

/** @extends {Emitter<LineKinds>} */
export class Line extends Emitter {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #retryTimer = 0;
  #watchdog = 0;
  #patience = OPENING_MS;
  #up = false;
  #ended = false;
  #url;
  #hello;

  /**
   * @param {string} url where the channel is
   * @param {() => object} hello the first message of each connection
   */
  constructor(url, hello) {
    super();
    this.#url = url;
    this.#hello = hello;
    addEventListener("online", () => this.#hurry());
  }

  get up() {
    return this.#up;
  }

  /** Connect, now. Also the answer to "try now". */
  open() {
    if (this.#ended || this.#socket) return;
    clearTimeout(this.#retryTimer);
    this.tell("connecting");
    this.#patience = OPENING_MS;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#expect();
    socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
    socket.onmessage = (event) => this.#hear(socket, event.data);
    socket.onclose = (event) => this.#lose(socket, event.code);
  }

  /** Leave this connection and make another. */
  renew() {
    this.#socket?.close(POLITE);
    this.#forget();
    this.open();
  }

  /** Close for good. */
  close() {
    this.#ended = true;
    const socket = this.#socket;
    this.#forget();
    socket?.close(POLITE);
  }

  /**
   * Send, if the line is up. Says whether it was.
   * @param {object} message
   */
  send(message) {
    if (!this.#up || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  #hear(socket, text) {
    if (socket !== this.#socket) return;
    const message = JSON.parse(text);
    if (message.type === "page.welcome") this.#welcome(message);
    else this.tell("message", message);
    this.#expect();
  }

  /** @param {import("./messages.js").Welcome} welcome */
  #welcome(welcome) {
    this.#attempt = 0;
    this.#up = true;
    this.#patience = welcome.beat_seconds * 1000 * BEATS_OF_PATIENCE;
    this.tell("up", welcome);
  }

  /** Count the silence anew: a line that says nothing for too long is lost. */
  #expect() {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#watchdog = setTimeout(() => {
      socket?.close();
      if (socket) this.#lose(socket, 0); // a dead line would tell its close much later
    }, this.#patience);
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code RFC 6455 §7.4, or 0 when silence was the reason
   */
  #lose(socket, code) {
    if (socket !== this.#socket) return;
    this.#forget();
    if (FOR_GOOD.includes(code)) {
      this.#ended = true;
      this.tell("closed", { code });
      return;
    }
    this.#tryIn(backoff(this.#attempt++));
  }

  /** The network is back: what is lost is tried soon, however long the outage was. */
  #hurry() {
    const waiting = this.#attempt > 0 && !this.#socket;
    if (!waiting || this.#ended) return;
    this.#attempt = 1; // should this fail, the next try is soon
    this.#tryIn(spread());
  }

  /** @param {number} wait milliseconds */
  #tryIn(wait) {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.open(), wait);
    this.tell("down", { retryAt: Date.now() + wait });
  }

  #forget() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retryTimer);
    this.#socket = null;
    this.#up = false;
  }
}
