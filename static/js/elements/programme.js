/** The programme while it is open: the clock, the now line, local times for guests from afar. */

import { ServerClock } from "../lib/clock.js";
import { maybePart } from "../lib/page.js";
import { hours } from "../lib/times.js";

const MINUTE = 60_000;
const SPREAD = 20_000; // a thousand open pages do not ask all at once

/**
 * The moment at which a line of the grid stands.
 * @param {HTMLElement} line
 */
function moment(line) {
  return Date.parse(line.dataset.line ?? "");
}

class Programme extends HTMLElement {
  #clock = new ServerClock();
  #ticking = 0;
  #turning = Infinity;

  connectedCallback() {
    this.#clock.learn(this.dataset.now ?? "");
    const turning = Date.parse(this.dataset.turning ?? "");
    if (!Number.isNaN(turning)) this.#turning = turning + Math.random() * SPREAD;
    this.#localTimes();
    this.#tick();
    this.#ticking = window.setInterval(this.#tick, 1000);
    window.addEventListener("resize", this.#tick);
  }

  disconnectedCallback() {
    window.clearInterval(this.#ticking);
    window.removeEventListener("resize", this.#tick);
  }

  #tick = () => {
    const now = this.#clock.now();
    if (now >= this.#turning && !document.hidden) {
      this.#turning = Infinity;
      window.location.reload();
      return;
    }
    this.#write("clock", hours(now, this.#zone));
    this.#write("now-time", hours(now, this.#zone));
    this.#left(now);
    this.#line(now);
  };

  get #zone() {
    return this.dataset.zone ?? "UTC";
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #write(name, text) {
    const found = maybePart(this, name);
    if (found && found.textContent !== text) found.textContent = text;
  }

  /** @param {number} now */
  #left(now) {
    const until = maybePart(this, "until");
    if (!until) return;
    const all = Math.ceil((Date.parse(until.dataset.at ?? "") - now) / MINUTE);
    const [h, m] = [Math.floor(all / 60), all % 60];
    const form = (h ? until.dataset.long : until.dataset.short) ?? "";
    until.hidden = all <= 0 || h >= 24;
    this.#write("until", form.replace("{h}", String(h)).replace("{m}", String(m)));
  }

  /**
   * Move the line between the moments that the grid has drawn.
   * @param {number} now
   */
  #line(now) {
    const line = maybePart(this, "now-line");
    const grid = line?.parentElement;
    if (!line || !grid) return;
    const drawn = [.../** @type {NodeListOf<HTMLElement>} */ (grid.querySelectorAll("[data-line]"))];
    const later = drawn.findIndex((each) => moment(each) > now);
    const [before, after] = [drawn[later - 1], drawn[later]];
    line.hidden = !before || !after;
    if (!before || !after) return;
    const part = (now - moment(before)) / (moment(after) - moment(before));
    const place = before.offsetTop + part * (after.offsetTop - before.offsetTop);
    line.style.gridRowStart = "1";
    line.style.insetBlockStart = `${place - (drawn[0]?.offsetTop ?? 0)}px`;
  }

  /** Beside the event's times, where this device's clock shows others. */
  #localTimes() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    let some = false;
    for (const place of this.querySelectorAll("[data-part=local]")) {
      const { begin = "", end = "" } = /** @type {HTMLElement} */ (place).dataset;
      if (hours(begin, zone) === hours(begin, this.#zone)) continue;
      place.textContent = `(${hours(begin, zone)}–${hours(end, zone)})`;
      /** @type {HTMLElement} */ (place).hidden = false;
      some = true;
    }
    const note = maybePart(this, "local-note");
    if (note) note.hidden = !some;
  }
}

customElements.define("yoriai-programme", Programme);
