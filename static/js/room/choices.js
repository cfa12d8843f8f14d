/** Which devices a person chose, kept for the next time. */

import { ofPerson } from "../lib/memory.js";

const KEY = "yoriai.devices";

/** @typedef {"videoinput" | "audioinput" | "audiooutput"} Kind */
/** @typedef {{videoinput?: string, audioinput?: string, audiooutput?: string,
 *   cameraOn?: boolean}} Chosen */

/** @type {Kind[]} */
export const KINDS = ["videoinput", "audioinput", "audiooutput"];

export class Choices {
  /** @type {Chosen} */
  #chosen = ofPerson.read(KEY) ?? {};

  /**
   * The chosen device of a kind; undefined means the browser's own choice.
   * @param {Kind} kind
   */
  device(kind) {
    return this.#chosen[kind];
  }

  /**
   * @param {Kind} kind
   * @param {string} id
   */
  choose(kind, id) {
    this.#keep({ [kind]: id });
  }

  /** Whether the camera was on the last time. The microphone is never remembered: off at first. */
  get cameraOn() {
    return this.#chosen.cameraOn ?? true;
  }

  set cameraOn(on) {
    this.#keep({ cameraOn: on });
  }

  /** @param {Chosen} change */
  #keep(change) {
    this.#chosen = { ...this.#chosen, ...change };
    ofPerson.write(KEY, this.#chosen);
  }
}
