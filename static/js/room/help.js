/** Calling an organizer from a room of a round: one open call a room, whoever made it. */

import { part } from "../lib/page.js";
import { say } from "../lib/words.js";
import { ask } from "./questions.js";

/** @typedef {{words: string, taken_by: string | null}} Call */

export class Help {
  /** @type {Call | null} */
  #call = null;
  #room = "";
  #button;
  #dialogs;
  #path;
  #toast;

  /**
   * @param {HTMLElement} button
   * @param {{call: HTMLDialogElement, over: HTMLDialogElement}} dialogs
   * @param {string} path
   * @param {import("../live/client.js").LiveClient} live
   * @param {import("./round.js").RoundClock} round
   * @param {import("./toast.js").Toast} toast
   */
  constructor(button, dialogs, path, live, round, toast) {
    this.#button = button;
    this.#dialogs = dialogs;
    this.#path = path;
    this.#toast = toast;
    button.addEventListener("click", () => void this.#press());
    round.on("change", () => this.#enter(round.apart ? (round.door?.room ?? "") : ""));
    live.on("event", ({ type, data }) => this.#hear(type, data));
  }

  /** @param {string} room empty when in none of a round */
  #enter(room) {
    this.#button.hidden = !room;
    if (room === this.#room) return;
    this.#room = room;
    this.#show(null);
    if (room) void this.#learn();
  }

  async #learn() {
    const response = await fetch(this.#path, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.ok) this.#show((await response.json()).call);
  }

  /**
   * @param {string} type
   * @param {any} data
   */
  #hear(type, data) {
    if (data?.room !== this.#room) return;
    if (type === "help.called") this.#show({ words: data.words, taken_by: null });
    else if (type === "help.taken") this.#show({ words: this.#call?.words ?? "", taken_by: data.name });
    else if (type === "help.closed") this.#show(null);
  }

  async #press() {
    if (this.#call) {
      if (await ask(this.#dialogs.over)) await this.#send("/over", {});
      return;
    }
    const words = /** @type {HTMLInputElement} */ (part(this.#dialogs.call, "help-words"));
    if (!(await ask(this.#dialogs.call))) return;
    await this.#send("", { words: words.value });
    words.value = "";
  }

  /**
   * @param {string} what
   * @param {object} body
   */
  async #send(what, body) {
    const response = await fetch(this.#path + what, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (!response?.ok) return this.#toast.show(say("help.failed"));
    this.#show((await response.json()).call);
    if (this.#call) this.#toast.show(say("help.called"));
  }

  /** @param {Call | null} call */
  #show(call) {
    this.#call = call;
    this.#button.setAttribute("aria-pressed", String(call !== null));
    const word = call?.taken_by
      ? say("help.coming", { name: call.taken_by })
      : say(call ? "help.waiting" : "help.call");
    part(this.#button, "word").textContent = word;
  }
}
