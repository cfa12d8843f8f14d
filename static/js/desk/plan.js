/** The plan by keyboard and by hand: arrows move, typing finds a team, every change is saved at once. */

import { Page } from "./page.js";

const LOOK = 160; // ms on a cell until its teams are fetched

/** The grid's cells by row and column; one of them is in the tab order. */
class Cells {
  /** @type {HTMLAnchorElement[][]} */
  #rows = [];

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.table = table;
    this.renew();
  }

  /** Read the cells anew, after some were replaced. @param {HTMLElement | null} [at] the one to keep in the tab order */
  renew(at = null) {
    this.#rows = [...this.table.rows]
      .map((row) => /** @type {HTMLAnchorElement[]} */ ([...row.querySelectorAll("a.plan-cell")]))
      .filter((row) => row.length);
    const all = this.#rows.flat();
    const home = at ?? all.find((cell) => cell.ariaCurrent === "true") ?? all[0];
    for (const cell of all) {
      cell.tabIndex = cell === home ? 0 : -1;
      cell.draggable = Boolean(cell.dataset.team);
    }
  }

  /** @param {Element | null} element @returns {HTMLAnchorElement | null} */
  of(element) {
    const cell = element?.closest("a.plan-cell");
    return cell instanceof HTMLAnchorElement && this.table.contains(cell) ? cell : null;
  }

  /** The cell that a key leads to. @param {HTMLAnchorElement} cell @param {string} key */
  beside(cell, key) {
    const y = this.#rows.findIndex((row) => row.includes(cell));
    const row = this.#rows[y] ?? [];
    const x = row.indexOf(cell);
    /** @type {Record<string, [number, number]>} */
    const to = { ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], Home: [y, 0], End: [y, row.length - 1] };
    const place = to[key];
    return place ? this.#rows[place[0]]?.[place[1]] ?? null : null;
  }

  /** The cell that stands where one stood before it was replaced. @param {string} mentor @param {string} slot */
  at(mentor, slot) {
    return this.#rows.flat().find((cell) => cell.dataset.mentor === mentor && cell.dataset.slot === slot) ?? null;
  }
}

/** Keys, typing, dragging on the grid, and the forms beside it. */
class PlanEditor {
  #waiting = 0;
  /** What was typed on a cell before its teams came. @type {{typed: string, enter: boolean} | null} */
  #opening = null;

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.cells = new Cells(table);
    this.page = new Page(() => this.#renewed());
    table.addEventListener("keydown", (event) => this.#key(event));
    table.addEventListener("focusin", (event) => this.#focus(event));
    table.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("submit", (event) => this.#submit(event));
    document.addEventListener("input", (event) => { if (event.target instanceof HTMLInputElement && event.target.matches("[data-find]")) this.#filter(event.target); });
    document.addEventListener("keydown", (event) => this.#find(event));
    this.#drag(table);
    this.#renewed();
  }

  get #draft() {
    return document.getElementById("publish") !== null;
  }

  #renewed() {
    this.cells.renew(this.cells.of(document.activeElement));
    const find = document.querySelector("[data-find]");
    if (find instanceof HTMLInputElement) find.hidden = false;
    const told = document.querySelector("#told [role=alert], #told [data-part=told], #told .banner");
    const say = document.getElementById("say");
    if (say && told && told.textContent !== say.textContent) say.textContent = told.textContent;
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const cell = this.cells.of(/** @type {Element} */ (event.target));
    if (!cell || cell.ariaCurrent === "true") return;
    this.cells.renew(cell);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.page.look(cell.href), LOOK);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const cell = this.cells.of(/** @type {Element} */ (event.target));
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (matchMedia("(max-width: 1180px)").matches) return; // what is chosen stands below: go there
    event.preventDefault();
    cell.focus();
    void this.#open(cell, "");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const cell = this.cells.of(/** @type {Element} */ (event.target));
    if (!cell || event.altKey || event.metaKey) return;
    if (event.ctrlKey) { if (event.key === "z") this.#undo(event); return; }
    const next = this.cells.beside(cell, event.key);
    if (next) { event.preventDefault(); next.focus(); return; }
    if (!this.#draft) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      if (cell.dataset.team) this.#put(cell, "");
    } else if (event.key === "Enter" || (event.key.length === 1 && event.key !== " ")) {
      event.preventDefault();
      this.#type(cell, event.key);
    }
  }

  /** @param {HTMLAnchorElement} cell @param {string} key */
  #type(cell, key) {
    const enter = key === "Enter";
    if (!this.#opening) void this.#open(cell, enter ? "" : key);
    else if (enter) this.#opening.enter = true;
    else this.#opening.typed += key;
  }

  /** @param {KeyboardEvent} event */
  #undo(event) {
    const undo = document.querySelector("form[data-undo]");
    if (undo instanceof HTMLFormElement) { event.preventDefault(); undo.requestSubmit(); }
  }

  /** Show the teams for a cell, and let the person find one. @param {HTMLAnchorElement} cell @param {string} typed */
  async #open(cell, typed) {
    clearTimeout(this.#waiting);
    const opening = { typed, enter: false };
    this.#opening = opening;
    const { mentor = "", slot = "" } = cell.dataset;
    if (cell.ariaCurrent !== "true") await this.page.look(cell.href);
    this.#opening = null;
    const find = document.querySelector("[data-find]");
    const shown = this.cells.at(mentor, slot);
    if (!(find instanceof HTMLInputElement) || shown?.ariaCurrent !== "true" || shown !== document.activeElement) return;
    if (matchMedia("(max-width: 1180px)").matches) return;
    find.focus();
    find.value = opening.typed;
    this.#filter(find);
    if (opening.enter && opening.typed) this.#setFirst();
  }

  /** Keys in the field that finds a team. @param {KeyboardEvent} event */
  #find(event) {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.matches("[data-find]") || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#setFirst();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#back();
    }
  }

  /** Only the options that the typed text means; the first is what Enter sets. @param {HTMLInputElement} find */
  #filter(find) {
    const wanted = find.value.normalize("NFKC").trim().toLowerCase();
    let first = true;
    for (const option of document.querySelectorAll("#choices [data-option]")) {
      const [number = "", ...name] = (option.getAttribute("data-option") ?? "").toLowerCase().split(" ");
      const exact = /^\d+$/.test(wanted) ? number.startsWith(wanted) : name.join(" ").includes(wanted);
      option.toggleAttribute("hidden", !exact);
      option.toggleAttribute("data-first", exact && first && wanted !== "" && !option.querySelector(":disabled"));
      if (option.hasAttribute("data-first")) first = false;
    }
    const misfits = document.querySelector("#choices .plan-misfits");
    if (misfits instanceof HTMLDetailsElement && wanted) misfits.open = misfits.querySelector("[data-option]:not([hidden])") !== null;
  }

  /** Give the cell to the first team that the typed text means. */
  #setFirst() {
    const first = document.querySelector("#choices li[data-first] button");
    if (first instanceof HTMLButtonElement) first.click();
  }

  /** To the chosen cell. */
  #back() {
    const cell = document.querySelector("a.plan-cell[aria-current=true]");
    if (cell instanceof HTMLElement) cell.focus();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-live") || event.defaultPrevented) return;
    event.preventDefault();
    const fields = new URLSearchParams();
    const { submitter } = event;
    for (const [name, value] of new FormData(form, submitter)) if (typeof value === "string") fields.append(name, value);
    void this.#save(form.action, fields);
  }

  /** @param {HTMLAnchorElement} cell @param {string} team */
  #put(cell, team) {
    const { mentor = "", slot = "", team: was = "" } = cell.dataset;
    const token = document.querySelector("input[name=csrf_token]");
    const view = new URLSearchParams(location.search).get("view") ?? "";
    const fields = new URLSearchParams({ mentor, slot, team, was, view, csrf_token: token instanceof HTMLInputElement ? token.value : "" });
    cell.toggleAttribute("data-saving", true);
    void this.#save(`${location.pathname}/visit`, fields);
  }

  /** @param {string} action @param {URLSearchParams} fields */
  async #save(action, fields) {
    clearTimeout(this.#waiting);
    await this.page.send(action, fields);
    const cell = this.cells.at(fields.get("mentor") ?? "", fields.get("slot") ?? "");
    cell?.toggleAttribute("data-saving", false);
    if (!matchMedia("(max-width: 1180px)").matches) cell?.focus();
  }

  /** A visit is taken by hand to another cell. @param {HTMLTableElement} table */
  #drag(table) {
    table.addEventListener("dragstart", (event) => {
      const cell = this.cells.of(/** @type {Element} */ (event.target));
      if (!cell?.dataset.team || !this.#draft) { event.preventDefault(); return; }
      event.dataTransfer?.setData("text/plain", cell.dataset.team);
    });
    for (const [type, on] of /** @type {[string, boolean][]} */ ([["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]])) {
      table.addEventListener(type, (event) => {
        const cell = this.cells.of(/** @type {Element} */ (event.target));
        if (!cell) return;
        event.preventDefault();
        cell.toggleAttribute("data-over", on);
        const team = type === "drop" ? /** @type {DragEvent} */ (event).dataTransfer?.getData("text/plain") : "";
        if (team && team !== cell.dataset.team) this.#put(cell, team);
      });
    }
  }
}

const table = document.getElementById("grid");
if (table instanceof HTMLTableElement) new PlanEditor(table);
