/** Who is shown where not everybody can be, and who comes first where not all have one size. */

/** @typedef {{identity: string, you: boolean, speaking: boolean}} Someone */

/**
 * Who of the others has been heard, the last one at the end: while somebody speaks on, nobody comes
 * after them.
 * @param {string[]} before identities, as they were
 * @param {Someone[]} people
 * @returns {string[]}
 */
export function heardBy(before, people) {
  const others = people.filter(({ you }) => !you);
  const here = new Set(others.map(({ identity }) => identity));
  const speaking = new Set(others.filter(({ speaking }) => speaking).map(({ identity }) => identity));
  const known = before.filter((identity) => here.has(identity));
  const fresh = [...speaking].filter((identity) => !known.includes(identity));
  return [...known.filter((identity) => !speaking.has(identity)), ...fresh, ...known.filter((identity) => speaking.has(identity))];
}

/**
 * You, those heard last, and those shown before, who keep their places; others as they came.
 * @template {Someone} P
 * @param {P[]} people
 * @param {number} most
 * @param {{before: string[], heard: string[]}} known identities: at their places, and as in `heardBy`
 * @returns {P[]}
 */
export function chosen(people, most, { before, heard }) {
  if (people.length <= most) return people;
  const by = new Map(people.map((person) => [person.identity, person]));
  const you = people.filter((person) => person.you).map(({ identity }) => identity);
  const wanted = new Set([...new Set([...you, ...heard.toReversed(), ...before, ...by.keys()])].filter((identity) => by.has(identity)).slice(0, most));
  const kept = before.slice(0, most);
  const fresh = [...by.keys()].filter((identity) => wanted.has(identity) && !kept.includes(identity));
  const places = kept.map((identity) => (wanted.has(identity) ? identity : fresh.shift() ?? ""));
  return [...places, ...fresh].flatMap((identity) => by.get(identity) ?? []);
}

/**
 * The speaker first.
 * @template {Someone} P
 * @param {P[]} people
 * @param {string} speaker identity of who was heard last
 * @param {{youLast: boolean}} how where you sit: behind the speaker, or behind everybody
 * @returns {P[]}
 */
export function speakerFirst(people, speaker, { youLast }) {
  const rank = (/** @type {P} */ p) => (p.you ? (youLast ? 3 : 1) : p.identity === speaker ? 0 : 2);
  return [...people].sort((a, b) => rank(a) - rank(b));
}
