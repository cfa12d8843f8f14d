/** The bar of controls under the room. */

import { maybePart, part } from "../lib/page.js";
import { say } from "../lib/words.js";

export class Controls {
  #root;
  #mine;

  /**
   * @param {HTMLElement} root
   * @param {import("./mine.js").Mine} mine
   */
  constructor(root, mine) {
    this.#root = root;
    this.#mine = mine;
    this.#on("mic", () => mine.set("mic", !mine.wants.mic));
    this.#on("camera", () => mine.set("camera", !mine.wants.camera));
    this.#on("share", () => mine.share(!mine.sharing));
    const share = maybePart(root, "share-button");
    if (share) share.hidden = !navigator.mediaDevices?.getDisplayMedia;
    mine.on("change", () => this.show());
    this.show();
  }

  /** Show what I send, in shape and word. */
  show() {
    const { wants, sharing } = this.#mine;
    this.#press("mic", wants.mic, wants.mic ? "mic.on" : "mic.off");
    this.#press("camera", wants.camera, wants.camera ? "camera.on" : "camera.off");
    this.#press("share", sharing, sharing ? "share.stop" : "share.start");
  }

  /**
   * @param {string} name
   * @param {() => Promise<unknown>} act
   */
  #on(name, act) {
    const button = maybePart(this.#root, `${name}-button`);
    button?.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      await act();
      button.removeAttribute("aria-busy");
    });
  }

  /**
   * @param {string} name
   * @param {boolean} on
   * @param {string} word
   */
  #press(name, on, word) {
    const button = maybePart(this.#root, `${name}-button`);
    if (!button) return; // who only listens has none
    button.setAttribute("aria-pressed", String(on));
    part(button, "word").textContent = say(word);
  }
}
