/** `<yoriai-later>`: a button that waits until the countdown in it is over. */

import "./countdown.js";

class LaterElement extends HTMLElement {
  connectedCallback() {
    this.#wait(true);
    this.addEventListener("over", this.#over);
  }

  disconnectedCallback() {
    this.removeEventListener("over", this.#over);
  }

  #over = () => this.#wait(false);

  /** @param {boolean} waiting */
  #wait(waiting) {
    const button = this.querySelector("button");
    if (button) button.disabled = waiting;
    const left = button?.querySelector("span");
    if (left) left.hidden = !waiting;
  }
}

customElements.define("yoriai-later", LaterElement);
