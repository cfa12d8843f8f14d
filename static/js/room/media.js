/** The connection to the media engine: made, kept, and made anew until it stands again. */

import { backoff, pause } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";
import { Room, RoomEvent } from "../lib/livekit.js";
import { Refused } from "../live/messages.js";
import { Mine } from "./mine.js";

const PATIENCE_MS = 12_000; // the library's own attempts; then a new token and a new connection

/**
 * @typedef {import("../live/messages.js").Ticket} Ticket
 * @typedef {"away" | "coming" | "here" | "mending"} MediaState
 * @typedef {{state: MediaState, change: undefined, refused: Refused,
 *   sound: {blocked: boolean}}} MediaKinds
 */

/** @extends {Emitter<MediaKinds>} */
export class Media extends Emitter {
  /** @type {MediaState} */
  state = "away";
  #ticket;
  /** @type {AbortController | null} */
  #stay = null;
  #arriving = false;

  /**
   * @param {() => Promise<Ticket>} ticket fetches leave to join; rejects with `Refused` for good
   * @param {import("./choices.js").Choices} choices
   */
  constructor(ticket, choices) {
    super();
    this.#ticket = ticket;
    this.room = new Room({
      adaptiveStream: true,
      dynacast: true,
      reconnectPolicy: { nextRetryDelayInMs: (context) => this.#lineLost(context) },
      audioOutput: { deviceId: choices.device("audiooutput") },
    });
    this.mine = new Mine(this.room, choices);
    this.#listen();
  }

  /** Join, and stay joined until `leave`. */
  async join() {
    if (this.#stay) return;
    this.#stay = new AbortController();
    this.#become("coming");
    await this.#arrive(this.#stay.signal);
  }

  async leave() {
    this.#stay?.abort();
    this.#stay = null;
    this.#become("away");
    await this.room.disconnect();
  }

  /**
   * Join the room that the next ticket is for instead, with the same devices. A screen that is
   * shown stays behind: it was for the people of the former room.
   */
  async move() {
    if (!this.#stay || this.#arriving) return; // an arrival under way asks for its ticket anyway
    this.#arriving = true; // so that the end of the former connection is no loss
    const { signal } = this.#stay;
    this.#become("coming");
    await this.mine.carry(() => this.room.disconnect(false));
    await this.#arrive(signal);
  }

  /** The room of the media engine in which this page is; empty when in none. */
  get at() {
    return this.room.state === "connected" ? this.room.name : "";
  }

  /** Let sound play after the browser has held it back; needs a click. */
  startSound() {
    return this.room.startAudio();
  }

  /** @param {AbortSignal} signal */
  async #arrive(signal) {
    this.#arriving = true;
    for (let attempt = 0, settled = false; !settled && !signal.aborted; attempt++) {
      const early = attempt > 0 && (await pause(backoff(attempt - 1, { longest: 5000 }), signal));
      if (early) attempt = 0; // the outage is over: should this fail, the next try is soon
      settled = await this.#tryOnce(signal);
    }
    this.#arriving = false;
  }

  /**
   * Whether the matter is settled: joined, refused or no longer wanted.
   * @param {AbortSignal} signal
   */
  async #tryOnce(signal) {
    try {
      const ticket = await this.#ticket();
      if (signal.aborted) return true;
      await this.room.connect(ticket.url, ticket.token);
    } catch (error) {
      if (!(error instanceof Refused)) return false;
      this.#stay = null;
      this.#become("away");
      this.tell("refused", error);
      return true;
    }
    this.#stand();
    return true;
  }

  #listen() {
    const changed = () => this.tell("change");
    for (const event of CHANGES) this.room.on(event, changed);
    this.mine.on("change", changed);
    this.room.on(RoomEvent.Reconnecting, () => this.#become("mending"));
    this.room.on(RoomEvent.SignalReconnecting, () => this.#become("mending"));
    this.room.on(RoomEvent.Reconnected, () => this.#stand());
    this.room.on(RoomEvent.Disconnected, () => this.#lost());
    this.room.on(RoomEvent.AudioPlaybackStatusChanged, () =>
      this.tell("sound", { blocked: !this.room.canPlaybackAudio }),
    );
  }

  /**
   * The library asks when to try again: the first moment at which we learn of a lost line, and the
   * last one at which the pictures are still there.
   * @param {import("livekit-client").ReconnectContext} context
   */
  #lineLost(context) {
    if (this.state === "here") this.#become("mending");
    return nextTry(context);
  }

  /** The connection stands: send what is wanted now, it may have changed meanwhile. */
  #stand() {
    this.#become("here");
    this.mine.publish().catch(() => {}); // a line lost meanwhile is mended by its own event
  }

  /** The connection ended without our wish, and the library has given up on it. */
  #lost() {
    if (!this.#stay || this.#arriving) return; // our own leave, or a failed attempt
    this.#become("mending");
    void this.#arrive(this.#stay.signal);
  }

  /** @param {MediaState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.tell("state", state);
  }
}

/** What changes who is seen and heard. */
const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.Connected,
  RoomEvent.Reconnected,
];

/**
 * Milliseconds before the library tries again, or null when it shall give up.
 * @param {import("livekit-client").ReconnectContext} context
 */
function nextTry({ retryCount, elapsedMs }) {
  if (elapsedMs > PATIENCE_MS) return null;
  return retryCount === 0 ? Math.random() * 300 : backoff(retryCount - 1, { longest: 1000 });
}
