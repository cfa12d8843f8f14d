/** The editor saves by itself, and asks whether later sessions move with one that moved. */

import { parsed, takeOver } from "../lib/fresh.js";
import { copyOf, part } from "../lib/page.js";
import { say, sayCount } from "../lib/words.js";
import { clockOf, minutesOf, shifted } from "./times.js";

const QUIET = 1200; // ms without a key before it saves
const AGAIN = 5000; // ms until the next try when the line is down

/** Saves the form in the background and takes over what the server says about it. */
class Autosave {
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
      if (!answer.ok || !new URL(answer.url).pathname.endsWith("/sessions")) throw new Error(String(answer.status));
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

  /** What a plain submit would send, but for the row that adds a session. */
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

/** Asks once, when a session's time changed, whether those after it move as much. */
class Shifting {
  /** @param {HTMLFormElement} form @param {Autosave} autosave */
  constructor(form, autosave) {
    this.form = form;
    this.autosave = autosave;
    for (const field of form.querySelectorAll("[data-session] .cell-time")) {
      if (field instanceof HTMLInputElement) this.#watch(field);
    }
  }

  /** @param {HTMLInputElement} field */
  #watch(field) {
    let before = minutesOf(field.value);
    field.addEventListener("change", () => {
      const now = minutesOf(field.value);
      if (before !== null && now !== null && now !== before) this.#moved(field, before, now);
      if (now !== null) { before = now; field.value = clockOf(now); }
    });
  }

  /** @param {HTMLInputElement} field @param {number} before @param {number} now */
  #moved(field, before, now) {
    const row = field.closest("[data-session]");
    if (!(row instanceof HTMLElement)) return;
    const by = now - before;
    if (field.name.endsWith("-from")) this.#shift(row, by, "-until"); // it stays as long as it was
    row.querySelector(".shift")?.remove();
    const later = this.#after(row, field.name.endsWith("-from") ? before : before - 1);
    if (later.length) this.#ask(row, later, by);
  }

  /** The rows of the same day that begin after a minute of it. @param {HTMLElement} row @param {number} minute */
  #after(row, minute) {
    const day = this.#field(row, "-day")?.value;
    return [...this.form.querySelectorAll("[data-session]:not(.is-removed)")].filter((other) => {
      if (!(other instanceof HTMLElement) || other === row) return false;
      const begins = minutesOf(this.#field(other, "-from")?.value ?? "");
      return begins !== null && begins > minute && this.#field(other, "-day")?.value === day;
    });
  }

  /** @param {HTMLElement} row @param {Element[]} later @param {number} by */
  #ask(row, later, by) {
    const ends = later.map((other) => minutesOf(this.#field(other, "-until")?.value ?? "") ?? 0);
    const question = copyOf("shift");
    part(question, "question").textContent = sayCount("shift", later.length, { minutes: by, end: shifted(Math.max(...ends), by) });
    part(question, "no").addEventListener("click", () => question.remove());
    part(question, "yes").addEventListener("click", () => {
      for (const other of later) { this.#shift(other, by, "-from"); this.#shift(other, by, "-until"); }
      question.remove();
      void this.autosave.save();
    });
    row.append(question);
  }

  /** @param {Element} row @param {number} by @param {string} name */
  #shift(row, by, name) {
    const field = this.#field(row, name);
    const at = field && minutesOf(field.value);
    if (field && at !== null) field.value = shifted(/** @type {number} */ (at), by);
  }

  /** @param {Element} row @param {string} name */
  #field(row, name) {
    const found = row.querySelector(`input[name$="${name}"]`);
    return found instanceof HTMLInputElement ? found : null;
  }
}

const form = document.getElementById("editor");
if (form instanceof HTMLFormElement) {
  const autosave = new Autosave(form);
  new Shifting(form, autosave);
  document.getElementById("publish")?.addEventListener("submit", async (event) => {
    const target = event.currentTarget;
    if (!(target instanceof HTMLFormElement)) return;
    event.preventDefault(); // what was typed last is published too
    if (await autosave.save()) target.submit();
  });
}
