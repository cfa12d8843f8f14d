/** The time left, and when the door opens: always by the server's clock. */

import { part, write } from "../lib/page.js";
import { hours, remaining } from "../lib/times.js";
import { say } from "../lib/words.js";

const EACH_MS = 250;
const STAYS_OPEN_MS = 15 * 60_000; // the door, after the end; the server has the last word

/**
 * @typedef {{doorsAt: string, startsAt: string, endsAt: string, zone: string,
 *   canModerate: boolean}} Hours
 * @typedef {"early" | "open" | "closed"} Door
 */

/**
 * @param {Hours} day
 * @param {number} now milliseconds
 * @returns {Door}
 */
export function doorAt({ doorsAt, endsAt, canModerate }, now) {
  if (now < Date.parse(doorsAt) && !canModerate) return "early";
  return now < Date.parse(endsAt) + STAYS_OPEN_MS ? "open" : "closed";
}

/**
 * Call with the door's state now and whenever it changes.
 * @param {Hours} day
 * @param {import("../lib/clock.js").ServerClock} clock
 * @param {(door: Door) => void} changed
 */
export function watchDoor(day, clock, changed) {
  let last = doorAt(day, clock.now());
  changed(last);
  setInterval(() => {
    const door = doorAt(day, clock.now());
    if (door !== last) changed((last = door));
  }, EACH_MS);
}

/** The header's countdown: to the start, then to the end, then the word that it is over. */
export class Countdown {
  #root;
  #day;
  #clock;
  #round;

  /**
   * @param {HTMLElement} root
   * @param {Hours} day
   * @param {import("../lib/clock.js").ServerClock} clock
   * @param {import("./round.js").RoundClock} round
   */
  constructor(root, day, clock, round) {
    this.#root = root;
    this.#day = day;
    this.#clock = clock;
    this.#round = round;
    setInterval(() => this.#show(), EACH_MS);
    this.#show();
  }

  #show() {
    const [starts, ends] = this.#span();
    write(part(this.#root, "until"), say("time.until", { time: hours(ends, this.#day.zone) }));
    const now = this.#clock.now();
    const [word, left] =
      now < starts ? ["time.to_start", remaining(starts - now)]
      : now < ends ? ["time.left", remaining(ends - now)]
      : ["time.over", ""];
    write(part(this.#root, "time-word"), say(word));
    write(part(this.#root, "time-left"), left);
    part(this.#root, "progress").style.setProperty("--passed", share(now, starts, ends).toFixed(3));
  }

  /**
   * From when until when it counts: the round that runs, else the session.
   * @returns {[number, number]}
   */
  #span() {
    const { running, facts } = this.#round;
    if (running && facts) return [Date.parse(facts.starts_at), Date.parse(facts.ends_at)];
    return [Date.parse(this.#day.startsAt), Date.parse(this.#day.endsAt)];
  }
}

/**
 * @param {number} now
 * @param {number} starts
 * @param {number} ends
 */
function share(now, starts, ends) {
  return Math.min(1, Math.max(0, (now - starts) / (ends - starts)));
}

/**
 * When the door opens, in the event's zone.
 * @param {Hours} day
 */
export function opens(day) {
  return hours(day.doorsAt, day.zone);
}
