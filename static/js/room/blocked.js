/** When the browser refuses camera and microphone: how to allow them, for this very browser. */

import { part } from "../lib/page.js";

/** @typedef {"edge" | "chrome" | "firefox" | "safari"} Family */

export class Blocked {
  #root;

  /**
   * @param {HTMLElement} root
   * @param {() => Promise<void>} tryAgain
   */
  constructor(root, tryAgain) {
    this.#root = root;
    const family = familyOf(navigator.userAgent);
    for (const way of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-browser]"))) {
      way.hidden = way.dataset.browser !== family;
    }
    for (const way of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-other]"))) {
      way.hidden = way.dataset.other === family;
    }
    for (const place of root.querySelectorAll("[data-address]")) place.textContent = location.host;
    part(root, "try-again").addEventListener("click", () => void tryAgain());
  }

  /** @param {boolean} blocked */
  show(blocked) {
    part(this.#root, "prejoin-open").hidden = blocked;
    part(this.#root, "prejoin-blocked").hidden = !blocked;
    part(this.#root, "listening").hidden = !blocked;
    part(this.#root, "plan-frame").hidden = blocked;
  }
}

/**
 * @param {string} agent
 * @returns {Family}
 */
export function familyOf(agent) {
  if (/Firefox|FxiOS/.test(agent)) return "firefox";
  if (/Edg/.test(agent)) return "edge";
  if (/Chrome|Chromium|CriOS/.test(agent)) return "chrome";
  return "safari";
}
