/** Takes over into the page what a newer copy of it says, without a reload. */

/**
 * Replace every part that is marked `data-fresh` and has an id, where the newer page differs. A
 * part that scripts draw in differs by the value of `data-fresh` alone.
 * @param {Document} fresh
 */
export function takeOver(fresh) {
  for (const shown of document.querySelectorAll("[data-fresh][id]")) {
    const now = fresh.getElementById(shown.id);
    if (now && differs(shown, now)) replace(shown, document.importNode(now, true));
  }
}

/** @param {Element} shown @param {Element} now */
function differs(shown, now) {
  const key = now.getAttribute("data-fresh");
  return key ? key !== shown.getAttribute("data-fresh") : !now.isEqualNode(shown);
}

/** Keyboard focus stays where the same thing is. @param {Element} shown @param {Element} now */
function replace(shown, now) {
  const focused = shown.contains(document.activeElement);
  shown.replaceWith(now);
  const next = focused && now.querySelector("a, button");
  if (next instanceof HTMLElement) next.focus();
}

/** @param {string} html @returns {Document} */
export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}
