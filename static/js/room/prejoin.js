/** Before the room: how one looks and sounds, who is there, and the way in. */

import { maybePart, part } from "../lib/page.js";
import { say, sayCount } from "../lib/words.js";
import { Blocked } from "./blocked.js";
import { seatsOf } from "./plan.js";
import { Preview } from "./preview.js";
import { hours } from "../lib/times.js";
import { opens } from "./timing.js";
import "./device-rows.js";

/** @typedef {import("../live/messages.js").Presence} Presence */
/** @typedef {import("./timing.js").Door} Door */
/**
 * @typedef {import("./timing.js").Hours & {you: string, name: string, canPublish: boolean,
 *   capacity: number | null}} Place
 */

const SEATS_DRAWN = 6; // open ones included
const SEATS_NAMED = 8;

export class Prejoin {
  /** @type {Door} */
  #door = "early";
  #busy = false;
  /** @type {Presence | null} */
  #last = null;
  #micOn = false;
  #cameraOn;
  #root;
  #place;
  #choices;
  #enter;
  #preview;
  #blocked;

  /**
   * @param {HTMLElement} root
   * @param {Place} place
   * @param {import("./choices.js").Choices} choices
   * @param {(wants: {mic: boolean, camera: boolean},
   *   tracks: import("livekit-client").LocalTrack[]) => void} enter
   */
  constructor(root, place, choices, enter) {
    this.#root = root;
    this.#place = place;
    this.#choices = choices;
    this.#cameraOn = choices.cameraOn;
    this.#enter = enter;
    this.#preview = place.canPublish ? this.#makePreview() : null;
    this.#blocked = place.canPublish ? new Blocked(root, () => this.#openDevices()) : null;
    part(root, "enter").addEventListener("click", () => this.#go(!place.canPublish || this.blocked));
    maybePart(root, "listen")?.addEventListener("click", () => this.#go(true));
  }

  /** Whether the browser refuses camera and microphone. */
  get blocked() {
    return this.#preview?.blocked ?? false;
  }

  get shown() {
    return !this.#root.hidden;
  }

  /** Show the page and open the devices. */
  async open() {
    this.#root.hidden = false;
    this.presence(null);
    await this.#openDevices();
  }

  close() {
    this.#preview?.close();
    this.#root.hidden = true;
  }

  /** @param {Door} door */
  door(door) {
    this.#door = door;
    this.#show();
  }

  /** @param {boolean} busy while the seat is being taken */
  busy(busy) {
    this.#busy = busy;
    this.#show();
  }

  /** @param {string} text why the way in is closed; empty for nothing */
  refused(text) {
    part(this.#root, "refused").textContent = text;
  }

  /** @param {Presence | null} presence who is in the room, as far as is known */
  presence(presence) {
    this.#last = presence;
    const all = presence?.people ?? [];
    const others = all.filter(({ participation }) => participation !== this.#place.you);
    const here = (presence?.count ?? 0) - (all.length - others.length); // the list may be cut
    /** @type {import("./plan.js").PlanElement} */ (part(this.#root, "plan")).show({
      seats: this.#seats(others),
      lit: this.#door === "open",
      doorOpen: this.#door === "open",
    });
    part(this.#root, "there").textContent = presence ? thereAre(here) : "";
  }

  /**
   * The others, the open seats, and you last: by the door.
   * @param {import("../live/messages.js").Person[]} others
   */
  #seats(others) {
    const { name, capacity } = this.#place;
    const silent = { you: false, speaking: false };
    const named = others.slice(0, SEATS_NAMED - 1).map((person) => ({ ...person, ...silent }));
    const you = { name, you: true, speaking: false, role: "" };
    const least = Math.min(capacity ?? SEATS_DRAWN, SEATS_DRAWN);
    const seats = seatsOf([...named, you], { least, most: SEATS_NAMED });
    return [...seats.toSpliced(named.length, 1), ...seats.slice(named.length, named.length + 1)];
  }

  #makePreview() {
    const rows = /** @type {import("./device-rows.js").DeviceRows} */ (part(this.#root, "devices"));
    const video = /** @type {HTMLVideoElement} */ (part(this.#root, "preview"));
    part(this.#root, "camera-switch").addEventListener("click", () => this.#turnCamera());
    part(this.#root, "mic-switch").addEventListener("click", () => this.#turnMic());
    return new Preview(this.#choices, video, rows);
  }

  async #turnCamera() {
    this.#cameraOn = !this.#cameraOn;
    this.#choices.cameraOn = this.#cameraOn;
    await this.#preview?.turnCamera(this.#cameraOn);
    this.#show();
  }

  #turnMic() {
    this.#micOn = !this.#micOn;
    this.#show();
  }

  async #openDevices() {
    await this.#preview?.open({ camera: this.#cameraOn });
    this.#show();
  }

  /** @param {boolean} listenOnly */
  #go(listenOnly) {
    if (this.#busy || this.#door !== "open") return;
    const camera = !listenOnly && this.#cameraOn && this.#preview?.camera.trouble === null;
    const mic = !listenOnly && this.#micOn && this.#preview?.mic.trouble === null;
    this.refused("");
    this.#enter({ mic, camera }, this.#preview?.handOver({ mic, camera }) ?? []);
  }

  #show() {
    this.#switches();
    this.#blocked?.show(this.blocked);
    this.#root.dataset.door = this.#door;
    this.presence(this.#last);
    part(this.#root, "door-tag").textContent = say(`door.${this.#door}`);
    part(this.#root, "door-time").textContent = this.#doorTime();
    const button = /** @type {HTMLButtonElement} */ (part(this.#root, "enter"));
    button.disabled = this.#busy || this.#door !== "open";
    this.#root.dataset.blocked = String(this.blocked);
    part(button, "enter-word").textContent = this.#enterWord();
    const listen = maybePart(this.#root, "listen");
    if (listen) listen.hidden = this.blocked || this.#door !== "open";
  }

  #doorTime() {
    const { endsAt, zone } = this.#place;
    if (this.#door === "early") return "";
    return say("time.until", { time: hours(endsAt, zone) });
  }

  #enterWord() {
    if (this.#busy) return say("enter.busy");
    if (this.#door === "early") return say("enter.early", { time: opens(this.#place) });
    if (this.#door === "closed") return say("enter.closed");
    return say(this.blocked || !this.#place.canPublish ? "enter.listen" : "enter");
  }

  #switches() {
    if (!this.#preview) return;
    const camera = this.#cameraOn && this.#preview.camera.trouble === null;
    const mic = this.#micOn && this.#preview.mic.trouble === null;
    this.#switch("camera", camera, this.#preview.camera.trouble !== null);
    this.#switch("mic", mic, this.#preview.mic.trouble !== null);
    part(this.#root, "no-preview").hidden = this.#preview.camera.track !== null;
  }

  /**
   * @param {"camera" | "mic"} what
   * @param {boolean} on
   * @param {boolean} dead
   */
  #switch(what, on, dead) {
    const tile = /** @type {HTMLButtonElement} */ (part(this.#root, `${what}-switch`));
    tile.setAttribute("aria-pressed", String(on));
    tile.disabled = dead;
    part(tile, "word").textContent = say(`${what}.${on ? "on" : "off"}`);
    const meaning = dead ? "dead" : on ? "on.meaning" : "off.meaning";
    part(tile, "meaning").textContent = say(`${what}.${meaning}`);
  }
}

/** @param {number} here */
function thereAre(here) {
  return here ? sayCount("there", here) : say("there.none");
}
