/** Says on the buttons of a form how many of its boxes are ticked; without one it is not shown. */
class Chosen extends HTMLElement {
  connectedCallback() {
    document.addEventListener("change", this.#count);
    window.addEventListener("pageshow", this.#count);
    this.#count();
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.#count);
    window.removeEventListener("pageshow", this.#count);
  }

  #count = () => {
    const boxes = document.querySelectorAll(`input[form="${this.dataset.group}"]:checked`);
    this.hidden = boxes.length === 0;
    /** @type {NodeListOf<HTMLElement>} */
    const words = this.querySelectorAll("[data-many]");
    for (const word of words) {
      const text = boxes.length === 1 ? word.dataset.one : word.dataset.many;
      word.textContent = (text ?? "").replace("{count}", String(boxes.length));
    }
  };
}

customElements.define("yoriai-chosen", Chosen);
