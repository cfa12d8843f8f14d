/** The time of day in a zone, by the server's clock: `data-now` was its time when it answered. */
class Clock extends HTMLElement {
  #offset = 0;
  #timer = 0;
  #shown = "";

  connectedCallback() {
    this.#offset = Date.parse(this.dataset.now ?? "") - Date.now();
    this.#timer = window.setInterval(this.#show, 1000);
  }

  disconnectedCallback() {
    window.clearInterval(this.#timer);
  }

  #show = () => {
    const at = new Date(Date.now() + this.#offset);
    /** @type {Intl.DateTimeFormatOptions} */
    const style = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: this.dataset.zone };
    const text = new Intl.DateTimeFormat("en-GB", style).format(at).replace(/^0(\d)/, "$1");
    if (text !== this.#shown) this.replaceChildren(text);
    this.#shown = text;
  };
}

customElements.define("yoriai-clock", Clock);
