/** A note that is saved as it is written, by whoever writes it, over lost lines and refreshes. */

import { backoff } from "../lib/backoff.js";
import { Emitter } from "../lib/emitter.js";
import { ofTab } from "../lib/memory.js";
import { merge } from "../lib/merge.js";

const SAVE_AFTER_MS = 800; // without a key
const SAVE_WITHIN_MS = 4000; // of the first key that is not saved

/**
 * @typedef {{v: number, body: string, saved_at: string | null}} Kept
 * @typedef {{text: string, state: "saved" | "waiting" | "saving" | "away" | "too_long"}} NoteKinds
 */

/** @extends {Emitter<NoteKinds>} */
export class Note extends Emitter {
  text = "";
  /** When it was saved last; null while it never was. */
  savedAt = /** @type {string | null} */ (null);
  #path;
  #extra;
  /** @type {Kept} */
  #kept = { v: 0, body: "", saved_at: null };
  #timer = 0;
  #since = 0;
  #saving = false;
  #failed = 0;
  #ended = false;

  /**
   * @param {string} path where it is read and saved
   * @param {() => Record<string, unknown>} extra what else is saved with it
   */
  constructor(path, extra = () => ({})) {
    super();
    this.#path = path;
    this.#extra = extra;
  }

  get unsaved() {
    return this.text !== this.#kept.body;
  }

  /** Read it, and go on with what a former load of the page could not save. */
  async open() {
    const unsaved = ofTab.read(this.#key);
    await this.refresh();
    if (typeof unsaved?.text === "string" && unsaved.text !== this.text) {
      this.#show(merge(unsaved.base ?? "", unsaved.text, this.#kept.body));
      this.#later(0);
    }
  }

  /** Somebody else has saved: read it, and keep what is being written here. */
  async refresh() {
    const response = await fetch(this.#path, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`note: ${response.status}`);
    this.#adopt(await response.json());
  }

  /** @param {string} text as it stands in the field now */
  write(text) {
    this.text = text;
    ofTab.write(this.#key, this.unsaved ? { text, base: this.#kept.body } : null);
    this.tell("state", "waiting");
    this.#since ||= Date.now();
    const left = this.#since + SAVE_WITHIN_MS - Date.now();
    this.#later(Math.max(0, Math.min(SAVE_AFTER_MS, left)));
  }

  /** Save now what is not saved. */
  flush() {
    if (this.unsaved) this.#later(0);
  }

  /** Write no more; what is unsaved is still sent. */
  end() {
    this.flush();
    this.#ended = true;
  }

  /** @param {number} ms */
  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), ms);
  }

  async #save() {
    if (this.#saving || (!this.unsaved && this.#failed === 0)) return;
    this.#saving = true;
    this.#since = 0;
    const body = this.text;
    this.tell("state", "saving");
    try {
      await this.#send(body);
      this.#failed = 0;
    } catch {
      this.tell("state", "away");
      this.#saving = false;
      if (!this.#ended || this.#failed < 3) this.#later(backoff(this.#failed++, { longest: 5000 }));
      return;
    }
    this.#saving = false;
    if (this.unsaved) this.#later(SAVE_AFTER_MS);
  }

  /** @param {string} body */
  async #send(body) {
    const response = await fetch(this.#path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ body, v: this.#kept.v, ...this.#extra() }),
      keepalive: body.length < 10_000,
    });
    if (response.status === 409) this.#adopt({ saved_at: null, ...(await response.json()) });
    else if (response.ok) this.#saved(body, await response.json());
    else if (response.status < 500) this.tell("state", "too_long");
    else throw new Error(`note: ${response.status}`);
  }

  /**
   * @param {string} body
   * @param {{v: number, saved_at: string}} answer
   */
  #saved(body, { v, saved_at }) {
    this.#kept = { v, body, saved_at };
    this.savedAt = saved_at;
    ofTab.write(this.#key, this.unsaved ? { text: this.text, base: body } : null);
    this.tell("state", "saved");
  }

  /** @param {Kept} kept what stands at the server */
  #adopt(kept) {
    const before = this.#kept;
    if (kept.v <= before.v && kept.v !== 0) return;
    this.#kept = { v: kept.v, body: kept.body, saved_at: kept.saved_at };
    this.savedAt = kept.saved_at ?? this.savedAt;
    this.#show(merge(before.body, this.text, kept.body));
    this.tell("state", this.unsaved ? "waiting" : "saved");
    this.flush();
  }

  /** @param {string} text */
  #show(text) {
    if (text === this.text) return;
    this.text = text;
    this.tell("text", text);
  }

  get #key() {
    return `yoriai.note:${this.#path}`;
  }
}
