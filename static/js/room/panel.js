/** The side panel: tabs for chat and people; closed, a rail of the same tabs. On a phone the notes of
 *  a round are a tab too, elsewhere they stand over the tabs. */

import { part, write } from "../lib/page.js";

/** @typedef {"notes" | "chat" | "people"} Tab */

const WIDE = matchMedia("(min-width: 1200px)");
/** @type {Tab[]} */
const PANELS = ["chat", "people"]; // the notes are shown by the width and `data-open`
const PHONE = matchMedia("(max-width: 719px)");

export class Panel {
  /** @type {Tab | null} */
  #open;
  #unread = 0;
  #apart = false;
  #root;
  #counted;

  /**
   * @param {HTMLElement} root
   * @param {(unread: number) => void} counted called when the number of unread lines changes
   */
  constructor(root, counted) {
    this.#root = root;
    this.#counted = counted;
    this.#open = WIDE.matches || PHONE.matches ? "chat" : null;
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => this.#press(nameOf(tab)));
      tab.addEventListener("keydown", (event) => this.#arrow(event));
    }
    part(root, "close").addEventListener("click", () => this.#show(null));
    PHONE.addEventListener("change", () => this.#fit());
    this.#show(this.#open);
  }

  /** @param {boolean} apart whether this is a room of a round, which has notes */
  inRound(apart) {
    if (apart === this.#apart) return;
    this.#apart = apart;
    this.#fit();
    if (apart && PHONE.matches) this.#show("notes");
  }

  get chatOpen() {
    return this.#open === "chat" && document.visibilityState === "visible";
  }

  /** A line was written by somebody else. */
  heard() {
    if (!this.chatOpen) this.#count(this.#unread + 1);
  }

  /** @param {number} people */
  countPeople(people) {
    write(part(this.#root, "people-count"), String(people));
  }

  get #tabs() {
    return /** @type {HTMLElement[]} */ ([...this.#root.querySelectorAll("[role=tab]")]);
  }

  /** Show what there is a tab for at this width. */
  #fit() {
    const notes = this.#apart && PHONE.matches;
    part(this.#root, "notes-tab").hidden = !notes;
    if (notes) part(this.#root, "notes").setAttribute("role", "tabpanel");
    else part(this.#root, "notes").removeAttribute("role");
    const open = this.#open === "notes" && !notes ? "chat" : this.#open;
    this.#show(open ?? (PHONE.matches ? "chat" : null));
  }

  /** @param {Tab} name */
  #press(name) {
    const close = name === this.#open && !PHONE.matches;
    this.#show(close ? null : name);
  }

  /** @param {KeyboardEvent} event */
  #arrow(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const tabs = this.#tabs.filter((tab) => !tab.hidden);
    const at = tabs.indexOf(/** @type {HTMLElement} */ (event.target));
    const next = tabs[(at + step + tabs.length) % tabs.length];
    event.preventDefault();
    next?.focus();
    if (this.#open && next) this.#show(nameOf(next));
  }

  /** @param {Tab | null} name */
  #show(name) {
    this.#open = name;
    this.#root.dataset.open = name ?? "";
    const first = this.#tabs.findIndex((tab) => !tab.hidden);
    this.#tabs.forEach((tab, i) => {
      const chosen = nameOf(tab) === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen || (!name && i === first) ? 0 : -1;
    });
    for (const panel of PANELS) part(this.#root, panel).hidden = panel !== name;
    part(this.#root, "close").hidden = name === null;
    if (name === "chat") this.#count(0);
  }

  /** @param {number} unread */
  #count(unread) {
    this.#unread = unread;
    const badge = part(this.#root, "unread");
    badge.hidden = unread === 0;
    part(badge, "unread-number").textContent = String(unread);
    this.#counted(unread);
  }
}

/** @param {HTMLElement} tab */
function nameOf(tab) {
  return /** @type {Tab} */ (tab.dataset.tab);
}
