/** What is wrong at the moment, under the header: a lost line, stopped media, held-back sound. */

import { hide, part, write } from "../lib/page.js";
import { say } from "../lib/words.js";

const GRACE_MS = 1000; // a line that is back within a second needs no words

export class Banners {
  #root;
  #live;
  #media;
  /** @type {number | null} when the line is tried again */
  #retryAt = null;
  #lostAt = 0;

  /**
   * @param {HTMLElement} root
   * @param {import("../live/client.js").LiveClient} live
   * @param {import("./media.js").Media} media
   */
  constructor(root, live, media) {
    this.#root = root;
    this.#live = live;
    this.#media = media;
    live.on("down", ({ retryAt }) => this.#down(retryAt));
    live.on("up", () => this.#down(null));
    media.on("state", () => this.show());
    media.on("sound", ({ blocked }) => (part(root, "sound").hidden = !blocked));
    media.mine.on("trouble", ({ what, trouble }) => this.#trouble(what, trouble));
    this.#buttons();
    setInterval(() => this.show(), GRACE_MS / 2);
  }

  show() {
    const lineLost = !this.#live.up && this.#retryAt !== null && Date.now() - this.#lostAt > GRACE_MS;
    const stopped = this.#media.state === "mending";
    const mic = say(this.#media.mine.wants.mic ? "word.on" : "word.off");
    this.#banner("line-lost", lineLost, () => say("line.lost", { n: this.#seconds(), mic }));
    this.#banner("media-lost", stopped && !lineLost, () => say("media.lost", { mic }));
  }

  /** @param {number | null} retryAt */
  #down(retryAt) {
    if (this.#retryAt === null) this.#lostAt = Date.now();
    this.#retryAt = retryAt;
    this.show();
  }

  #seconds() {
    return Math.max(0, Math.ceil(((this.#retryAt ?? 0) - Date.now()) / 1000));
  }

  /**
   * @param {string} name
   * @param {boolean} shown
   * @param {() => string} detail
   */
  #banner(name, shown, detail) {
    const banner = part(this.#root, name);
    hide(banner, !shown);
    if (shown) write(part(banner, "detail"), detail());
  }

  /**
   * @param {"mic" | "camera" | "screen"} what
   * @param {string} trouble
   */
  #trouble(what, trouble) {
    const dismissed = what === "screen" && trouble === "refused";
    if (dismissed && !this.#media.mine.sharing) return this.#say(say("share.refused"));
    this.#say(say(`trouble.${what}.${trouble}`));
  }

  /** @param {string} text */
  #say(text) {
    const banner = part(this.#root, "trouble-banner");
    part(banner, "detail").textContent = text;
    banner.hidden = false;
  }

  #buttons() {
    part(this.#root, "try-now").addEventListener("click", () => this.#live.open());
    part(this.#root, "start-sound").addEventListener("click", () => void this.#media.startSound());
    part(this.#root, "dismiss").addEventListener("click", () => {
      part(this.#root, "trouble-banner").hidden = true;
    });
  }
}
