/** Requests that await their reply, and are sent again with the same id on a new line. */

import { Refused } from "./messages.js";

/**
 * @typedef {{message: {id: string, type: string}, resolve: (result: any) => void,
 *   reject: (error: Error) => void}} Waiting
 */

export class Requests {
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  #send;

  /** @param {(message: object) => boolean} send says whether the line was up */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Ask, and wait for the answer as long as it takes.
   *
   * Raises: `Refused` when the server says no.
   * @param {string} type
   * @param {Record<string, unknown>} fields
   * @param {string} [id] to repeat a request of before
   * @returns {Promise<any>}
   */
  ask(type, fields, id = crypto.randomUUID()) {
    return new Promise((resolve, reject) => {
      const message = { type, id, ...fields };
      this.#waiting.set(id, { message, resolve, reject });
      this.#send(message);
    });
  }

  /** Send again what has no answer yet. */
  resend() {
    for (const { message } of this.#waiting.values()) this.#send(message);
  }

  /** @param {import("./messages.js").Reply} reply */
  answer(reply) {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return; // the second answer to a request that was sent twice
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting.resolve(reply.result);
    else waiting.reject(new Refused(reply.error?.code ?? "", reply.error?.text ?? ""));
  }
}
