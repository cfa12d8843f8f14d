/** Who comes and goes, told to readers of the screen, politely and in one sentence at a time. */

import { say, sayCount } from "../lib/words.js";

const GATHER_MS = 1500;
const NAMED_MOST = 3;

export class Announcer {
  #region;
  /** @type {Map<string, string> | null} identity → name */
  #known = null;
  /** @type {string[]} */
  #come = [];
  /** @type {string[]} */
  #gone = [];
  #timer = 0;

  /** @param {HTMLElement} region a polite live region */
  constructor(region) {
    this.#region = region;
  }

  /**
   * The people who are here now. The first call tells nothing.
   * @param {{identity: string, name: string, you: boolean}[]} people
   */
  here(people) {
    const others = people.filter(({ you }) => !you);
    const now = new Map(others.map(({ identity, name }) => [identity, name]));
    const before = this.#known ?? now;
    for (const [identity, name] of now) if (!before.has(identity)) this.#come.push(name);
    for (const [identity, name] of before) if (!now.has(identity)) this.#gone.push(name);
    this.#known = now;
    if (this.#come.length + this.#gone.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell() {
    const sentences = [sentence("came", this.#come), sentence("went", this.#gone)];
    this.#region.textContent = sentences.filter(Boolean).join(" ");
    this.#come = [];
    this.#gone = [];
  }
}

/**
 * @param {string} what
 * @param {string[]} names
 */
function sentence(what, names) {
  if (!names.length) return "";
  if (names.length > NAMED_MOST) return sayCount(`${what}.many`, names.length);
  return say(what, { names: names.join(say("list.comma")) });
}
