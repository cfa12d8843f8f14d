/** The ticket that comes with a move, so that a page need not ask for it among a thousand others. */

const COMES_WITHIN_MS = 1500; // from the word of the move; without it the page asks
const GOOD_FOR_MS = 60_000; // the half of what its token lasts

/** @typedef {import("../live/messages.js").Ticket} Ticket */

export class Pass {
  /** @type {Ticket | null} */
  #ticket = null;
  #room = "";
  #came = 0; // milliseconds
  /** @type {Promise<void>} */
  #expected = Promise.resolve();
  #arrive = () => {};

  /** @param {import("../live/client.js").LiveClient} live */
  constructor(live) {
    live.on("seat.ticket", (ticket) => this.#keep(ticket));
  }

  /** @param {string} room to which the person was moved: its ticket follows */
  expect(room) {
    this.#room = room;
    this.#ticket = null;
    this.#expected = new Promise((resolve) => {
      this.#arrive = resolve;
      setTimeout(resolve, COMES_WITHIN_MS);
    });
  }

  /**
   * The ticket for a room, once; null when there is none, or the one that came is old.
   * @param {() => string} room where the person belongs when the waiting is over
   * @returns {Promise<Ticket | null>}
   */
  async take(room) {
    await this.#expected;
    const ticket = this.#ticket;
    this.#ticket = null;
    const fresh = performance.now() - this.#came < GOOD_FOR_MS;
    return ticket !== null && fresh && ticket.room === room() ? ticket : null;
  }

  /** @param {Ticket} ticket */
  #keep(ticket) {
    if (ticket.room !== this.#room) return; // of a move before
    this.#ticket = ticket;
    this.#came = performance.now();
    this.#arrive();
  }
}
