/** `<yoriai-later>`: a button that waits until the countdown beside it is over. */

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
    for (const line of this.querySelectorAll("p")) line.hidden = !waiting;
  }
}

customElements.define("yoriai-later", LaterElement);
