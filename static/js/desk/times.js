/** Times of a day as minutes since its beginning. */

const DAY = 24 * 60;

/**
 * The minute that a person typed: 14:05, 1405, 9:30, also in full width; null when it is none.
 * @param {string} text
 */
export function minutesOf(text) {
  const found = /^(\d{1,2}):?(\d{2})$/.exec(text.normalize("NFKC").trim());
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}

/** A minute of the day, written. @param {number} minute */
export function clockOf(minute) {
  const within = Math.min(Math.max(minute, 0), DAY - 1);
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}

/** A minute of the day, moved; never over midnight. @param {number} minute @param {number} by */
export function shifted(minute, by) {
  return clockOf(minute + by);
}
