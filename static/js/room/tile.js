/** `<yoriai-tile>`: one person's picture, with the strip below it. */

import { initial, shortName } from "../lib/names.js";
import { part } from "../lib/page.js";
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
    this.#write("name", person.name);
    this.#write("short", person.you ? say("you") : shortName(person.name));
    this.#write("avatar", initial(person.name));
    this.#write("note", person.you ? say("you.bracketed") : roleWord(person.role));
    part(this, "speaking").hidden = !person.speaking;
    part(this, "muted").hidden = person.mic;
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
    part(this, "avatar").hidden = camera !== null;
    video.hidden = camera === null;
    if (camera === this.#camera) return;
    this.#camera?.detach(video);
    this.#camera = camera;
    camera?.attach(video);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #write(name, text) {
    const place = part(this, name);
    if (place.textContent !== text) place.textContent = text;
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
