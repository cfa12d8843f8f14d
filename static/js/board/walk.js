/** The rooms of the plan as one stop of the keyboard: arrows go from room to room. */

const SAME_ROW = 4; // pixels

/** @returns {HTMLElement[]} */
function doors() {
  return [...document.querySelectorAll("[data-part=room]")].filter((door) => door instanceof HTMLElement);
}

/** One room can be reached by Tab: the one that was last in use, or the first. */
export function oneStop() {
  const all = doors();
  const active = all.find((door) => door === document.activeElement);
  const chosen = active ?? all.find((door) => door.hasAttribute("aria-current")) ?? all[0];
  for (const door of all) door.tabIndex = door === chosen ? 0 : -1;
}

/** @param {KeyboardEvent} event */
export function walk(event) {
  const door = event.target instanceof Element && event.target.closest("[data-part=room]");
  if (!door) return;
  const next = neighbour(/** @type {HTMLElement} */ (door), event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
  oneStop();
}

/**
 * @param {HTMLElement} door
 * @param {string} key
 */
function neighbour(door, key) {
  const all = doors();
  const at = all.indexOf(door);
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  const { top, left } = door.getBoundingClientRect();
  const beyond = all.filter((each) => {
    const far = each.getBoundingClientRect().top - top;
    return key === "ArrowDown" ? far > SAME_ROW : far < -SAME_ROW;
  });
  const near = (/** @type {HTMLElement} */ each) => {
    const box = each.getBoundingClientRect();
    return Math.abs(box.top - top) * 1000 + Math.abs(box.left - left);
  };
  return beyond.sort((a, b) => near(a) - near(b))[0];
}
