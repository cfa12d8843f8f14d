/** The way in and out of a room: the seat first, then the media, and what ends a stay. */

import { pause } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";
import { ofTab } from "../lib/memory.js";
import { Refused } from "../live/messages.js";
import { Media } from "./media.js";
import { Pass } from "./pass.js";

// After a refresh the server may not have noticed yet that the page of before is gone.
const REFRESH_TRIES = 3;
const REFRESH_PAUSE_MS = 400;

/**
 * Where this page stands. `elsewhere`: another page of the same person holds the seat.
 * @typedef {"door" | "entering" | "inside" | "elsewhere" | "removed" | "closed" | "left"} Phase
 * @typedef {{mic: boolean, camera: boolean}} Wants
 * @typedef {{phase: Phase, refused: Refused}} PassageKinds
 */

/** @extends {Emitter<PassageKinds>} */
export class Passage extends Emitter {
  /** @type {Phase} */
  phase = "door";
  #holding = false;
  /** @type {import("../live/messages.js").Ticket | null} */
  #wayBack = null;
  #room = ""; // where the person belongs
  #live;
  #place;
  #askHere;
  #pass;

  /**
   * @param {import("../live/client.js").LiveClient} live
   * @param {{path: string, tokenPath: string, sessionId: string}} place
   * @param {import("./choices.js").Choices} choices
   * @param {() => Promise<boolean>} askHere the question "use here?"
   */
  constructor(live, place, choices, askHere) {
    super();
    this.#live = live;
    this.#place = place;
    this.#askHere = askHere;
    this.#pass = new Pass(live);
    this.media = new Media(() => this.#ticket(), choices);
    this.media.mine.on("change", () => this.#remember());
    this.media.on("state", () => this.#settle());
    this.media.on("refused", (why) => this.#end(endOf(why)));
    live.on("down", () => (this.#holding = false));
    live.on("up", () => this.#holdAgain());
    live.on("seat.lost", ({ reason }) => this.#end(reason));
    live.on("event", (event) => event.type === "seat.moved" && this.#follow(event.data));
  }

  /** What this tab did before it was refreshed; null when it was not in the room. */
  get before() {
    return /** @type {Wants | null} */ (ofTab.read(this.#key));
  }

  /**
   * Take the seat and join. Asks first when another page of the same person holds the seat.
   * @param {Wants} wants
   * @param {import("livekit-client").LocalTrack[]} tracks open tracks of the preview
   */
  async enter(wants, tracks = []) {
    this.#become("entering");
    const seat = await this.#take();
    if (!seat) {
      for (const track of tracks) track.stop();
      return;
    }
    this.#join(wants, tracks);
  }

  /** Come back after a refresh, never more open than before. */
  async comeBack() {
    const before = this.before ?? { mic: false, camera: false };
    this.#become("entering");
    const seat = await this.#take({ patience: REFRESH_TRIES });
    if (!seat) return;
    this.#join({ mic: before.mic && seat.mic, camera: before.camera && seat.camera }, []);
  }

  /** Leave the room and give the seat back. */
  async leave() {
    ofTab.write(this.#key, null);
    this.#become("left");
    await this.media.leave();
    if (this.#live.up) await this.#live.ask("seat.leave").catch(() => {});
  }

  /**
   * @param {Wants} wants
   * @param {import("livekit-client").LocalTrack[]} tracks
   */
  #join(wants, tracks) {
    this.media.mine.bring(wants, tracks);
    this.#become("inside");
    this.#remember();
    void this.media.join();
  }

  /**
   * The seat, or null when it was refused or left to the other page.
   * @param {{here?: boolean, patience?: number}} [how] `patience`: how often to try before asking
   * @returns {Promise<import("../live/messages.js").Seat | null>}
   */
  async #take({ here = false, patience = 0 } = {}) {
    try {
      return await this.#seat(here);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const elsewhere = error.code === "seat_elsewhere";
      if (elsewhere && patience > 0) return this.#takeLater(patience - 1);
      if (elsewhere && (await this.#askHere())) return this.#take({ here: true });
      ofTab.write(this.#key, null);
      this.#become("door");
      if (!elsewhere) this.tell("refused", error);
      return null;
    }
  }

  /** @param {number} patience */
  async #takeLater(patience) {
    await pause(REFRESH_PAUSE_MS);
    return this.#take({ patience });
  }

  /**
   * @param {boolean} here
   * @returns {Promise<import("../live/messages.js").Seat>}
   */
  async #seat(here) {
    const seat = await this.#live.ask("seat.take", { here });
    this.#holding = true;
    if (!this.#wayBack) this.#belong(seat.room); // it may have changed while the line was away
    return seat;
  }

  /** Leave to join the media room: only with the seat in hand. */
  async #ticket() {
    const pass = await this.#pass.take(() => this.#room);
    if (this.#wayBack) return this.#wayBack;
    if (pass) return pass;
    if (!this.#holding) await this.#seat(false);
    const response = await fetch(this.#place.tokenPath, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ connection: this.#live.connection }),
    });
    if (response.ok) return response.json();
    if (response.status >= 500) throw new Error(`token: ${response.status}`);
    const { code, text } = await response.json();
    if (code !== "seat_not_held") throw new Refused(code, text ?? "");
    this.#holding = false; // lost meanwhile: the next attempt asks for it
    throw new Error(code);
  }

  /**
   * Return without being told, at the end of a round: the server may be away.
   * @param {import("../live/messages.js").Ticket} ticket for the room to return to
   */
  returnBy(ticket) {
    this.#wayBack = ticket;
    this.#belong(ticket.room);
  }

  /** @param {{session: string, room: string}} moved */
  #follow({ session, room }) {
    if (session !== this.#place.sessionId) return; // a person has a seat in each session
    this.#wayBack = null;
    this.#pass.expect(room);
    this.#belong(room);
  }

  /** @param {string} room where the person belongs from now on */
  #belong(room) {
    this.#room = room;
    this.#settle();
  }

  /** Go where the person belongs, once the media stand; while they come, they may come there. */
  #settle() {
    const stands = this.phase === "inside" && this.media.state === "here";
    if (stands && this.#room && this.media.at !== this.#room) void this.media.move();
  }

  /** A new line does not hold the seat by itself. */
  async #holdAgain() {
    if (this.phase !== "inside") return;
    try {
      const seat = await this.#seat(false);
      if (!seat.returning) this.#quiet(); // away for too long: never more open than a newcomer
    } catch (error) {
      if (error instanceof Refused) this.#end(endOf(error));
    }
  }

  #quiet() {
    void this.media.mine.set("mic", false);
    void this.media.mine.set("camera", false);
  }

  /** The live channel is closed to this page: there is no way in. */
  shut() {
    if (this.phase === "door") this.#become("closed");
    else this.#end("removed");
  }

  /** @param {"elsewhere" | "removed" | "closed"} why */
  #end(why) {
    this.#holding = false;
    if (this.phase !== "inside" && this.phase !== "entering") return;
    ofTab.write(this.#key, null);
    this.#become(why);
    void this.media.leave();
  }

  #remember() {
    if (this.phase === "inside") ofTab.write(this.#key, this.media.mine.wants);
  }

  get #key() {
    return `yoriai.inside:${this.#place.path}`;
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    this.tell("phase", phase);
  }
}

/** @param {Refused} why */
function endOf({ code }) {
  if (code === "seat_elsewhere") return "elsewhere";
  return code === "door_early" || code === "door_closed" ? "closed" : "removed";
}
