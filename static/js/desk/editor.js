/** The editor saves by itself, and asks whether later sessions move with one that moved. */

import { Autosave } from "../lib/autosave.js";
import { copyOf, part } from "../lib/page.js";
import { sayCount } from "../lib/words.js";
import { clockOf, minutesOf, shifted } from "./times.js";

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
