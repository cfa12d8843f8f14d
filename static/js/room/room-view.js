/** The room on the screen: draws what the media engine and the live channel know. */

import { hide, part, write } from "../lib/page.js";
import { say, sayCount } from "../lib/words.js";
import { Announcer } from "./announcer.js";
import { PeopleList } from "./people-list.js";
import { seated, shared } from "./people.js";
import { seatsOf, spread } from "./plan.js";
import { Share } from "./share.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("../live/messages.js").Person} Person */

const PHONE = matchMedia("(max-width: 719px)");
const SEATS_DRAWN = 8;

export class RoomView {
  /** @type {Map<string, Person>} */
  #present = new Map();
  #faces = false;
  #planned = false;
  #root;
  #media;
  #panel;
  #capacity;
  #tiles;
  #share;
  #people;
  #announcer;

  /**
   * @param {HTMLElement} root
   * @param {import("./media.js").Media} media
   * @param {import("./panel.js").Panel} panel
   * @param {number | null} capacity
   */
  constructor(root, media, panel, capacity) {
    this.#root = root;
    this.#media = media;
    this.#panel = panel;
    this.#capacity = capacity;
    this.#tiles = new Tiles(part(root, "tiles"));
    this.#share = new Share(part(root, "share"), {
      large: () => void this.#share.enlarge(),
      faces: () => this.#turn(),
    });
    this.#people = new PeopleList(part(root, "people-list"));
    this.#announcer = new Announcer(part(root, "announcements"));
    media.on("change", () => this.draw());
    media.on("state", (state) => this.#stateOf(state));
    PHONE.addEventListener("change", () => this.draw());
  }

  /** @param {import("../live/messages.js").Presence} presence */
  presence({ people }) {
    this.#present = new Map(people.map((person) => [person.participation, person]));
    this.draw();
  }

  /** @param {import("./media.js").MediaState} state */
  #stateOf(state) {
    this.#root.classList.toggle("frozen", state === "mending");
    if (state === "mending") {
      this.#tiles.freeze(); // now: a moment later the pictures are gone
      this.#share.freeze();
    }
    this.draw();
  }

  /** Draw once for all that happens before the next frame. */
  draw() {
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    if (this.#media.state === "away") this.#show([], []);
    if (this.#media.state !== "here") return; // the last pictures stay until others come
    this.#show(seated(this.#media.room, this.#present), shared(this.#media.room));
  }

  /**
   * @param {import("./people.js").Seated[]} people
   * @param {import("./people.js").Shared[]} shares
   */
  #show(people, shares) {
    const view = { sharing: shares.length > 0, phone: PHONE.matches, faces: this.#faces };
    this.#share.show(shares);
    this.#more(this.#tiles.show(people, view));
    this.#root.dataset.sharing = String(view.sharing && !(this.#faces && !view.phone));
    this.#hearth(people);
    this.#listed(people);
  }

  /** @param {import("./people.js").Seated[]} people */
  #listed(people) {
    this.#people.show(people);
    this.#panel.countPeople(people.length);
    this.#announcer.here(people);
    this.#root.dataset.people = String(people.length);
  }

  /**
   * The middle of the room and the plan in the header: who sits, which seats are open.
   * @param {import("./people.js").Seated[]} people
   */
  #hearth(people) {
    const most = Math.min(this.#capacity ?? SEATS_DRAWN, SEATS_DRAWN);
    const seats = seatsOf(people, { least: most, most: SEATS_DRAWN });
    const plan = { seats: spread(seats), lit: true, doorOpen: true };
    for (const name of ["head-plan", "hearth-plan"]) {
      /** @type {import("./plan.js").PlanElement} */ (part(this.#root, name)).show(plan);
    }
    const open = this.#capacity === null ? 0 : Math.max(0, this.#capacity - people.length);
    const few = people.length <= 1 ? say("alone") : "";
    write(part(this.#root, "hearth-words"), few || (open ? sayCount("seats.open", open) : ""));
  }

  /** @param {number} hidden */
  #more(hidden) {
    const more = part(this.#root, "more");
    hide(more, hidden === 0);
    if (hidden) write(more, sayCount("more.people", hidden));
  }

  /** Faces large although a screen is shown, or the screen again. */
  #turn() {
    this.#faces = !this.#faces;
    this.#root.dataset.faces = String(this.#faces);
    part(this.#root, "faces-word").textContent = say(this.#faces ? "share.screen_large" : "share.faces_large");
    this.draw();
  }
}
