/** Who is in the room, from what the media engine and the live channel say. */

import { Track } from "../lib/livekit.js";

/**
 * A person at a seat, ready to be drawn.
 * @typedef {{identity: string, name: string, role: string, you: boolean, mic: boolean,
 *   speaking: boolean, camera: import("livekit-client").Track | null}} Seated
 *
 * A screen that somebody shows.
 * @typedef {{identity: string, name: string, you: boolean,
 *   screen: import("livekit-client").Track}} Shared
 *
 * @typedef {import("../live/messages.js").Person} Person
 * @typedef {import("livekit-client").Participant} Participant
 */

/**
 * Everyone whom the media engine has here: in the order they came, the same for everybody, with
 * the mentor at the head; of two, the other one comes first.
 * @param {import("livekit-client").Room} room
 * @param {Map<string, Person>} present by participation
 * @returns {Seated[]}
 */
export function seated(room, present) {
  const all = [room.localParticipant, ...room.remoteParticipants.values()];
  all.sort((a, b) => came(a) - came(b) || (a.identity < b.identity ? -1 : 1));
  const people = all.map((participant) => seatedAs(participant, present.get(participant.identity)));
  const two = people.length === 2;
  const back = (/** @type {Seated} */ person) => (two ? person.you : person.role !== "mentor");
  return people.sort((a, b) => Number(back(a)) - Number(back(b)));
}

/**
 * The screens shown now, the newest last.
 * @param {import("livekit-client").Room} room
 * @returns {Shared[]}
 */
export function shared(room) {
  const shares = [];
  for (const who of [room.localParticipant, ...room.remoteParticipants.values()]) {
    const screen = who.getTrackPublication(Track.Source.ScreenShare)?.track;
    if (!screen) continue;
    shares.push({ identity: who.identity, name: nameOf(who), you: who.isLocal, screen });
  }
  return shares;
}

/** @param {Participant} participant */
function came(participant) {
  return participant.joinedAt?.getTime() ?? 0;
}

/**
 * @param {Participant} participant
 * @param {Person | undefined} person
 * @returns {Seated}
 */
function seatedAs(participant, person) {
  const camera = participant.getTrackPublication(Track.Source.Camera);
  return {
    identity: participant.identity,
    name: nameOf(participant),
    role: person?.role ?? "",
    you: participant.isLocal,
    mic: participant.isMicrophoneEnabled,
    speaking: participant.isSpeaking && participant.isMicrophoneEnabled,
    camera: camera && !camera.isMuted ? (camera.track ?? null) : null,
  };
}

/** @param {Participant} participant */
function nameOf(participant) {
  return participant.name || participant.identity;
}
