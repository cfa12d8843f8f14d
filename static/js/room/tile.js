/** `<yoriai-tile>`: one person's picture, with the strip below it. */

import { initial, shortName } from "../lib/names.js";
import { hide, part, write } from "../lib/page.js";
import { say } from "../lib/words.js";
import { keepStill } from "./still.js";

/** @typedef {import("./people.js").Seated} Seated */

export class Tile extends HTMLElement {
  /** @type {import("livekit-client").Track | null} */
  #camera = null;
  #thaw = () => {};

  disconnectedCallback() {
    this.#watch(null);
  }

  /** @param {Seated} person */
  show(person) {
    this.classList.toggle("tile-you", person.you);
    this.classList.toggle("tile-speaking", person.speaking);
    this.classList.toggle("tile-mentor", person.role === "mentor");
    write(part(this, "name"), person.name);
    write(part(this, "short"), person.you ? say("you") : shortName(person.name));
    write(part(this, "avatar"), initial(person.name));
    write(part(this, "note"), person.you ? say("you.bracketed") : roleWord(person.role));
    hide(part(this, "speaking"), !person.speaking);
    hide(part(this, "muted"), person.mic);
    this.setAttribute("aria-label", labelOf(person));
    this.#watch(person.camera);
  }

  /** Keep the last picture, until the person is shown again. */
  freeze() {
    this.#thaw();
    this.#thaw = keepStill(this.#video);
  }

  get #video() {
    return /** @type {HTMLVideoElement} */ (part(this, "video"));
  }

  /** @param {import("livekit-client").Track | null} camera */
  #watch(camera) {
    const video = this.#video;
    this.#thaw();
    hide(part(this, "avatar"), camera !== null);
    hide(video, camera === null);
    if (camera === this.#camera) return;
    this.#camera?.detach(video);
    this.#camera = camera;
    camera?.attach(video);
  }
}

/** @param {string} role */
export function roleWord(role) {
  return role && role !== "participant" ? say(`role.${role}`) : "";
}

/** @param {Seated} person */
function labelOf(person) {
  const words = [person.you ? say("you") : person.name, roleWord(person.role)];
  words.push(say(person.mic ? "mic.on" : "mic.off"), say(person.camera ? "camera.on" : "camera.off"));
  return words.filter(Boolean).join(say("list.comma"));
}

customElements.define("yoriai-tile", Tile);
