/** Things that happen to an object, told to who listens; each kind has its own detail. */

/**
 * @template {Record<string, any>} Kinds
 */
export class Emitter {
  #target = new EventTarget();

  /**
   * Listen. Returns how to stop.
   * @template {keyof Kinds & string} K
   * @param {K} kind
   * @param {(detail: Kinds[K]) => void} listener
   * @returns {() => void}
   */
  on(kind, listener) {
    const call = (/** @type {Event} */ event) =>
      listener(/** @type {CustomEvent<Kinds[K]>} */ (event).detail);
    this.#target.addEventListener(kind, call);
    return () => this.#target.removeEventListener(kind, call);
  }

  /**
   * Tell.
   * @template {keyof Kinds & string} K
   * @param {K} kind
   * @param {Kinds[K]} [detail]
   */
  tell(kind, detail) {
    this.#target.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
