/** A live level of a microphone as 22 bars. */

const BARS = 22;
const QUIET_DB = -55; // nothing lit
const LOUD_DB = -12; // all lit
const EACH_MS = 60;

/** The loudness of a sound, measured in the browser; it goes nowhere else. */
export class Loudness {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();
  #samples = new Float32Array(1024);
  #source;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.#analyser.fftSize = this.#samples.length;
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** From 0 (quiet) to 1 (loud), on a scale of decibels. */
  get value() {
    if (this.#context.state === "suspended") this.#context.resume();
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, x) => sum + x * x, 0) / this.#samples.length;
    const decibels = 10 * Math.log10(power + 1e-10);
    return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
  }

  close() {
    this.#source.disconnect();
    this.#context.close();
  }
}

/** `<yoriai-level>`: shows the loudness of `track` while it is on the page. */
export class Level extends HTMLElement {
  /** @type {Loudness | null} */
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
    this.#loudness = track && new Loudness(track);
    this.#paint();
    if (track) this.#timer = setInterval(() => this.#paint(), EACH_MS);
  }

  #paint() {
    const lit = Math.round((this.#loudness?.value ?? 0) * BARS);
    this.#bars.forEach((bar, i) => bar.classList.toggle("lit", i < lit));
  }
}

customElements.define("yoriai-level", Level);
