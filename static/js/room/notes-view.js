/** The notes beside a room: the one that all share, and the mentor's own on the visit. */

import { maybePart, part } from "../lib/page.js";
import { hours } from "../lib/times.js";
import { say } from "../lib/words.js";
import { Note } from "./note.js";

const WRITING_MS = 6000; // after a save somebody is still taken to be writing

/** @typedef {import("./round-view.js").Visit} Visit */

export class NotesView {
  #root;
  #place;
  #clock;
  /** @type {Field | null} */
  #shared = null;
  /** @type {Field | null} */
  #own = null;
  #assignment = "";
  #writing = 0;

  /**
   * @param {HTMLElement} root
   * @param {import("../live/client.js").LiveClient} live
   * @param {import("./round.js").RoundClock} round
   * @param {{you: string, notePath: string, visitsPath: string, zone: string,
   *   canChat: boolean}} place
   */
  constructor(root, live, round, place) {
    this.#root = root;
    this.#place = place;
    this.#clock = live.clock;
    let room = "";
    round.on("change", () => {
      const now = round.apart ? (round.door?.room ?? "") : "";
      if (now !== room) this.#enter((room = now));
    });
    live.on("event", ({ type, data }) => type === "note.saved" && this.#heard(data));
    live.on("up", () => void this.#shared?.note.refresh().catch(() => {}));
    addEventListener("pagehide", () => (this.#shared?.note.flush(), this.#own?.note.flush()));
  }

  /** @param {string} room empty when in none of the round */
  #enter(room) {
    this.#shared?.end();
    this.#shared = null;
    if (!room) return;
    const path = `${this.#place.notePath}?room=${room}`;
    this.#shared = new Field(part(this.#root, "shared-note"), new Note(path), this.#zone());
    void this.#shared.open();
  }

  /** The visit that runs is one's own: its note is beside the shared one. @param {Visit[]} own */
  visits(own) {
    const place = maybePart(this.#root, "own-note");
    if (!place) return;
    const now = this.#clock.now();
    const begun = own.filter((visit) => Date.parse(visit.starts_at) <= now);
    const visit = begun.at(-1);
    place.hidden = !visit;
    if (!visit || visit.assignment === this.#assignment) return;
    this.#assignment = visit.assignment;
    this.#own?.end();
    const readers = /** @type {HTMLInputElement} */ (part(place, "readers"));
    const note = new Note(`${this.#place.visitsPath}/${visit.assignment}/note`, () => ({
      readers: readers.checked ? "mentors" : "organizers",
    }));
    this.#own = new Field(place, note, this.#zone());
    void this.#own.open();
  }

  /** @param {{by: string, name: string}} saved */
  #heard({ by, name }) {
    if (by === this.#place.you) return;
    void this.#shared?.note.refresh().catch(() => {});
    const writer = part(this.#root, "note-writer");
    writer.textContent = say("note.writing", { name });
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => (writer.textContent = ""), WRITING_MS);
  }

  #zone() {
    return this.#place.zone;
  }
}

/** A text field and its note. */
class Field {
  note;
  #field;
  #state;
  #zone;
  #leave = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {Note} note
   * @param {string} zone
   */
  constructor(root, note, zone) {
    this.note = note;
    this.#zone = zone;
    this.#field = /** @type {HTMLTextAreaElement} */ (part(root, "note-text"));
    this.#state = part(root, "note-state");
    this.#field.value = "";
    this.#state.textContent = "";
    note.on("text", (text) => this.#show(text));
    note.on("state", (state) => this.#tell(state));
    const { signal } = this.#leave;
    this.#field.addEventListener("input", () => note.write(this.#field.value), { signal });
    this.#field.addEventListener("blur", () => note.flush(), { signal });
    maybePart(root, "readers")?.addEventListener("change", () => note.write(this.#field.value), { signal });
  }

  async open() {
    await this.note.open().catch(() => this.#tell("away"));
  }

  end() {
    this.#leave.abort();
    this.note.end();
  }

  /** Show another text, with the cursor where it was. @param {string} text */
  #show(text) {
    if (this.#leave.signal.aborted) return;
    const { selectionStart, selectionEnd } = this.#field;
    this.#field.value = text;
    if (document.activeElement === this.#field) this.#field.setSelectionRange(selectionStart, selectionEnd);
  }

  /** @param {string} state */
  #tell(state) {
    if (this.#leave.signal.aborted) return;
    const at = this.note.savedAt;
    this.#state.dataset.state = state;
    if (state !== "saved") this.#state.textContent = say(`note.${state}`);
    else this.#state.textContent = at ? say("note.saved", { time: hours(at, this.#zone) }) : "";
  }
}
