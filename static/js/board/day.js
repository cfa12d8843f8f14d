/** A mentor's day: a look now and then at who waits; earlier notes are not read anew. */

import "../elements/countdown.js";
import { parsed, takeOver } from "../lib/fresh.js";

const LOOK = 10_000; // ms

async function look() {
  if (document.hidden || document.querySelector(".day-late[open]")) return;
  const address = new URL(location.href);
  address.searchParams.set("look", "");
  try {
    const answer = await fetch(address);
    if (answer.ok && !answer.redirected) show(parsed(await answer.text()));
  } catch {
    // the line is down; the next look may tell more
  }
}

/** @param {Document} fresh */
function show(fresh) {
  const panel = document.getElementById("day-panel")?.dataset.fresh;
  if (panel !== fresh.getElementById("day-panel")?.dataset.fresh) location.reload(); // another visit
  else takeOver(fresh);
}

setInterval(look, LOOK);
addEventListener("visibilitychange", look);
addEventListener("over", () => setTimeout(look, 500));
