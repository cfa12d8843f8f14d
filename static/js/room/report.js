/** Every five seconds: how it goes here, told to the server. */

import { ConnectionQuality, RoomEvent } from "../lib/livekit.js";

export const REPORT_MS = 5000;
const TALK_STEP_MS = 250;

/** @typedef {import("../live/messages.js").Report} Report */
/** @typedef {Report["quality"]} Quality */
/** @typedef {{loss: number, delay: number, transport: Report["transport"]}} Path */

export class Reporter {
  #talkMs = 0;
  #told = "";
  #lastMs = performance.now();
  #media;
  #tell;

  /**
   * @param {import("./media.js").Media} media
   * @param {(report: Report) => void} tell
   */
  constructor(media, tell) {
    this.#media = media;
    this.#tell = tell;
    setInterval(() => this.#listen(), TALK_STEP_MS);
    setInterval(() => void this.send(), REPORT_MS);
    media.mine.on("change", () => this.#atOnce());
    media.room.on(RoomEvent.Connected, () => void this.send());
  }

  /** Others, and a refresh, go by the last report: a changed wish is told without delay. */
  #atOnce() {
    const wants = JSON.stringify(this.#media.mine.wants);
    if (wants !== this.#told) void this.send();
  }

  /** Send a report, if the page is in the room at all. */
  async send() {
    if (this.#media.state === "away") return;
    this.#told = JSON.stringify(this.#media.mine.wants);
    const path = await pathOf(this.#media.room);
    const { mic, camera } = this.#media.mine.wants;
    const talked = Math.min(60_000, Math.round(this.#talkMs));
    this.#talkMs = 0;
    this.#tell({ mic, camera, talk_ms: talked, quality: this.quality(path), transport: path.transport });
  }

  /**
   * The worse of what the engine says and what is measured here.
   * @param {Path} path
   * @returns {Quality}
   */
  quality(path) {
    if (this.#media.state === "mending") return "lost";
    if (this.#media.state !== "here") return "unknown";
    const measured = ofPath(path);
    const told = TOLD[this.#media.room.localParticipant.connectionQuality] ?? "unknown";
    return WORSE.find((quality) => quality === measured || quality === told) ?? "unknown";
  }

  /** Count the time in which I speak. Timers are late in hidden pages: by the clock. */
  #listen() {
    const now = performance.now();
    const { localParticipant: me } = this.#media.room;
    if (me.isSpeaking && me.isMicrophoneEnabled) this.#talkMs += now - this.#lastMs;
    this.#lastMs = now;
  }
}

/** @type {Quality[]} */
const WORSE = ["lost", "poor", "fair", "good", "unknown"];

/** @type {Record<string, Quality>} */
const TOLD = {
  [ConnectionQuality.Excellent]: "good",
  [ConnectionQuality.Good]: "fair",
  [ConnectionQuality.Poor]: "poor",
  [ConnectionQuality.Lost]: "lost",
};

/**
 * @param {Path} path
 * @returns {Quality}
 */
function ofPath({ loss, delay, transport }) {
  if (transport === "none") return "unknown";
  if (loss > 0.08 || delay > 0.6) return "poor";
  return loss > 0.03 || delay > 0.3 ? "fair" : "good";
}

/**
 * How the media travels: loss as a share of what was sent, delay of the round trip in seconds.
 * @param {import("livekit-client").Room} room
 * @returns {Promise<Path>}
 */
export async function pathOf(room) {
  /** @type {Path} */
  const path = { loss: 0, delay: 0, transport: "none" };
  for (const track of tracksOf(room)) {
    const stats = await track.getRTCStatsReport().catch(() => undefined);
    stats?.forEach((entry) => learn(path, entry, stats));
    if (path.transport !== "none") break; // all tracks travel on one connection
  }
  return path;
}

/** @param {import("livekit-client").Room} room */
function* tracksOf(room) {
  for (const who of [room.localParticipant, ...room.remoteParticipants.values()]) {
    for (const { track } of who.trackPublications.values()) if (track) yield track;
  }
}

/**
 * @param {Path} path
 * @param {any} entry
 * @param {RTCStatsReport} stats
 */
function learn(path, entry, stats) {
  if (entry.type === "remote-inbound-rtp") {
    path.loss = Math.max(path.loss, entry.fractionLost ?? 0);
    path.delay = Math.max(path.delay, entry.roundTripTime ?? 0);
  }
  if (entry.type !== "candidate-pair" || entry.state !== "succeeded" || !entry.nominated) return;
  path.delay = Math.max(path.delay, entry.currentRoundTripTime ?? 0);
  const local = /** @type {any} */ (stats.get(entry.localCandidateId));
  if (local) path.transport = local.candidateType === "relay" ? "relay" : local.protocol;
}
