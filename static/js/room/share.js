/** The screen that somebody shows. */

import { hide, part, write } from "../lib/page.js";
import { say } from "../lib/words.js";
import { keepStill } from "./still.js";

/** @typedef {import("./people.js").Shared} Shared */

export class Share {
  /** @type {import("livekit-client").Track | null} */
  #screen = null;
  #thaw = () => {};
  #root;
  #video;

  /**
   * @param {HTMLElement} root
   * @param {{large: () => void, faces: () => void}} wishes
   */
  constructor(root, wishes) {
    this.#root = root;
    this.#video = /** @type {HTMLVideoElement} */ (part(root, "screen"));
    this.#video.addEventListener("resize", () => this.#fit());
    part(root, "large").addEventListener("click", wishes.large);
    part(root, "faces").addEventListener("click", wishes.faces);
  }

  /**
   * Show the newest of the shared screens, or nothing.
   * @param {Shared[]} shares
   */
  show(shares) {
    const newest = shares.at(-1) ?? null;
    hide(this.#root, newest === null);
    if (newest) {
      const words = newest.you ? say("share.yours") : say("share.whose", { name: newest.name });
      write(part(this.#root, "whose"), words);
    }
    this.#watch(newest?.screen ?? null);
  }

  /** Keep the last picture, until the screens are shown again. */
  freeze() {
    this.#thaw();
    this.#thaw = keepStill(this.#video);
  }

  /** The whole display for the screen, until Escape. */
  enlarge() {
    return this.#video.requestFullscreen();
  }

  /** The frame lies close round the picture, whatever its shape. */
  #fit() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (height) this.#root.style.setProperty("--ratio", String(width / height));
  }

  /** @param {import("livekit-client").Track | null} screen */
  #watch(screen) {
    this.#thaw();
    if (screen === this.#screen) return;
    this.#screen?.detach(this.#video);
    this.#screen = screen;
    screen?.attach(this.#video);
  }
}
