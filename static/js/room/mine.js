/** My own camera, microphone and screen in the room: what I want, and making it so. */

import { Emitter } from "../lib/emitter.js";
import { RoomEvent, ScreenSharePresets, Track } from "../lib/livekit.js";
import { audioOptions, troubleOf, videoOptions } from "./capture.js";

const SOURCES = { mic: Track.Source.Microphone, camera: Track.Source.Camera };

/** @typedef {import("livekit-client").LocalTrack} LocalTrack */
/** @typedef {"mic" | "camera"} Own */

/**
 * @typedef {{change: undefined,
 *   trouble: {what: Own | "screen", trouble: import("./capture.js").Trouble}}} MineKinds
 */

/** @extends {Emitter<MineKinds>} */
export class Mine extends Emitter {
  /** What I want to send. It outlives connections: after a lost line the same comes back. */
  wants = { mic: false, camera: false };
  /** @type {LocalTrack[]} tracks of the preview, to be sent at the first arrival */
  #brought = [];
  #working = Promise.resolve();
  #room;
  #choices;

  /**
   * @param {import("livekit-client").Room} room
   * @param {import("./choices.js").Choices} choices
   */
  constructor(room, choices) {
    super();
    this.#room = room;
    this.#choices = choices;
    room.on(RoomEvent.TrackMuted, (publication, who) => this.#muted(publication, who));
    room.on(RoomEvent.LocalTrackUnpublished, () => this.tell("change"));
    room.on(RoomEvent.LocalTrackPublished, () => this.tell("change"));
  }

  /**
   * Arrive with these wishes and these open tracks.
   * @param {{mic: boolean, camera: boolean}} wants
   * @param {LocalTrack[]} tracks
   */
  bring(wants, tracks) {
    this.wants = { mic: wants.mic, camera: wants.camera };
    this.#brought = tracks;
    this.tell("change");
  }

  get sharing() {
    return this.#room.localParticipant.isScreenShareEnabled;
  }

  /**
   * Keep camera and microphone open while the connection ends, to be sent over the next one.
   * @param {() => Promise<void>} disconnect
   */
  async carry(disconnect) {
    const me = this.#room.localParticipant;
    await me.setScreenShareEnabled(false).catch(() => {}); // the line may be gone already
    this.#brought = Object.values(SOURCES)
      .map((source) => me.getTrackPublication(source)?.track)
      .filter((track) => track !== undefined);
    await disconnect();
    this.tell("change");
  }

  /** Send what is wanted over a connection that has just been made. */
  async publish() {
    const brought = this.#brought.splice(0);
    await Promise.all(
      brought.map((track) =>
        this.#room.localParticipant.publishTrack(track, { source: sourceOf(track) }),
      ),
    );
    await this.#fulfil("mic");
    await this.#fulfil("camera");
  }

  /**
   * @param {Own} what
   * @param {boolean} on
   */
  set(what, on) {
    this.wants[what] = on;
    if (what === "camera") this.#choices.cameraOn = on;
    this.tell("change");
    return this.#fulfil(what);
  }

  /** Show the screen, with its sound where the browser gives it, or stop. */
  async share(/** @type {boolean} */ on) {
    try {
      await this.#room.localParticipant.setScreenShareEnabled(
        on,
        { audio: true, resolution: ScreenSharePresets.h1080fps15.resolution },
        { simulcast: false },
      );
    } catch (error) {
      this.tell("trouble", { what: "screen", trouble: troubleOf(error) });
    }
    this.tell("change");
  }

  /**
   * Make one wish true, after those made before it.
   * @param {Own} what
   */
  #fulfil(what) {
    this.#working = this.#working.then(() => this.#send(what));
    return this.#working;
  }

  /** @param {Own} what */
  async #send(what) {
    const me = this.#room.localParticipant;
    if (this.#room.state !== "connected") {
      if (!this.wants[what]) await me.getTrackPublication(SOURCES[what])?.track?.mute();
      return; // publish() does the rest after the next connection
    }
    try {
      if (what === "mic") {
        const options = audioOptions(this.#choices.device("audioinput"));
        await me.setMicrophoneEnabled(this.wants.mic, options);
      } else {
        const options = videoOptions(this.#choices.device("videoinput"));
        await me.setCameraEnabled(this.wants.camera, options);
      }
    } catch (error) {
      if (this.#room.state !== "connected") return; // the line went, not the device
      this.wants[what] = false;
      this.tell("trouble", { what, trouble: troubleOf(error) });
    }
    this.tell("change");
  }

  /**
   * Muted by a moderator, or because the device was unplugged: that is now the state.
   * @param {import("livekit-client").TrackPublication} publication
   * @param {import("livekit-client").Participant} who
   */
  #muted(publication, who) {
    if (who !== this.#room.localParticipant) return;
    if (publication.source === Track.Source.Microphone) this.wants.mic = false;
    if (publication.source === Track.Source.Camera) this.wants.camera = false;
    this.tell("change");
  }
}

/** @param {LocalTrack} track */
function sourceOf(track) {
  return track.kind === Track.Kind.Audio ? Track.Source.Microphone : Track.Source.Camera;
}
