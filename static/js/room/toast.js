/** A short message at the bottom left, with one way to undo what it tells. */

import { part } from "../lib/page.js";

const SHOWN_MS = 6000;

export class Toast {
  #root;
  #timer = 0;
  /** @type {() => void} */
  #ended = () => {};
  /** @type {() => void} */
  #undo = () => {};

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    part(root, "undo").addEventListener("click", () => this.#end("undone"));
    addEventListener("pagehide", () => this.settle());
  }

  /**
   * Show a text. With `undo`, `kept` is called when the time has passed without it.
   * @param {string} text
   * @param {{undo?: () => void, kept?: () => void}} [ways]
   */
  show(text, { undo, kept } = {}) {
    this.settle();
    part(this.#root, "text").textContent = text;
    part(this.#root, "undo").hidden = !undo;
    this.#root.hidden = false;
    this.#undo = undo ?? (() => {});
    this.#ended = kept ?? (() => {});
    this.#timer = setTimeout(() => this.settle(), SHOWN_MS);
  }

  /** Let it go before its time: what it told stays so. */
  settle() {
    this.#end("kept");
  }

  /** @param {"kept" | "undone"} how */
  #end(how) {
    if (this.#root.hidden) return;
    clearTimeout(this.#timer);
    this.#root.hidden = true;
    if (how === "kept") this.#ended();
    else this.#undo();
  }
}
