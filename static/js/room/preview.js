/** What a person sees of themselves before they enter. Nobody else sees it. */

import { capture, captureCamera, captureMic } from "./capture.js";

/** @typedef {import("./capture.js").Captured} Captured */

export class Preview {
  /** @type {Captured} */
  #captured = { camera: { track: null, trouble: null }, mic: { track: null, trouble: null } };
  #opened = 0; // how often, so that a late answer of the browser finds itself overtaken
  #choices;
  #video;
  #rows;

  /**
   * @param {import("./choices.js").Choices} choices
   * @param {HTMLVideoElement} video
   * @param {import("./device-rows.js").DeviceRows} rows
   */
  constructor(choices, video, rows) {
    this.#choices = choices;
    this.#video = video;
    this.#rows = rows;
  }

  /**
   * Open the devices and show them.
   * @param {{camera: boolean}} wanted
   */
  async open(wanted) {
    this.close();
    const turn = ++this.#opened;
    const captured = await capture(this.#choices, wanted);
    if (turn !== this.#opened) return stop(captured);
    this.#captured = captured;
    await this.#rows.use(this.#choices, (kind) => void this.#change(kind));
    this.#show();
  }

  /** Whether the browser or the person has refused, and nothing else works either. */
  get blocked() {
    const { camera, mic } = this.#captured;
    if (camera.track || mic.track) return false;
    return camera.trouble === "refused" || mic.trouble === "refused";
  }

  get camera() {
    return this.#captured.camera;
  }

  get mic() {
    return this.#captured.mic;
  }

  /**
   * Stop the camera (its light goes out) or start it again.
   * @param {boolean} on
   */
  async turnCamera(on) {
    this.#captured.camera.track?.detach();
    this.#captured.camera.track?.stop();
    this.#captured.camera = on
      ? await captureCamera(this.#choices)
      : { track: null, trouble: null };
    this.#show();
  }

  /**
   * Hand the wanted tracks over to the room and stop the others.
   * @param {{mic: boolean, camera: boolean}} wants
   * @returns {import("livekit-client").LocalTrack[]}
   */
  handOver(wants) {
    const { camera, mic } = this.#captured;
    const given = [wants.camera ? camera.track : null, wants.mic ? mic.track : null];
    if (wants.camera) this.#captured.camera = { track: null, trouble: null };
    if (wants.mic) this.#captured.mic = { track: null, trouble: null };
    given[0]?.detach();
    this.close();
    return given.filter((track) => track !== null);
  }

  close() {
    this.#opened++;
    this.#rows.showLevel(null);
    stop(this.#captured);
    this.#captured = { camera: { track: null, trouble: null }, mic: { track: null, trouble: null } };
  }

  /** @param {import("./choices.js").Kind} kind */
  async #change(kind) {
    if (kind === "videoinput" && this.#captured.camera.track) await this.turnCamera(true);
    if (kind !== "audioinput") return;
    this.#captured.mic.track?.stop();
    this.#captured.mic = await captureMic(this.#choices);
    this.#show();
  }

  #show() {
    const { camera, mic } = this.#captured;
    camera.track?.attach(this.#video);
    this.#video.hidden = camera.track === null;
    this.#rows.trouble("videoinput", camera.trouble);
    this.#rows.trouble("audioinput", mic.trouble);
    this.#rows.showLevel(mic.track?.mediaStreamTrack ?? null);
  }
}

/** @param {Captured} captured */
function stop({ camera, mic }) {
  for (const { track } of [camera, mic]) {
    track?.detach();
    track?.stop();
  }
}
