/** People's names where there is little room. */

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The first character of a name, as it stands on a seat.
 * @param {string} name
 * @returns {string}
 */
export function initial(name) {
  for (const { segment } of graphemes.segment(name.trim())) return segment;
  return "";
}

/**
 * The family name or first word.
 * @param {string} name
 * @returns {string}
 */
export function shortName(name) {
  return name.trim().split(/[\s・･]+/u)[0] ?? name;
}
