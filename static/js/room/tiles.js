/** All tiles of the room: one for each person, kept while the person stays. */

import { copyOf } from "../lib/page.js";
import { arrange, foremost } from "./arrange.js";
import "./tile.js";

/** @typedef {import("./people.js").Seated} Seated */

export class Tiles {
  /** @type {Map<string, import("./tile.js").Tile>} */
  #tiles = new Map();
  #speaker = ""; // who spoke last, of the others
  #list;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * Draw these people. Returns how many are not shown.
   * @param {Seated[]} people
   * @param {{sharing: boolean, phone: boolean, faces: boolean}} view
   * @returns {number}
   */
  show(people, view) {
    const plan = arrange({ people: people.length, ...view });
    this.#speaker = people.find(({ you, speaking }) => speaking && !you)?.identity ?? this.#speaker;
    const youLast = plan.kind === "strip";
    const all = plan.kind !== "strip" && plan.shown === people.length;
    const ordered = all ? people : foremost(people, this.#speaker, { youLast });
    const shown = ordered.slice(0, plan.shown);
    this.#keep(new Set(shown.map((person) => person.identity)));
    shown.forEach((person, i) => this.#place(person, i));
    this.#list.dataset.arrangement = plan.kind;
    this.#list.dataset.count = String(shown.length);
    this.#list.style.setProperty("--columns", String(plan.columns));
    return people.length - shown.length;
  }

  /** Keep the last pictures, until the people are shown again. */
  freeze() {
    for (const tile of this.#tiles.values()) tile.freeze();
  }

  /** @param {Set<string>} identities */
  #keep(identities) {
    for (const [identity, tile] of this.#tiles) {
      if (identities.has(identity)) continue;
      tile.parentElement?.remove();
      this.#tiles.delete(identity);
    }
  }

  /**
   * @param {Seated} person
   * @param {number} i
   */
  #place(person, i) {
    const tile = this.#tiles.get(person.identity) ?? this.#seat(person.identity);
    const item = /** @type {HTMLElement} */ (tile.parentElement);
    item.style.order = String(i); // moving the element itself would stop its video
    item.dataset.seat = String(i + 1);
    tile.show(person);
  }

  /** @param {string} identity */
  #seat(identity) {
    const item = copyOf("tile-template");
    const tile = /** @type {import("./tile.js").Tile} */ (item.firstElementChild);
    tile.dataset.identity = identity;
    this.#list.append(item);
    this.#tiles.set(identity, tile);
    return tile;
  }
}
