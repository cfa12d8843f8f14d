/** The queue of calls. While somebody points at it or is in it, no row moves under the hand. */

/**
 * Whether the pointer or the keyboard is in an element.
 * @param {Element} element
 */
export function inUse(element) {
  return element.matches(":hover") || element.contains(document.activeElement);
}

/**
 * Take over the rows of a newer queue. In use: rows that are there are written anew in their place,
 * new ones come at the end, and those that are done with fade; else the queue is as the server says.
 * @param {Element} shown
 * @param {Element} fresh
 */
export function takeOverQueue(shown, fresh) {
  if (!inUse(shown)) {
    if (!shown.isEqualNode(fresh)) shown.replaceChildren(...rows(fresh));
    return;
  }
  const coming = new Map([...fresh.children].map((row) => [row.id, row]));
  for (const row of [...shown.children]) {
    const now = coming.get(row.id);
    coming.delete(row.id);
    if (!now) row.setAttribute("data-over", "");
    else if (!row.isEqualNode(now)) renew(row, document.importNode(now, true));
  }
  for (const row of coming.values()) shown.append(document.importNode(row, true));
}

/**
 * The same row, written anew in its place; keyboard focus stays on the same thing in it.
 * @param {Element} row
 * @param {Element} now
 */
function renew(row, now) {
  const at = stops(row).findIndex((each) => each === document.activeElement);
  row.replaceWith(now);
  if (at >= 0) (stops(now)[at] ?? stops(now).at(-1))?.focus();
}

/** What the keyboard can reach in a row. @param {Element} row */
function stops(row) {
  return /** @type {HTMLElement[]} */ ([...row.querySelectorAll("a, button")]);
}

/** @param {Element} fresh */
function rows(fresh) {
  return [...fresh.children].map((row) => document.importNode(row, true));
}
