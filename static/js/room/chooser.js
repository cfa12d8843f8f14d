/** Rooms that one may choose from, under the header while such a round runs. */

import { part } from "../lib/page.js";
import { say, sayCount } from "../lib/words.js";

/** @typedef {{number: number, people: number, here: boolean}} Choice */

export class Chooser {
  #root;
  #path;
  #toast;

  /**
   * @param {HTMLElement} root
   * @param {string} path where a choice is told
   * @param {import("./toast.js").Toast} toast
   */
  constructor(root, path, toast) {
    this.#root = root;
    this.#path = path;
    this.#toast = toast;
  }

  /** @param {Choice[]} rooms none: there is nothing to choose */
  show(rooms) {
    this.#root.hidden = rooms.length === 0;
    part(this.#root, "choices").replaceChildren(...rooms.map((room) => this.#choice(room)));
  }

  /** @param {Choice} room */
  #choice({ number, people, here }) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-ghost button-small";
    button.textContent = sayCount("choose.room", people, { number });
    button.setAttribute("aria-pressed", String(here));
    button.disabled = here;
    button.addEventListener("click", () => void this.#go(number));
    item.append(button);
    return item;
  }

  /** @param {number} number */
  async #go(number) {
    const response = await fetch(this.#path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ number }),
    }).catch(() => null);
    if (!response?.ok) this.#toast.show(say("choose.failed"));
  }
}
