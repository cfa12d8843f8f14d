/** `<yoriai-level>`: a live level of a microphone as 22 bars. */

import { loudnessOf } from "./loudness.js";

const BARS = 22;
const EACH_MS = 60;

export class Level extends HTMLElement {
  /** @type {import("./loudness.js").Loudness | null} */
  #loudness = null;
  #timer = 0;
  #bars = Array.from({ length: BARS }, () => document.createElement("i"));

  connectedCallback() {
    this.setAttribute("aria-hidden", "true");
    this.replaceChildren(...this.#bars);
  }

  disconnectedCallback() {
    this.show(null);
  }

  /** @param {MediaStreamTrack | null} track */
  show(track) {
    clearInterval(this.#timer);
    this.#loudness?.close();
    this.#loudness = track && loudnessOf(track);
    this.#paint();
    if (track) this.#timer = setInterval(() => this.#paint(), EACH_MS);
  }

  #paint() {
    const lit = Math.round((this.#loudness?.value ?? 0) * BARS);
    this.#bars.forEach((bar, i) => bar.classList.toggle("lit", i < lit));
  }
}

customElements.define("yoriai-level", Level);
