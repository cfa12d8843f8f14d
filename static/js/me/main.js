/** One's own page: the room with its people, and a look now and then at who has come. */

import "../elements/countdown.js";
import { parsed, takeOver } from "../lib/fresh.js";
import { PlanElement, seatsOf } from "../room/plan.js";

const LOOK = 15_000; // ms
const SEATS = { least: 5, most: 7 };

/** `<yoriai-my-room data-plan>`: the room as it is, with one's own seat. */
class MyRoomElement extends PlanElement {
  connectedCallback() {
    const { people, you, open } = JSON.parse(this.dataset.plan ?? "{}");
    const others = people.map((/** @type {{name: string, role: string}} */ each) => ({ ...each, you: false, speaking: false }));
    const seats = seatsOf([...others, { name: you, role: "", you: true, speaking: false }], SEATS);
    this.setAttribute("size", "large");
    this.show({ seats, lit: open, doorOpen: open });
  }
}

customElements.define("yoriai-my-room", MyRoomElement);

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (answer.ok && !answer.redirected) takeOver(parsed(await answer.text()));
  } catch {
    // the line is down; the next look may tell more
  }
}

setInterval(look, LOOK);
addEventListener("visibilitychange", look);
addEventListener("over", () => setTimeout(look, 500));
