/** The list of everybody in the room. */

import { initial } from "../lib/names.js";
import { copyOf, part } from "../lib/page.js";
import { say } from "../lib/words.js";
import { roleWord } from "./tile.js";

/** @typedef {{identity: string, name: string, role: string, you: boolean, mic: boolean}} Listed */

export class PeopleList {
  #list;
  #last = "";

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Listed[]} people */
  show(people) {
    const now = JSON.stringify(people.map(({ identity, name, role, mic }) => [identity, name, role, mic]));
    if (now === this.#last) return; // redrawing would tear the reader's place in the list
    this.#last = now;
    this.#list.replaceChildren(...people.map(drawn));
  }
}

/** @param {Listed} person */
function drawn(person) {
  const item = copyOf("person-template");
  part(item, "avatar").textContent = initial(person.name);
  part(item, "avatar").classList.add(`person-${person.role || "participant"}`);
  part(item, "name").textContent = person.you ? `${person.name} ${say("you.bracketed")}` : person.name;
  part(item, "role").textContent = person.role ? say(`role.${person.role}`) : "";
  part(item, "muted").hidden = person.mic;
  part(item, "open").hidden = !person.mic;
  return item;
}
