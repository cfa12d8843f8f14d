/** How long somebody has waited, or how long it still takes: kept going by the server's clock. */

import { write } from "../lib/page.js";
import { say } from "../lib/words.js";

const MINUTE = 60_000;

/**
 * The words for a span of time: seconds below a minute, else whole minutes.
 * @param {number} ms
 * @param {boolean} until whether it is still to come
 */
export function spanWords(ms, until) {
  const span = Math.abs(ms);
  const unit = span < MINUTE ? "seconds" : "minutes";
  const n = Math.floor(span / (unit === "seconds" ? 1000 : MINUTE));
  return say(`${until ? "until" : "since"}.${unit}`, { n });
}

/**
 * Write all times of the page anew.
 * @param {number} now milliseconds since 1970
 */
export function writeTimes(now) {
  for (const time of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-part=since]"))) {
    write(time, spanWords(now - Date.parse(time.dataset.at ?? ""), time.hasAttribute("data-until")));
  }
  for (const bar of /** @type {NodeListOf<HTMLProgressElement>} */ (document.querySelectorAll("progress[data-begins]"))) {
    bar.value = Math.max(0, (now - Date.parse(bar.dataset.begins ?? "")) / 1000);
  }
}
