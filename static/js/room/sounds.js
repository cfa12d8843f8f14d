/** Everybody's voices: one hidden audio element for each sound that arrives. */

import { RoomEvent, Track } from "../lib/livekit.js";

export class Sounds {
  #place;

  /**
   * @param {import("livekit-client").Room} room
   * @param {HTMLElement} place where the elements are kept
   */
  constructor(room, place) {
    this.#place = place;
    room.on(RoomEvent.TrackSubscribed, (track) => this.#add(track));
    room.on(RoomEvent.TrackUnsubscribed, (track) => this.#remove(track));
    room.on(RoomEvent.Disconnected, () => this.#place.replaceChildren());
  }

  /** @param {import("livekit-client").RemoteTrack} track */
  #add(track) {
    if (track.kind === Track.Kind.Audio) this.#place.append(track.attach());
  }

  /** @param {import("livekit-client").RemoteTrack} track */
  #remove(track) {
    if (track.kind !== Track.Kind.Audio) return;
    for (const element of track.detach()) element.remove();
  }
}
