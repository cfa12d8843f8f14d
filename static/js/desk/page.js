/** A page of the desk that shows what it has become, without being loaded anew. */

import { parsed, takeOver } from "../lib/fresh.js";

/** Fetches the page as it is after each change, one after the other, and takes it over. */
export class Page {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #asked = 0;

  /** @param {() => void} renewed */
  constructor(renewed) {
    this.renewed = renewed;
  }

  /** Send a form of the page. @param {string} action @param {URLSearchParams} fields */
  send(action, fields) {
    this.#asked += 1; // what a look has asked for before is old now
    return this.#after(async () => {
      const answer = await fetch(action, { method: "POST", body: fields });
      if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
      await this.#take(answer);
    });
  }

  /** Look at another cell; only the newest look counts. @param {string} address */
  look(address) {
    const mine = ++this.#asked;
    return this.#after(async () => {
      if (mine !== this.#asked) return;
      const answer = await fetch(address);
      if (answer.ok && mine === this.#asked) await this.#take(answer);
    });
  }

  /** @param {() => Promise<void>} act */
  #after(act) {
    const done = this.#last.then(act).catch(() => location.reload());
    this.#last = done;
    return done;
  }

  /** Look at the same once more; what fails is tried by the next one. */
  again() {
    const mine = ++this.#asked;
    return this.#after(async () => {
      const answer = await fetch(location.href).catch(() => null);
      if (answer?.ok && mine === this.#asked) await this.#take(answer);
    });
  }

  /** @param {Response} answer */
  async #take(answer) {
    const fresh = parsed(await answer.text());
    if (!fresh.getElementById("chosen")) throw new Error("not the plan any more");
    takeOver(fresh);
    for (const row of document.querySelectorAll("[data-fresh-class][id]")) row.className = fresh.getElementById(row.id)?.className ?? "";
    if (answer.ok) {
      const shown = new URL(answer.url);
      shown.searchParams.delete("undo");
      history.replaceState(null, "", shown.pathname + shown.search);
    }
    this.renewed();
  }
}
