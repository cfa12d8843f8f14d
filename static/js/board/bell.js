/** One short sound when a room calls. A browser that has not been touched yet stays silent. */

const HERTZ = 660;
const SECONDS = 0.35;

/** @type {AudioContext | undefined} */
let context;

export async function ring() {
  context ??= new AudioContext();
  try {
    await context.resume();
  } catch {
    return; // no sound device; the queue says it too
  }
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  const now = context.currentTime;
  tone.frequency.value = HERTZ;
  volume.gain.setValueAtTime(0.2, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(now);
  tone.stop(now + SECONDS);
}
