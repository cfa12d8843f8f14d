/** How the tiles lie: decided by how many people there are, whether a screen is shown, and width. */

/**
 * `ring`: round the hearth, two face each other, 3 to 8 by their number. `grid`: `columns` wide.
 * `row`: under a shared screen. `strip`: on a phone, the first is large.
 * @typedef {{kind: "alone" | "pair" | "ring" | "grid" | "row" | "strip", columns: number,
 *   shown: number}} Arrangement
 */

const RING_MOST = 8;
const ROW_MOST = 5;
const TWO_ROWS_MOST = 9;
const FEW_BESIDE_SHARE = 2; // above nine: the speaker, you, and a count

/**
 * @param {{people: number, sharing: boolean, phone: boolean, faces: boolean}} what `faces`: the
 *   person wants the faces large although a screen is shown
 * @returns {Arrangement}
 */
export function arrange({ people, sharing, phone, faces }) {
  if (phone) return { kind: "strip", columns: people, shown: people };
  if (sharing && !faces) return besideShare(people);
  if (sharing && people > 2) return beside(people);
  if (people <= 1) return { kind: "alone", columns: 1, shown: people };
  if (people === 2) return { kind: "pair", columns: 2, shown: 2 };
  if (people <= RING_MOST) return { kind: "ring", columns: 3, shown: people };
  return { kind: "grid", columns: Math.ceil(Math.sqrt(people)), shown: people };
}

/**
 * @param {number} people
 * @returns {Arrangement}
 */
function besideShare(people) {
  const shown = people <= TWO_ROWS_MOST ? people : FEW_BESIDE_SHARE;
  return { kind: "row", columns: shown <= ROW_MOST ? shown : Math.ceil(shown / 2), shown };
}

/**
 * Faces in the larger part, under a small screen: wide and low.
 * @param {number} people
 * @returns {Arrangement}
 */
function beside(people) {
  return { kind: "grid", columns: people <= 4 ? people : Math.ceil(people / 2), shown: people };
}

/**
 * Who comes first where not everybody is shown, or not all at one size.
 * @template {{you: boolean, identity: string}} P
 * @param {P[]} people
 * @param {string} speaker identity of who spoke last
 * @param {{youLast: boolean}} how where you sit: behind the speaker, or behind everybody
 * @returns {P[]}
 */
export function foremost(people, speaker, { youLast }) {
  const rank = (/** @type {P} */ p) => (p.you ? (youLast ? 3 : 1) : p.identity === speaker ? 0 : 2);
  return [...people].sort((a, b) => rank(a) - rank(b));
}
