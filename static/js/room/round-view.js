/** What a round shows in the room: whose room it is, the time left, the mentor, what is announced. */

import { hide, part, write } from "../lib/page.js";
import { hours, remaining } from "../lib/times.js";
import { say, sayCount } from "../lib/words.js";
import { ring } from "./ring.js";

const EACH_MS = 250;
const TRY_AGAIN_MS = 4000;

/**
 * @typedef {{assignment: string, slot: number, starts_at: string, ends_at: string,
 *   team: {number: number, name: string}, room: string | null,
 *   mentor: {participation: string, name: string}, arrives_at: string | null,
 *   on_the_way: boolean}} Visit
 * @typedef {{here: Visit[], own: Visit[], rooms: import("./chooser.js").Choice[]}} Visits
 */

export class RoundView {
  /** @type {Visits} */
  #visits = { here: [], own: [], rooms: [] };
  #asked = 0;
  #ring = "";
  #root;
  #round;
  #place;
  #clock;
  #toast;
  #onVisits;
  #name;
  #under;

  /**
   * @param {HTMLElement} root
   * @param {import("./round.js").RoundClock} round
   * @param {{visitsPath: string, zone: string}} place
   * @param {import("../lib/clock.js").ServerClock} clock
   * @param {import("./toast.js").Toast} toast
   * @param {(visits: Visits) => void} onVisits
   */
  constructor(root, round, place, clock, toast, onVisits) {
    this.#root = root;
    this.#round = round;
    this.#place = place;
    this.#clock = clock;
    this.#toast = toast;
    this.#onVisits = onVisits;
    this.#name = part(root, "room-name").textContent ?? "";
    this.#under = part(root, "room-under").textContent ?? "";
    round.on("change", () => this.#changed());
    round.on("opened", () => this.#say(say("round.opened", { door: this.#door() })));
    round.on("closed", () => this.#say(say("round.closed")));
    round.on("warned", (seconds) => this.#say(timeLeft(seconds)));
    round.on("told", ({ text, name }) => this.#told(text, name));
    part(root, "told-dismiss").addEventListener("click", () => (part(root, "told").hidden = true));
    setInterval(() => this.#tick(), EACH_MS);
  }

  #changed() {
    const { apart, facts } = this.#round;
    this.#root.dataset.apart = String(apart);
    part(this.#root, "room-name").textContent = apart ? this.#door() : this.#name;
    part(this.#root, "room-under").textContent =
      this.#round.running && facts ? say("round.number", { n: facts.number }) : this.#under;
    part(this.#root, "returning-banner").hidden = facts?.state !== "returning" || !apart;
    void this.#learn();
    this.#tick();
  }

  /** Ask for the visits of this room, and one's own; the answer to the last question counts. */
  async #learn() {
    const asked = ++this.#asked;
    if (!this.#round.running) return this.#know({ here: [], own: [], rooms: [] });
    try {
      const response = await fetch(this.#place.visitsPath, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`visits: ${response.status}`);
      const found = await response.json();
      if (asked === this.#asked) this.#know(found);
    } catch {
      setTimeout(() => asked === this.#asked && void this.#learn(), TRY_AGAIN_MS);
    }
  }

  /** @param {Visits} visits */
  #know(visits) {
    this.#visits = visits;
    this.#onVisits(visits);
    this.#tick();
  }

  #tick() {
    const { apart, left, facts } = this.#round;
    const place = part(this.#root, "ring");
    hide(place, !apart);
    const line = part(this.#root, "mentor-line"); // on phones, which have no hearth
    hide(line, !apart);
    if (!apart || !facts) return;
    write(part(place, "ring-left"), remaining(left));
    write(part(place, "ring-back"), say("ring.back", { time: this.#hour(facts.ends_at) }));
    const [mentor, next] = [this.#mentor(), this.#next()];
    write(part(place, "ring-mentor"), mentor);
    write(part(this.#root, "next-visit"), next);
    write(line, next || mentor);
    const seconds = Math.max(0, Math.ceil(left / 1000));
    write(part(this.#root, "returning-detail"), sayCount("round.returning", seconds));
    const minutes = Math.round((Date.parse(facts.ends_at) - Date.parse(facts.starts_at)) / 60_000);
    const burning = Math.ceil(Math.max(0, left) / 60_000);
    const drawn = `${minutes}/${burning}`;
    if (drawn !== this.#ring) part(place, "ring-drawing").replaceChildren(ring(minutes, burning));
    this.#ring = drawn;
  }

  /** The sentence with all three parts: state, time, name. */
  #mentor() {
    const { here } = this.#visits;
    const now = this.#clock.now();
    const on = here.find((v) => Date.parse(v.starts_at) <= now && now < Date.parse(v.ends_at));
    if (on) return this.#during(on);
    const next = here.find((v) => Date.parse(v.starts_at) > now);
    if (next?.on_the_way) return say("mentor.way", { name: next.mentor.name });
    if (next) return say("mentor.next", { time: this.#hour(next.starts_at), name: next.mentor.name });
    return here.length ? say("mentor.done") : "";
  }

  /** @param {Visit} visit */
  #during(visit) {
    const late = visit.arrives_at && Date.parse(visit.arrives_at) > this.#clock.now();
    if (late) return say("mentor.late", { time: this.#hour(String(visit.arrives_at)) });
    return say("mentor.here", { name: visit.mentor.name });
  }

  /** Where a mentor goes after this. */
  #next() {
    const now = this.#clock.now();
    const next = this.#visits.own.find((visit) => Date.parse(visit.starts_at) > now);
    if (!next) return "";
    const { number: n, name } = next.team;
    return say("own.next", { n, name, time: this.#hour(next.starts_at) });
  }

  #door() {
    const { door } = this.#round;
    if (!door || door.kind === "main") return say("door.main");
    if (door.kind === "team") return say("door.team", { n: door.number ?? "", name: door.name });
    return say("door.group", { n: door.number ?? "", name: door.name });
  }

  /** @param {string} text */
  #say(text) {
    this.#toast.show(text);
    part(this.#root, "round-announcements").textContent = text;
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  #told(text, name) {
    const banner = part(this.#root, "told");
    part(banner, "told-who").textContent = say("told.who", { name });
    part(banner, "told-text").textContent = text;
    banner.hidden = false;
  }

  /** @param {string} moment */
  #hour(moment) {
    return hours(moment, this.#place.zone);
  }
}

/** @param {number} seconds */
function timeLeft(seconds) {
  if (seconds >= 60) return sayCount("warn.minutes", Math.round(seconds / 60));
  return sayCount("warn.seconds", seconds);
}
