/** A lead writes a team down: the page saves by itself, and what is wrong is opened. */

import { Autosave } from "../lib/autosave.js";

const form = document.getElementById("team");
if (form instanceof HTMLFormElement) new Autosave(form);

/** A field in a folded part is shown when something leads to it. */
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details");
  if (!target || !folded) return;
  folded.open = true;
  target.scrollIntoView({ block: "center" });
  target.focus();
}

addEventListener("hashchange", unfold);
unfold();
document.getElementById("wrong")?.focus();
