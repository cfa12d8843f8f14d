/** The page's title: says where one is, and what one has missed. */

import { say } from "../lib/words.js";

export class Title {
  #name = document.title;
  #unread = 0;
  #passage;

  /** @param {import("./passage.js").Passage} passage */
  constructor(passage) {
    this.#passage = passage;
    passage.on("phase", () => this.show(this.#unread));
    passage.media.on("state", () => this.show(this.#unread));
    passage.media.mine.on("change", () => this.show(this.#unread));
  }

  /** @param {number} unread lines of the chat */
  show(unread) {
    this.#unread = unread;
    document.title = say("title", { state: this.#state(), name: this.#name });
  }

  #state() {
    const { phase, media } = this.#passage;
    if (phase !== "inside") return say(`phase.${phase}`);
    if (media.state !== "here") return say(media.state === "mending" ? "phase.mending" : "phase.entering");
    if (this.#unread) return say("phase.unread", { n: this.#unread });
    return say(media.mine.wants.mic ? "mic.on" : "mic.off");
  }
}
