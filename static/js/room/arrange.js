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
const FACES_MOST = 12; // under a small screen
const MOST = 25; // more pictures at once are too small to know a face, and too many for a laptop

/**
 * @param {{people: number, sharing: boolean, phone: boolean, faces: boolean}} what `faces`: the
 *   person wants the faces large although a screen is shown
 * @returns {Arrangement}
 */
export function arrange({ people, sharing, phone, faces }) {
  const shown = Math.min(people, MOST);
  if (phone) return { kind: "strip", columns: shown, shown };
  if (sharing && !faces) return besideShare(people);
  if (sharing && people > 2) return beside(people);
  if (people <= 1) return { kind: "alone", columns: 1, shown: people };
  if (people === 2) return { kind: "pair", columns: 2, shown: 2 };
  if (people <= RING_MOST) return { kind: "ring", columns: 3, shown: people };
  return { kind: "grid", columns: Math.ceil(Math.sqrt(shown)), shown };
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
  const shown = Math.min(people, FACES_MOST);
  return { kind: "grid", columns: shown <= 4 ? shown : Math.ceil(shown / 2), shown };
}
