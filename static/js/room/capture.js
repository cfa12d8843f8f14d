/** Opening a person's camera and microphone, each with its own outcome. */

import { VideoPresets, createLocalTracks } from "../lib/livekit.js";

/**
 * Why a device does not work: refused by the person or the browser, not there, or in use.
 * @typedef {"refused" | "missing" | "busy"} Trouble
 */

/**
 * @template T
 * @typedef {{track: T | null, trouble: Trouble | null}} Outcome
 */

/**
 * @typedef {import("livekit-client").LocalVideoTrack} VideoTrack
 * @typedef {import("livekit-client").LocalAudioTrack} AudioTrack
 * @typedef {{camera: Outcome<VideoTrack>, mic: Outcome<AudioTrack>}} Captured
 */

/** A camera that is off and has no trouble. */
const DARK = { track: null, trouble: null };

/**
 * Open both with one question to the person; where that fails, each by itself, so that one
 * refused or missing device does not take the other with it. A chosen device that has gone
 * falls back to the browser's choice.
 * A camera that is not wanted stays dark.
 * @param {import("./choices.js").Choices} choices
 * @param {{camera: boolean}} wanted
 * @returns {Promise<Captured>}
 */
export async function capture(choices, wanted) {
  if (!wanted.camera) return { camera: DARK, mic: await captureMic(choices) };
  try {
    const tracks = await createLocalTracks({
      video: videoOptions(choices.device("videoinput")),
      audio: audioOptions(choices.device("audioinput")),
    });
    return { camera: worked(tracks, "video"), mic: worked(tracks, "audio") };
  } catch {
    return { camera: await captureCamera(choices), mic: await captureMic(choices) };
  }
}

/**
 * @param {import("./choices.js").Choices} choices
 * @returns {Promise<Outcome<VideoTrack>>}
 */
export function captureCamera(choices) {
  return attempt("video", { video: videoOptions(choices.device("videoinput")), audio: false });
}

/**
 * @param {import("./choices.js").Choices} choices
 * @returns {Promise<Outcome<AudioTrack>>}
 */
export function captureMic(choices) {
  return attempt("audio", { video: false, audio: audioOptions(choices.device("audioinput")) });
}

/**
 * @param {"video" | "audio"} kind
 * @param {import("livekit-client").CreateLocalTracksOptions} options
 * @returns {Promise<Outcome<any>>}
 */
async function attempt(kind, options) {
  try {
    return worked(await createLocalTracks(options), kind);
  } catch (error) {
    return { track: null, trouble: troubleOf(error) };
  }
}

/**
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleOf(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "missing";
}

/** @param {string | undefined} id */
export function videoOptions(id) {
  return { deviceId: id ? { ideal: id } : undefined, resolution: VideoPresets.h540.resolution };
}

/** @param {string | undefined} id */
export function audioOptions(id) {
  return {
    deviceId: id ? { ideal: id } : undefined,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}

/**
 * @param {import("livekit-client").LocalTrack[]} tracks
 * @param {"video" | "audio"} kind
 * @returns {Outcome<any>}
 */
function worked(tracks, kind) {
  return { track: tracks.find((track) => track.kind === kind) ?? null, trouble: null };
}
