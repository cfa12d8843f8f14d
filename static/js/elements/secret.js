/** A password field that can show its letters, for those who type slowly. */
class Secret extends HTMLElement {
  /** @type {HTMLInputElement | null} */
  #input = null;
  /** @type {HTMLButtonElement | null} */
  #button = null;

  connectedCallback() {
    this.#input = this.querySelector("input");
    this.#button = this.querySelector("button");
    if (!this.#button) return;
    this.#button.hidden = false;
    this.#button.addEventListener("click", this.#turn);
  }

  disconnectedCallback() {
    this.#button?.removeEventListener("click", this.#turn);
  }

  #turn = () => {
    if (!this.#input || !this.#button) return;
    const shown = this.#input.type === "password";
    this.#input.type = shown ? "text" : "password";
    this.#button.setAttribute("aria-pressed", String(shown));
    this.#input.focus();
  };
}

customElements.define("yoriai-secret", Secret);
