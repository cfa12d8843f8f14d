/** A short sound by which a person hears which speaker is in use. */

const NOTES_HZ = [523.25, 659.25, 783.99];
const NOTE_S = 0.28;

/**
 * Play three notes on a speaker.
 *
 * Raises: whatever the browser says when it cannot play.
 * @param {string | undefined} speaker device id; undefined is the browser's own choice
 */
export async function playTone(speaker) {
  const context = new AudioContext();
  const end = await wayOut(context, speaker);
  NOTES_HZ.forEach((pitch, i) => playNote(context, end, pitch, i * NOTE_S));
  await new Promise((resolve) => setTimeout(resolve, NOTES_HZ.length * NOTE_S * 1000 + 300));
  await context.close();
}

/**
 * Where the sound leaves. Only an audio element can choose its speaker in every browser that
 * lets a page choose at all.
 * @param {AudioContext} context
 * @param {string | undefined} speaker
 * @returns {Promise<AudioNode>}
 */
async function wayOut(context, speaker) {
  const element = new Audio();
  if (!speaker || !("setSinkId" in element)) return context.destination;
  const node = context.createMediaStreamDestination();
  element.srcObject = node.stream;
  await element.setSinkId(speaker).catch(() => {}); // gone since: the browser's own choice plays
  await element.play();
  return node;
}

/**
 * @param {AudioContext} context
 * @param {AudioNode} end
 * @param {number} pitch Hz
 * @param {number} after seconds from now
 */
function playNote(context, end, pitch, after) {
  const start = context.currentTime + after;
  const tone = new OscillatorNode(context, { frequency: pitch });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(0.2, start + 0.02);
  gain.gain.linearRampToValueAtTime(0, start + NOTE_S);
  tone.connect(gain).connect(end);
  tone.start(start);
  tone.stop(start + NOTE_S);
}
