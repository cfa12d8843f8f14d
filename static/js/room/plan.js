/** `<yoriai-plan>`: the room from above, drawn from who is there. */

import { initial, shortName } from "../lib/names.js";
import { say } from "../lib/words.js";

/**
 * A seat: somebody's, yours, or open.
 * @typedef {{name: string, you: boolean, speaking: boolean, open: boolean,
 *   mentor: boolean}} Seat
 * @typedef {{seats: Seat[], lit: boolean, doorOpen: boolean}} Plan
 */

const SVG = "http://www.w3.org/2000/svg";
const SMALL_SEATS_MOST = 9;
const LARGE = { width: 360, height: 298, rx: 126, ry: 106, cy: 140 }; // named seats

export class PlanElement extends HTMLElement {
  #drawn = "";

  /** @param {Plan} plan */
  show(plan) {
    const now = JSON.stringify(plan);
    if (now === this.#drawn) return;
    this.#drawn = now;
    const size = this.getAttribute("size");
    this.replaceChildren(size === "large" ? largePlan(plan) : smallPlan(plan, size === "hearth"));
  }
}

/**
 * Seats for a number of people: each at a place of its own, open ones up to `least`, never more
 * than there are places.
 * @param {{name: string, you: boolean, speaking: boolean, role: string}[]} people
 * @param {{least: number, most: number}} size
 * @returns {Seat[]}
 */
export function seatsOf(people, { least, most }) {
  const taken = people.slice(0, most).map(({ name, you, speaking, role }) => ({
    name,
    you,
    speaking,
    open: false,
    mentor: role === "mentor",
  }));
  const open = { name: "", you: false, speaking: false, open: true, mentor: false };
  return [...taken, ...Array(Math.max(0, Math.min(least, most) - taken.length)).fill(open)];
}

/** Clockwise from twelve, which tile of a ring lies there: tiles fill rows, seats a circle. */
/** @type {Record<number, number[]>} */
const CLOCKWISE = {
  3: [1, 3, 2],
  4: [1, 3, 4, 2],
  5: [1, 3, 5, 4, 2],
  6: [1, 2, 4, 6, 5, 3],
  7: [1, 2, 3, 5, 7, 6, 4],
  8: [1, 2, 3, 5, 8, 7, 6, 4],
};

/**
 * The same seats on a ring, the people spread evenly and where their tiles lie: two face each
 * other across the hearth.
 * @param {Seat[]} seats people first, in the order of their tiles
 * @returns {Seat[]}
 */
export function spread(seats) {
  const people = clockwise(seats.filter((seat) => !seat.open));
  const ring = seats.filter((seat) => seat.open);
  const first = people.length === 2 ? Math.round((seats.length * 3) / 4) : 0;
  const places = people.map((person, i) => ({
    person,
    place: (first + Math.round((i * seats.length) / people.length)) % seats.length,
  }));
  places.sort((a, b) => a.place - b.place);
  for (const { person, place } of places) ring.splice(place, 0, person);
  return ring;
}

/** @param {Seat[]} people */
function clockwise(people) {
  const order = CLOCKWISE[people.length];
  if (!order) return people;
  return order.map((tile) => /** @type {Seat} */ (people[tile - 1]));
}

/**
 * Section 5 of the look: a 48 grid, seats on a circle of 15.6 round the hearth. In the middle of
 * the room itself there are no walls, a frame round the hearth, and the circle is wider.
 * @param {Plan} plan
 * @param {boolean} middle
 */
function smallPlan({ seats, lit, doorOpen }, middle) {
  const root = node("svg", { viewBox: "0 0 48 48", class: "plan-drawing" });
  const walls = doorOpen ? "M19 46H2V2H46V46H29" : "M2 2H46V46H2Z";
  if (middle) root.append(hearthWithFrame(24, 24, 17, lit));
  else root.append(node("path", { d: walls, class: "plan-wall" }), hearth(24, 24, 11, lit));
  const radius = middle ? 19 : 15.6;
  seats.slice(0, SMALL_SEATS_MOST).forEach((seat, i, all) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / all.length;
    const at = { x: 24 + radius * Math.cos(angle), y: 24 + radius * Math.sin(angle) };
    root.append(...mark(seat, at.x, at.y, 4.1));
  });
  return root;
}

/** @param {Plan} plan */
function largePlan({ seats, lit, doorOpen }) {
  const { width, height, rx, ry, cy } = LARGE;
  const root = node("svg", { viewBox: `0 0 ${width} ${height}`, class: "plan-drawing" });
  root.append(...walls(doorOpen), hearthWithFrame(width / 2, cy - 6, 58, lit));
  seats.forEach((seat, i) => {
    const angle = seatAngle(i, seats.length);
    const at = { x: width / 2 + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
    root.append(...mark(seat, at.x, at.y, 25), ...label(seat, at.x, at.y));
  });
  return root;
}

/**
 * Where a seat is on the ring: you sit last, to the right of the door, and the door stays free.
 * @param {number} i
 * @param {number} count
 */
function seatAngle(i, count) {
  const gap = Math.PI / 3.4; // the door's share of the ring, at the bottom
  const span = 2 * Math.PI - gap;
  return Math.PI / 2 + gap / 2 + (span * (i + 0.5)) / count;
}

/** @param {boolean} doorOpen */
function walls(doorOpen) {
  if (!doorOpen) return [node("path", { d: "M2 2H358V296H2Z", class: "plan-wall" })];
  return [
    node("path", { d: "M150 296H2V2H358V296H210", class: "plan-wall" }),
    node("path", { d: "M150 296V244", class: "plan-door" }),
    node("path", { d: "M150 244A54 54 0 0 1 204 296", class: "plan-swing" }),
  ];
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} side
 * @param {boolean} lit
 */
function hearth(x, y, side, lit) {
  const place = { x: x - side / 2, y: y - side / 2, width: side, height: side, rx: 1 };
  return node("rect", { ...place, class: lit ? "plan-hearth lit" : "plan-hearth" });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} side
 * @param {boolean} lit
 */
function hearthWithFrame(x, y, side, lit) {
  const group = node("g", {});
  const frame = { x: x - side / 2, y: y - side / 2, width: side, height: side, rx: side / 29 };
  group.append(node("rect", { ...frame, class: lit ? "plan-frame lit" : "plan-frame" }));
  group.append(hearth(x, y, side * 0.64, lit));
  return group;
}

/**
 * @param {Seat} seat
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function mark(seat, x, y, r) {
  const kind = seat.open ? "open" : seat.you ? "you" : seat.mentor ? "mentor" : "here";
  const half = r > 10 ? r : r * 1.22;
  const cushion = { x: x - half, y: y - half, width: half * 2, height: half * 2, rx: 1 };
  const shape = kind === "mentor" ? node("rect", cushion) : node("circle", { cx: x, cy: y, r });
  shape.setAttribute("class", kind === "mentor" ? "plan-cushion" : `plan-seat ${kind}`);
  return seat.speaking ? [shape, ringRound(kind === "mentor", x, y, r * 1.45)] : [shape];
}

/**
 * Round a person, square round a mentor's cushion.
 * @param {boolean} square
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function ringRound(square, x, y, r) {
  if (!square) return node("circle", { cx: x, cy: y, r, class: "plan-ring" });
  const side = 2 * r * 1.2;
  return node("rect", { x: x - side / 2, y: y - side / 2, width: side, height: side, rx: 1, class: "plan-ring" });
}

/**
 * @param {Seat} seat
 * @param {number} x
 * @param {number} y
 */
function label(seat, x, y) {
  const kind = seat.you ? " you" : seat.open ? " open" : "";
  const under = node("text", { x, y: y + 44, class: `plan-name${kind}` });
  under.textContent = seat.you ? say("you") : seat.open ? say("seat.open") : short(seat.name);
  if (seat.open) return [under];
  const letter = node("text", { x, y: y + 8, class: `plan-letter${kind}` });
  letter.textContent = seat.you ? say("seat.letter") : initial(seat.name);
  return [letter, under];
}

/** @param {string} name */
function short(name) {
  return [...name].length > 8 ? shortName(name) : name;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function node(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

customElements.define("yoriai-plan", PlanElement);
