/** The organizer's board while it is open: told what happens, it shows the server's newer page. */

import "../elements/countdown.js";
import { parsed, takeOver } from "../lib/fresh.js";
import { maybePart, part, write } from "../lib/page.js";
import { hours } from "../lib/times.js";
import { say, sayCount } from "../lib/words.js";
import { LiveClient } from "../live/client.js";
import { ring } from "./bell.js";
import { inUse, takeOverQueue } from "./queue.js";
import { writeTimes } from "./since.js";
import { oneStop, walk } from "./walk.js";

const LOST_AFTER = 5_000; // ms without a word from the server
const PAUSE = 500; // between two looks at the page

const board = /** @type {HTMLElement} */ (document.querySelector(".board"));
const live = new LiveClient(board.dataset.path ?? "");
live.clock.learn(board.dataset.now ?? "");
let heard = Date.now();
let key = "";
let looking = false;
let again = false;

/** Fetch the page and take over what is new. One look at a time. */
async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  again = false;
  try {
    const answer = await fetch(`${board.dataset.path}${location.search}`); // also after a refusal
    if (answer.ok && !answer.redirected) show(parsed(await answer.text()));
  } catch {
    // the line is down; the next digest may tell more
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  looking = false;
  if (again) await look();
}

/** @param {Document} fresh */
function show(fresh) {
  const calls = fresh.getElementById("board-calls");
  if (calls) takeOverQueue(part(board, "calls"), calls);
  for (const held of document.querySelectorAll("[data-part=hold]")) {
    if (inUse(held)) fresh.getElementById(held.id)?.remove();
  }
  takeOver(fresh);
  prepare();
}

/** What scripts add to the page: ways to say no, one stop for the keyboard, times that go on. */
function prepare() {
  for (const never of document.querySelectorAll("[data-part=never]")) never.removeAttribute("hidden");
  oneStop();
  writeTimes(live.clock.now());
}

/** @param {string} text */
function announce(text) {
  part(document, "said").textContent = text;
}

/** @param {{type: string, data: any, stream: string}} event */
function happened(event) {
  const known = /^(help|mentor|round)\./.test(event.type);
  if (event.type === "help.called") ring();
  if (known) announce(say(event.type, { number: "", name: "", ...event.data }));
  look();
}

function tick() {
  const silence = Date.now() - heard;
  const seconds = Math.floor(silence / 1000);
  const lost = silence > LOST_AFTER;
  board.toggleAttribute("data-lost", lost);
  const age = maybePart(board, "age");
  if (age) write(age, lost ? say("age.lost") : sayCount("age", seconds));
  const time = maybePart(board, "time");
  if (time) write(time, hours(live.clock.now(), board.dataset.zone ?? "UTC"));
  writeTimes(live.clock.now());
}

live.on("digest", (digest) => {
  heard = Date.now();
  board.toggleAttribute("data-live", true);
  if (digest.key !== key) look();
  key = digest.key;
});
live.on("event", (event) => (event.type.endsWith(".told") ? undefined : happened(event)));
live.on("up", () => {
  heard = Date.now();
  look();
});
board.addEventListener("keydown", walk);
board.addEventListener("keydown", (event) => {
  if (event.key === "Escape") shut();
});
board.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-part=never]")) shut();
});
board.addEventListener("over", () => setTimeout(look, 500));

/** Close the tool that is open, and stay at it. */
function shut() {
  const open = board.querySelector("details[open]");
  open?.removeAttribute("open");
  open?.querySelector("summary")?.focus();
}

setInterval(tick, 1000);
prepare();
live.open();
if (location.hash === "#pointed") document.getElementById("pointed")?.focus();
