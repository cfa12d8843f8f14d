/** The page of a room: puts the parts together. */

import { setLogLevel } from "../lib/livekit.js";
import { data, part } from "../lib/page.js";
import { say } from "../lib/words.js";
import { LiveClient } from "../live/client.js";
import { Banners } from "./banners.js";
import { Choices } from "./choices.js";
import { Chooser } from "./chooser.js";
import { Controls } from "./controls.js";
import { Panel } from "./panel.js";
import { Passage } from "./passage.js";
import { Prejoin } from "./prejoin.js";
import { DeviceDialog, ask } from "./questions.js";
import { Reporter } from "./report.js";
import { RoomView } from "./room-view.js";
import { Help } from "./help.js";
import { NotesView } from "./notes-view.js";
import { RoundClock } from "./round.js";
import { RoundView } from "./round-view.js";
import { Sounds } from "./sounds.js";
import { Countdown, watchDoor } from "./timing.js";
import { Title } from "./title.js";
import { Toast } from "./toast.js";
import { Transcript } from "./transcript.js";
import "./chat.js";

const LOGIN_ENDED = 4401; // the server sends the reloaded page to log in

/** What is shown in a phase; before and at the door it is the pre-join. */
const STAGES = {
  inside: "room",
  elsewhere: "elsewhere",
  removed: "removed",
  closed: "closed",
  left: "left",
};

setLogLevel("warn");
start(data("room-data"), document.body);

/**
 * @param {any} place what the server wrote into the page
 * @param {HTMLElement} root
 */
function start(place, root) {
  const live = new LiveClient(place.path);
  const choices = new Choices();
  const passage = new Passage(live, place, choices, () => ask(dialog(root, "ask-here")));
  live.clock.learn(place.serverNow);
  const prejoin = new Prejoin(part(root, "prejoin"), place, choices, (wants, tracks) =>
    void passage.enter(wants, tracks),
  );
  furnish(root, place, live, passage, choices);
  phases(root, passage, prejoin);
  live.on("presence", (presence) => prejoin.presence(presence));
  live.on("closed", ({ code }) => (code === LOGIN_ENDED ? location.reload() : passage.shut()));
  watchDoor(place, live.clock, (door) => prejoin.door(door));
  live.open();
  if (passage.before) void passage.comeBack();
  else void prejoin.open();
}

/**
 * What stands in the room.
 * @param {HTMLElement} root
 * @param {any} place
 * @param {LiveClient} live
 * @param {Passage} passage
 * @param {Choices} choices
 */
function furnish(root, place, live, passage, choices) {
  const { media } = passage;
  const room = part(root, "room");
  const title = new Title(passage);
  const panel = new Panel(part(room, "panel"), (unread) => title.show(unread));
  const view = new RoomView(room, media, panel, place.capacity);
  const toast = new Toast(part(root, "toast"));
  passage.on("phase", (phase) => phase === "inside" || toast.settle());
  const reporter = new Reporter(media, (report) => {
    live.report("seat.report", report);
    part(room, "quality").textContent = say(`quality.${report.quality}`);
    part(room, "quality").dataset.quality = report.quality;
  });
  chat(room, place, live, panel, toast);
  new Controls(part(room, "controls"), media.mine);
  const round = new RoundClock(live, place);
  round.on("change", () => panel.inRound(round.apart));
  const notes = new NotesView(part(room, "notes"), live, round, place);
  const chooser = new Chooser(part(room, "choose"), place.choosePath, toast);
  new RoundView(room, round, place, live.clock, toast, ({ own, rooms }) => {
    notes.visits(own);
    chooser.show(rooms);
  });
  const dialogs = { call: dialog(root, "help-dialog"), over: dialog(root, "help-over-dialog") };
  new Help(part(room, "help-button"), dialogs, place.helpPath, live, round, toast);
  round.on("over", (ticket) => passage.returnBy(ticket));
  new Countdown(room, place, live.clock, round);
  new Banners(part(root, "banners"), live, media);
  new Sounds(media.room, part(room, "sounds"));
  live.on("presence", (presence) => view.presence(presence));
  if (place.canPublish) {
    const devices = new DeviceDialog(dialog(root, "device-dialog"), media, choices);
    part(room, "devices-button").addEventListener("click", () => void devices.open());
  }
  part(room, "invite").addEventListener("click", () => void invite(place, toast));
  for (const button of room.querySelectorAll("[data-leave]")) {
    button.addEventListener("click", () => void passage.leave());
  }
  addEventListener("pagehide", () => live.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  void reporter.send();
}

/**
 * @param {HTMLElement} room
 * @param {any} place
 * @param {LiveClient} live
 * @param {Panel} panel
 * @param {Toast} toast
 */
function chat(room, place, live, panel, toast) {
  const transcript = new Transcript(live, place.path);
  const found = part(room, "chat").querySelector("yoriai-chat");
  const element = /** @type {import("./chat.js").Chat} */ (found);
  element.use(transcript, place, (message) => {
    transcript.hide(message, true);
    toast.show(say("chat.taken_back"), {
      undo: () => transcript.hide(message, false),
      kept: () => void transcript.remove(message),
    });
  });
  transcript.on("heard", (line) => {
    if (line.author !== place.you) panel.heard();
  });
  transcript.resume();
}

/**
 * What is shown in each phase.
 * @param {HTMLElement} root
 * @param {Passage} passage
 * @param {Prejoin} prejoin
 */
function phases(root, passage, prejoin) {
  passage.on("phase", (phase) => {
    root.dataset.phase = phase;
    prejoin.busy(phase === "entering");
    part(root, "returning").hidden = phase !== "entering" || prejoin.shown;
    for (const [name, stage] of Object.entries(STAGES)) part(root, stage).hidden = name !== phase;
    if (phase === "door") void prejoin.open();
    else if (phase !== "entering") prejoin.close();
    if (phase !== "door" && phase !== "entering") focusIn(part(root, STAGES[phase]));
  });
  passage.on("refused", ({ message }) => prejoin.refused(message));
  for (const button of root.querySelectorAll("[data-enter-again]")) {
    button.addEventListener("click", () => {
      void passage.enter({ mic: false, camera: passage.media.mine.wants.camera });
    });
  }
}

/** @param {HTMLElement} stage */
function focusIn(stage) {
  /** @type {HTMLElement | null} */ (stage.querySelector("[data-first]"))?.focus();
}

/**
 * @param {any} place
 * @param {Toast} toast
 */
async function invite(place, toast) {
  const address = new URL(place.path, location.origin).href;
  await navigator.clipboard.writeText(address).then(
    () => toast.show(say("invite.copied")),
    () => toast.show(say("invite.by_hand", { address })),
  );
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 */
function dialog(root, name) {
  return /** @type {HTMLDialogElement} */ (part(root, name));
}
