/** Hours and remaining time, written. */

const lang = document.documentElement.lang || "ja";

/**
 * Hours and minutes in a zone, as the server writes them in both languages: 15:45, 9:05.
 * @param {string | number} moment ISO 8601 or milliseconds
 * @param {string} zone IANA name
 * @returns {string}
 */
export function hours(moment, zone) {
  return new Intl.DateTimeFormat(lang, {
    hour: "numeric",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  })
    .format(new Date(moment))
    .replace(/^0(?=\d)/, "");
}

/**
 * Remaining time as 24:10, or 1:24:10 from an hour on. Never negative.
 * @param {number} ms
 * @returns {string}
 */
export function remaining(ms) {
  const all = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
