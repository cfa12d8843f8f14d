/**
 * The messages of the live channel as the page sees them (docs/protocol.md).
 *
 * @typedef {{participation: string, name: string, role: string, mic: boolean,
 *   camera: boolean}} Person
 * @typedef {{message: string, author: string, name: string, role: string, body: string,
 *   at: string, deleted: boolean}} ChatLine
 * @typedef {{type: "page.welcome", version: number, server_now: string, you: string,
 *   beat_seconds: number}} Welcome
 * @typedef {{number: number, starts_at: string, ends_at: string}} Slot
 * @typedef {{round: string, number: number,
 *   state: "planned" | "open" | "returning" | "closed", form: string, starts_at: string,
 *   ends_at: string, slots: Slot[]}} Round
 * @typedef {{room: string, kind: "main" | "team" | "group" | "backstage",
 *   number: number | null, name: string}} Door
 * @typedef {{type: "room.snapshot" | "session.snapshot" | "stream.snapshot", stream: string,
 *   seq: number, server_now: string, room?: string, chat?: ChatLine[], round?: Round | null,
 *   door?: Door}} Snapshot
 * @typedef {{type: string, stream: string, seq: number, at: string, actor: string | null,
 *   server_now: string, data: any}} Logged
 * @typedef {{type: "presence.digest", room: string, server_now: string, people: Person[],
 *   count: number}} Presence
 * @typedef {{type: "board.digest", round: string, server_now: string, key: string,
 *   needs: number, known: boolean}} BoardDigest
 * @typedef {{type: "reply", id: string, ok: boolean, result: Record<string, any>,
 *   error: {code: string, text: string} | null}} Reply
 * @typedef {{room: string, mic: boolean, camera: boolean, returning: boolean}} Seat
 * @typedef {{url: string, token: string, room: string, identity: string}} Ticket
 * @typedef {{mic: boolean, camera: boolean, talk_ms: number,
 *   quality: "good" | "fair" | "poor" | "lost" | "unknown",
 *   transport: "udp" | "tcp" | "relay" | "none"}} Report
 */

export const VERSION = 1;

/** A request that the server refused, with its reason in the person's language. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} text
   */
  constructor(code, text) {
    super(text);
    this.name = "Refused";
    this.code = code;
  }
}
