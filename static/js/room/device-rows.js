/** `<yoriai-devices>`: the three rows that choose camera, microphone and speaker. */

import { part } from "../lib/page.js";
import { say } from "../lib/words.js";
import { KINDS } from "./choices.js";
import { playTone } from "./tone.js";
import "./level.js";

/** @typedef {import("./choices.js").Kind} Kind */
/** @typedef {import("./capture.js").Trouble} Trouble */

export class DeviceRows extends HTMLElement {
  /** @type {import("./choices.js").Choices | null} */
  #choices = null;
  /** @type {(kind: Kind) => void} */
  #changed = () => {};
  #relist = () => void this.list();

  connectedCallback() {
    navigator.mediaDevices?.addEventListener("devicechange", this.#relist);
    part(this, "test-sound").addEventListener("click", this.#play);
    this.addEventListener("change", this.#choose);
  }

  disconnectedCallback() {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#relist);
    part(this, "test-sound").removeEventListener("click", this.#play);
    this.removeEventListener("change", this.#choose);
  }

  /**
   * @param {import("./choices.js").Choices} choices
   * @param {(kind: Kind) => void} changed called after a choice
   */
  use(choices, changed) {
    this.#choices = choices;
    this.#changed = changed;
    return this.list();
  }

  /** Fill the lists with what is plugged in now. */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    for (const kind of KINDS) this.#fill(kind, all.filter((device) => device.kind === kind));
  }

  /**
   * Say what is wrong with a device, or that nothing is.
   * @param {"videoinput" | "audioinput"} kind
   * @param {Trouble | null} trouble
   */
  trouble(kind, trouble) {
    const row = this.#row(kind);
    row.toggleAttribute("data-trouble", trouble !== null);
    const note = part(row, "note");
    note.textContent = trouble ? say(`device.${trouble}`) : (note.dataset.fine ?? "");
  }

  /** @param {MediaStreamTrack | null} track */
  showLevel(track) {
    /** @type {import("./level.js").Level} */ (part(this, "level")).show(track);
  }

  /**
   * @param {Kind} kind
   * @param {MediaDeviceInfo[]} devices
   */
  #fill(kind, devices) {
    const row = this.#row(kind);
    const select = /** @type {HTMLSelectElement} */ (part(row, "select"));
    const named = devices.filter((device) => device.deviceId !== "");
    const options = named.map(optionOf);
    const chosen = this.#choices?.device(kind);
    if (kind === "audiooutput" && !named.length) {
      options.push(new Option(say("device.default"), "")); // the browser lets no page choose
    }
    select.replaceChildren(...options);
    select.disabled = options.length === 0;
    if (named.some((device) => device.deviceId === chosen)) select.value = chosen ?? "";
    if (!options.length) select.append(new Option(say("device.none"), ""));
  }

  /** @param {Kind} kind */
  #row(kind) {
    const row = /** @type {HTMLElement | null} */ (this.querySelector(`[data-kind="${kind}"]`));
    if (!row) throw new Error(`no row for ${kind}`);
    return row;
  }

  /** @param {Event} event */
  #choose = (event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (select.closest("[data-kind]"));
    const kind = /** @type {Kind | undefined} */ (row?.dataset.kind);
    if (!kind) return;
    this.#choices?.choose(kind, select.value);
    this.#changed(kind);
  };

  #play = async () => {
    const note = part(this.#row("audiooutput"), "note");
    note.textContent = say("sound.playing");
    await playTone(this.#choices?.device("audiooutput")).then(
      () => (note.textContent = note.dataset.fine ?? ""),
      () => (note.textContent = say("sound.failed")),
    );
  };
}

/**
 * @param {MediaDeviceInfo} device
 * @param {number} i
 */
function optionOf(device, i) {
  return new Option(device.label || say("device.number", { n: i + 1 }), device.deviceId);
}

customElements.define("yoriai-devices", DeviceRows);
