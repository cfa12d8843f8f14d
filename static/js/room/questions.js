/** Dialogs of the room. */

import { part } from "../lib/page.js";

/**
 * Ask a question with two answers. Escape means no.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<boolean>}
 */
export function ask(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

/** The dialog 音と映像: the devices, while one is in the room. */
export class DeviceDialog {
  #dialog;
  #media;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {import("./media.js").Media} media
   * @param {import("./choices.js").Choices} choices
   */
  constructor(dialog, media, choices) {
    this.#dialog = dialog;
    this.#media = media;
    const rows = this.#rows;
    void rows.use(choices, (kind) => void this.#switch(kind, choices.device(kind) ?? ""));
    dialog.addEventListener("close", () => rows.showLevel(null));
  }

  async open() {
    this.#dialog.showModal();
    await this.#rows.list();
    this.#showLevel();
  }

  get #rows() {
    return /** @type {import("./device-rows.js").DeviceRows} */ (part(this.#dialog, "devices"));
  }

  #showLevel() {
    const { localParticipant: me } = this.#media.room;
    const mic = [...me.audioTrackPublications.values()].find(({ track }) => track?.source === "microphone");
    this.#rows.showLevel(mic?.track && !mic.isMuted ? mic.track.mediaStreamTrack : null);
  }

  /**
   * @param {import("./choices.js").Kind} kind
   * @param {string} device
   */
  async #switch(kind, device) {
    const trouble = await this.#media.room.switchActiveDevice(kind, device).then(
      () => null,
      () => /** @type {const} */ ("busy"),
    );
    if (kind !== "audiooutput") this.#rows.trouble(kind, trouble);
    this.#showLevel();
  }
}
