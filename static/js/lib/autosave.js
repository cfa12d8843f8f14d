/** A form that saves by itself, and takes over what the server says about it. */

import { parsed, takeOver } from "./fresh.js";
import { say } from "./words.js";

const QUIET = 1200; // ms without a key before it saves
const AGAIN = 5000; // ms until the next try when the line is down

/**
 * Saves the form in the background. The page has a line `saved`, the word `unsaved`, and marks what
 * is to be taken over (`fresh.js`).
 */
export class Autosave {
  /** @type {number | undefined} */
  #waiting;
  #running = false;
  #dirty = false;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    form.addEventListener("input", () => this.#soon(QUIET));
    form.addEventListener("change", () => this.#soon(QUIET / 4));
    form.addEventListener("submit", () => { this.#dirty = false; clearTimeout(this.#waiting); });
    addEventListener("beforeunload", (event) => { if (this.#dirty) event.preventDefault(); });
    addEventListener("visibilitychange", () => { if (document.hidden && this.#dirty) void this.save(); });
  }

  /** @param {number} delay */
  #soon(delay) {
    this.#dirty = true;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.save(), delay);
  }

  /** Save now; resolves to whether everything is kept. */
  async save() {
    clearTimeout(this.#waiting);
    if (this.#running) { this.#soon(QUIET); return false; }
    this.#running = true;
    this.#dirty = false;
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: this.#fields() });
      if (answer.status === 409) { this.form.submit(); return false; } // both versions, on a page
      const there = new URL(answer.url).pathname;
      if (!answer.ok || there !== new URL(this.form.action).pathname) throw new Error(String(answer.status));
      this.#take(await answer.text());
      return true;
    } catch {
      this.#dirty = true;
      this.#say("unsaved");
      this.#waiting = setTimeout(() => void this.save(), AGAIN);
      return false;
    } finally {
      this.#running = false;
    }
  }

  /** What a plain submit would send, but for the row that adds something. */
  #fields() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && !name.startsWith("new-")) fields.append(name, value);
    }
    return fields;
  }

  /** @param {string} html the page as it is now */
  #take(html) {
    const fresh = parsed(html);
    takeOver(fresh);
    for (const row of document.querySelectorAll("[data-fresh-class][id]")) {
      const now = fresh.getElementById(row.id);
      if (now) row.className = now.className;
    }
    for (const field of this.form.querySelectorAll("input[id], textarea[id]")) {
      const wrong = fresh.getElementById(field.id)?.getAttribute("aria-invalid");
      if (wrong) field.setAttribute("aria-invalid", wrong);
      else field.removeAttribute("aria-invalid");
    }
  }

  /** @param {string} key */
  #say(key) {
    const line = document.getElementById("saved");
    if (!line) return;
    line.textContent = say(key);
    line.toggleAttribute("data-waiting", true);
  }
}
