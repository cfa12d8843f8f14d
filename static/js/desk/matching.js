/** The assignment by keyboard and by hand: a cell chooses its team and mentor, a search is watched. */

import { parsed, takeOver } from "../lib/fresh.js";
import { Page } from "./page.js";

const LOOK = 250; // ms on a cell until its reasons are fetched
const EACH = 1000; // ms between looks at a search that runs

class Matching {
  #waiting = 0;
  #watching = 0;
  #wasActive = false;

  constructor() {
    this.page = new Page(() => this.#renewed());
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("focusin", (event) => this.#focus(event));
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("submit", (event) => this.#submit(event));
    this.#renewed();
  }

  get #table() {
    const table = document.getElementById("table");
    return table instanceof HTMLTableElement ? table : null;
  }

  /** The cells of the table's body by row and column. */
  get #rows() {
    return [...(this.#table?.tBodies[0]?.rows ?? [])].map((row) => [...row.querySelectorAll("td")]);
  }

  #renewed() {
    const cells = this.#rows.flat();
    const home = this.#table?.querySelector(".m-at, .match-chosen .m-here") ?? cells[0];
    if (!cells.includes(/** @type {HTMLTableCellElement} */ (document.activeElement))) for (const cell of cells) cell.tabIndex = cell === home ? 0 : -1;
    const told = document.querySelector("#told [role=alert], #told .banner");
    const search = document.getElementById("search");
    const active = search?.hasAttribute("data-active") ?? false;
    const ended = this.#wasActive && !active ? search?.innerText : "";
    this.#wasActive = active;
    this.#say(told?.textContent ?? ended ?? "");
    clearTimeout(this.#watching);
    if (active) this.#watching = setTimeout(() => void this.#watch(), EACH);
  }

  /** While a search goes on only its own part is fetched; the page, when it has found something. */
  async #watch() {
    const shown = document.getElementById("search");
    const answer = await fetch(`${location.pathname}/search${location.search}`).catch(() => null);
    if (answer?.ok && answer.status !== 204) {
      const fresh = parsed(await answer.text());
      const found = fresh.getElementById("search")?.dataset.active;
      if (found === shown?.dataset.active) takeOver(fresh);
      else await this.page.again();
    } else if (answer?.status === 204) await this.page.again();
    this.#renewed();
  }

  /** @param {string} text */
  #say(text) {
    const say = document.getElementById("say");
    if (say && text && say.textContent !== text) say.textContent = text;
  }

  /** The address that shows a team beside a mentor. @param {string} team @param {string} mentor */
  #address(team, mentor) {
    const there = new URL(location.href);
    for (const name of ["done", "trial"]) there.searchParams.delete(name);
    there.searchParams.set("team", team);
    there.searchParams.set("mentor", mentor);
    return there.href;
  }

  /** @param {EventTarget | null} target @returns {HTMLTableCellElement | null} */
  #cell(target) {
    const cell = target instanceof Element ? target.closest("td") : null;
    return cell && this.#table?.tBodies[0]?.contains(cell) ? cell : null;
  }

  /** @param {HTMLTableCellElement} cell */
  #choose(cell) {
    const team = cell.closest("tr")?.dataset.team;
    const heads = this.#table?.tHead?.rows[0]?.cells;
    const mentor = heads?.[cell.cellIndex]?.dataset.mentor;
    return team && mentor ? this.page.look(this.#address(team, mentor)) : Promise.resolve();
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const cell = this.#cell(event.target);
    if (!cell) return;
    for (const each of this.#rows.flat()) each.tabIndex = each === cell ? 0 : -1;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#chooseAt(cell), LOOK);
  }

  /** Choose, and stay on the cell when the table was drawn anew. @param {HTMLTableCellElement} cell */
  async #chooseAt(cell) {
    const y = this.#rows.findIndex((row) => row.includes(cell));
    const x = this.#rows[y]?.indexOf(cell) ?? -1;
    await this.#choose(cell);
    if (cell.isConnected) return;
    const now = this.#rows[y]?.[x];
    if (now && document.activeElement === document.body) now.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const cell = this.#cell(event.target);
    if (!cell || event.altKey || event.metaKey || event.ctrlKey) return;
    const rows = this.#rows;
    const y = rows.findIndex((row) => row.includes(cell));
    const x = rows[y]?.indexOf(cell) ?? -1;
    /** @type {Record<string, [number, number]>} */
    const to = { ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], Home: [y, 0], End: [y, (rows[y]?.length ?? 0) - 1] };
    const place = to[event.key];
    const next = place ? rows[place[0]]?.[place[1]] : null;
    if (next) {
      event.preventDefault();
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      document.getElementById("chosen")?.focus();
    }
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const cell = this.#cell(event.target);
    if (cell) return cell.focus();
    const map = event.target instanceof Element ? event.target.closest("svg[data-columns]") : null;
    if (map instanceof SVGElement) this.#pick(map, event);
  }

  /** What lies under a click on the drawing of the whole. @param {SVGElement} map @param {MouseEvent} event */
  #pick(map, event) {
    const teams = (map.dataset.columns ?? "").split(" ");
    const mentors = (map.dataset.rows ?? "").split(" ");
    const box = map.getBoundingClientRect();
    const team = teams[Math.floor(((event.clientX - box.left) / box.width) * teams.length)];
    const mentor = mentors[Math.floor((event.clientY - box.top) / Number(map.dataset.row))];
    if (team && mentor) void this.page.look(this.#address(team, mentor));
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-live") || event.defaultPrevented) return;
    event.preventDefault();
    clearTimeout(this.#waiting); // a look that came after would take away what the answer told
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) if (typeof value === "string") fields.append(name, value);
    void this.page.send(form.action, fields);
  }
}

if (document.getElementById("chosen")) new Matching();
