/** `<yoriai-chat>`: the lines, and the box to write one. */

import { copyOf, part } from "../lib/page.js";
import { ofTab } from "../lib/memory.js";
import { hours } from "../lib/times.js";
import { say } from "../lib/words.js";
import { roleWord } from "./tile.js";

/** @typedef {import("../live/messages.js").ChatLine} ChatLine */

const NEAR_END_PX = 60;

export class Chat extends HTMLElement {
  /** @type {import("./transcript.js").Transcript | null} */
  #transcript = null;
  /** @type {{you: string, zone: string, path: string, canModerate: boolean} | null} */
  #place = null;
  /** @type {(message: string) => void} */
  #takeBack = () => {};
  /** @type {Map<string, HTMLElement>} */
  #drawn = new Map();

  /**
   * @param {import("./transcript.js").Transcript} transcript
   * @param {{you: string, zone: string, path: string, canModerate: boolean}} place
   * @param {(message: string) => void} takeBack
   */
  use(transcript, place, takeBack) {
    this.#transcript = transcript;
    this.#place = place;
    this.#takeBack = takeBack;
    transcript.on("lines", () => this.#draw());
    transcript.on("refused", ({ text, body }) => this.#refused(text, body));
    this.#prepareBox();
    this.#draw();
  }

  get #box() {
    return /** @type {HTMLTextAreaElement | null} */ (this.querySelector("[data-part=box]"));
  }

  get #draftKey() {
    return `yoriai.draft:${this.#place?.path}`;
  }

  #prepareBox() {
    const box = this.#box;
    if (!box) return; // who may not write has no box
    box.value = ofTab.read(this.#draftKey) ?? "";
    box.addEventListener("input", () => ofTab.write(this.#draftKey, box.value || null));
    box.addEventListener("keydown", (event) => this.#key(event));
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#post();
    });
  }

  /**
   * Enter sends, with Shift it makes a new line; while an input method composes it belongs to that.
   * @param {KeyboardEvent} event
   */
  #key(event) {
    const composing = event.isComposing || event.keyCode === 229; // Safari ends composing too early
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#post();
  }

  #post() {
    const box = this.#box;
    const body = box?.value.trim();
    if (!box || !body) return;
    this.#write("");
    part(this, "trouble").textContent = "";
    this.#transcript?.post(body);
    const list = part(this, "lines");
    list.scrollTop = list.scrollHeight;
    box.focus();
  }

  /** @param {string} text */
  #write(text) {
    if (this.#box) this.#box.value = text;
    ofTab.write(this.#draftKey, text || null);
  }

  /**
   * @param {string} text
   * @param {string} body comes back into the box, before what is written there by now
   */
  #refused(text, body) {
    part(this, "trouble").textContent = text;
    if (body) this.#write([body, this.#box?.value].filter(Boolean).join("\n"));
  }

  #draw() {
    const list = part(this, "lines");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    const wanted = this.#wanted();
    for (const [id, item] of this.#drawn) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#drawn.delete(id);
    }
    let next = list.firstElementChild;
    for (const item of wanted.values()) {
      if (item === next) next = next.nextElementSibling;
      else list.insertBefore(item, next);
    }
    part(this, "empty").hidden = wanted.size > 0;
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  /** What shall stand in the list, in order. Lines that stand already are kept as they are. */
  #wanted() {
    /** @type {Map<string, HTMLElement>} */
    const wanted = new Map();
    for (const line of this.#transcript?.lines ?? []) {
      const id = `${line.message}${line.deleted ? "-" : ""}`;
      wanted.set(id, this.#keep(id, () => this.#line(line)));
    }
    for (const { id, body } of this.#transcript?.unsent ?? []) {
      wanted.set(id, this.#keep(id, () => this.#pending(body)));
    }
    return wanted;
  }

  /**
   * @param {string} id
   * @param {() => HTMLElement} make
   */
  #keep(id, make) {
    const item = this.#drawn.get(id) ?? make();
    this.#drawn.set(id, item);
    return item;
  }

  /** @param {ChatLine} line */
  #line(line) {
    const item = copyOf("chat-line-template");
    const { you = "", zone = "UTC", canModerate = false } = this.#place ?? {};
    const mine = line.author === you;
    item.classList.toggle("chat-organizer", line.role === "organizer");
    const who = [mine ? say("you") : line.name, roleWord(line.role)];
    part(item, "name").textContent = who.filter(Boolean).join(" ");
    part(item, "time").textContent = hours(line.at, zone);
    part(item, "body").textContent = line.deleted ? say("chat.deleted") : line.body;
    item.classList.toggle("chat-deleted", line.deleted);
    const take = part(item, "take-back");
    take.hidden = line.deleted || !(mine || canModerate);
    take.addEventListener("click", () => this.#takeBack(line.message));
    return item;
  }

  /** @param {string} body */
  #pending(body) {
    const item = copyOf("chat-line-template");
    item.classList.add("chat-pending");
    part(item, "name").textContent = say("you");
    part(item, "time").textContent = say("chat.sending");
    part(item, "body").textContent = body;
    return item;
  }
}

customElements.define("yoriai-chat", Chat);
