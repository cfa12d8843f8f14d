/** The last picture of a video, kept while its line is lost. */

/**
 * Lay a copy of the present picture over a video. Returns how to take it away again.
 * @param {HTMLVideoElement} video
 * @returns {() => void}
 */
export function keepStill(video) {
  const [width, height] = [video.videoWidth, video.videoHeight];
  if (video.hidden || !width) return () => {};
  const still = document.createElement("canvas");
  Object.assign(still, { className: "still", width, height });
  still.getContext("2d")?.drawImage(video, 0, 0);
  video.after(still);
  return () => still.remove();
}
