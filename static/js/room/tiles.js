/** The tiles of the room: one for each person who is shown, kept while they are. */

import { copyOf } from "../lib/page.js";
import { arrange } from "./arrange.js";
import { chosen, heardBy, speakerFirst } from "./foremost.js";
import "./tile.js";

/** @typedef {import("./people.js").Seated} Seated */

export class Tiles {
  /** @type {Map<string, import("./tile.js").Tile>} */
  #tiles = new Map();
  /** @type {string[]} */
  #heard = []; // identities of the others, who spoke last at the end
  /** @type {string[]} */
  #shown = []; // identities at their places
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
    this.#heard = heardBy(this.#heard, people);
    const within = chosen(people, plan.shown, { before: this.#shown, heard: this.#heard });
    this.#shown = within.map(({ identity }) => identity);
    const shown = this.#ordered(within, plan.kind, people.length);
    this.#keep(new Set(shown.map((person) => person.identity)));
    shown.forEach((person, i) => this.#place(person, i));
    this.#list.dataset.arrangement = plan.kind;
    this.#list.dataset.count = String(shown.length);
    this.#list.style.setProperty("--columns", String(plan.columns));
    return people.length - shown.length;
  }

  /**
   * Everybody at the places of the room; where the speaker is large, or few are shown, the speaker first.
   * @param {Seated[]} within
   * @param {string} kind
   * @param {number} all
   */
  #ordered(within, kind, all) {
    const few = kind === "row" && within.length < all;
    if (kind !== "strip" && !few) return within;
    return speakerFirst(within, this.#heard.at(-1) ?? "", { youLast: kind === "strip" });
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
