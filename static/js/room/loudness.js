/** How loud a microphone is, measured in the browser; the sound goes nowhere. */

const QUIET_DB = -55; // 0 on the scale
const LOUD_DB = -12; // 1 on the scale
const FADE = 0.7; // of a former peak that remains at the next look

/**
 * @typedef {{readonly value: number, close: () => void}} Loudness `value` from 0 (quiet) to 1
 *   (loud) on a scale of decibels
 */

/**
 * Measure a microphone. An audio context is asleep until the first click in Chromium, so there
 * the sound is read frame by frame; the others let it run while a microphone is open.
 * @param {MediaStreamTrack} track
 * @returns {Loudness}
 */
export function loudnessOf(track) {
  return "MediaStreamTrackProcessor" in window ? new ByFrames(track) : new ByContext(track);
}

class ByFrames {
  #reader;
  #peak = 0;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    const { MediaStreamTrackProcessor } = /** @type {any} */ (window);
    this.#reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    void this.#listen();
  }

  get value() {
    const value = this.#peak;
    this.#peak *= FADE;
    return value;
  }

  close() {
    void this.#reader.cancel();
  }

  async #listen() {
    for (;;) {
      const { done, value: frame } = await this.#reader.read();
      if (done) return;
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      frame.close();
      this.#peak = Math.max(this.#peak, scaled(samples));
    }
  }
}

class ByContext {
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

  get value() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return scaled(this.#samples);
  }

  close() {
    this.#source.disconnect();
    void this.#context.close();
  }
}

/** @param {Float32Array} samples */
function scaled(samples) {
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  const decibels = 10 * Math.log10(power + 1e-10);
  return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}
