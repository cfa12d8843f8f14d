/** Two people changed one text: both changes, where they lie apart. */

/**
 * A change as the part of the base that it replaces.
 * @typedef {{from: number, to: number, text: string}} Change
 */

/**
 * The text with both changes; where they touch, both stand one after the other, so that nothing
 * is lost.
 * @param {string} base what both began with
 * @param {string} mine
 * @param {string} theirs
 * @returns {string}
 */
export function merge(base, mine, theirs) {
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  const [own, other] = [changeOf(base, mine), changeOf(base, theirs)];
  const [first, second] = own.from < other.from ? [own, other] : [other, own];
  if (first.to <= second.from) {
    return (
      base.slice(0, first.from) + first.text + base.slice(first.to, second.from) + second.text +
      base.slice(second.to)
    );
  }
  const kept = own.text.trim();
  return kept && !theirs.includes(kept) ? `${theirs.replace(/\n*$/, "")}\n${kept}` : theirs;
}

/**
 * @param {string} base
 * @param {string} text
 * @returns {Change}
 */
function changeOf(base, text) {
  let from = 0;
  while (from < base.length && base[from] === text[from]) from++;
  let tail = 0;
  const most = Math.min(base.length, text.length) - from;
  while (tail < most && base[base.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  return { from, to: base.length - tail, text: text.slice(from, text.length - tail) };
}
