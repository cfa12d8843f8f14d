/** `<yoriai-countdown until server-now>`: the remaining time, by the server's clock. */

import { ServerClock } from "../lib/clock.js";
import { remaining } from "../lib/times.js";

const DAY = 24 * 60 * 60 * 1000;

class CountdownElement extends HTMLElement {
  #clock = new ServerClock();
  /** @type {number | undefined} */
  #ticking;
  #written = "";
  #shown = "";

  connectedCallback() {
    this.#written ||= this.textContent ?? "";
    this.#clock.learn(this.getAttribute("server-now") ?? new Date().toISOString());
    this.#show();
    this.#ticking = setInterval(() => this.#show(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
  }

  #show() {
    const left = Date.parse(this.getAttribute("until") ?? "") - this.#clock.now();
    const text = left < DAY ? remaining(left) : this.#written;
    if (text !== this.#shown) this.replaceChildren(text);
    this.#shown = text;
    this.toggleAttribute("data-far", left >= DAY);
    if (left <= 0) {
      clearInterval(this.#ticking);
      this.dispatchEvent(new Event("over", { bubbles: true }));
    }
  }
}

customElements.define("yoriai-countdown", CountdownElement);
