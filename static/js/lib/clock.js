/** The server's time, as this browser can know it. */

const SAMPLES = 8;

export class ServerClock {
  /** @type {number[]} */
  #offsets = [];

  /**
   * Learn from a moment that the server has just sent. It was a little later when it arrived, so
   * the largest of the last differences is the nearest to the truth.
   * @param {string} serverNow ISO 8601
   */
  learn(serverNow) {
    this.#offsets.push(Date.parse(serverNow) - Date.now());
    if (this.#offsets.length > SAMPLES) this.#offsets.shift();
  }

  /** Milliseconds that the server is ahead of this browser. */
  get offset() {
    return this.#offsets.length ? Math.max(...this.#offsets) : 0;
  }

  /** The server's present time, in milliseconds since 1970. */
  now() {
    return Date.now() + this.offset;
  }
}
