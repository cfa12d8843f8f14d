"""A room of the organizer's board: who sits there, who is due, and what it needs a hand for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from server.mentoring.models import Slot
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span
from server.rooms.models import SeatState
from server.rounds.board import health
from server.rounds.board import reports as board_reports
from server.rounds.board.health import Due, Hand, Limits, Need
from server.rounds.board.read import Facts, Somebody, Spot, Visit
from server.rounds.board.reports import Reports
from server.rounds.models import HelpCall

Cushion = Literal["here", "missing", "late", "coming", "free"]
Standing = Literal["visited", "next", "done", "alone"]  # alone: no visit in this round
MOST_TALK: Final = 60_000  # one person who speaks all the time


class Sitting(NamedTuple):
    """A seat of a room, and whether its person is in it."""

    who: Somebody
    here: bool


class Coming(NamedTuple):
    """A visit as it is announced."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNow:
    """A room of the board. `due` is the visit of the slot that runs, `mentor` its mentor's name.

    `seen_before`: the mentor was there in this slot. `talk`: voice by minute, from 0 to 1.
    """

    spot: Spot
    seats: list[Sitting]
    guests: list[Somebody]
    visit: Visit | None
    due: Due | None
    mentor: str
    next: Coming | None
    visited_by: str
    call: HelpCall | None
    hands: list[Hand]
    talk: list[float]
    weak: int
    stale: bool

    @property
    def here(self) -> list[Somebody]:
        """Who is in the room, the mentor aside."""
        return [seat.who for seat in self.seats if seat.here] + self.guests

    @property
    def need(self) -> Need | None:
        """The most urgent need."""
        return self.hands[0].need if self.hands else None

    @property
    def cushion(self) -> Cushion:
        """The mentor's cushion: three kinds must never be confused."""
        needs = {hand.need for hand in self.hands}
        if self.due is None:
            return "free"
        if self.due.is_here:
            return "here"
        if Need.MISSING in needs:
            return "missing"
        if Need.LATE in needs:
            return "late"
        return "coming" if self.due.on_the_way else "free"

    @property
    def standing(self) -> Standing:
        """What goes on in the room as far as visits go."""
        if self.due is not None:
            return "visited"
        if self.next is not None:
            return "next"
        return "done" if self.visited_by else "alone"


def room_now(
    spot: Spot,
    facts: Facts,
    reports: Reports,
    here: list[SeatState],
    slot: Slot | None,
    now: datetime,
) -> RoomNow:
    """A room as it is now; `here` are the seats held in it, `slot` is the one that runs."""
    people = {seat.participation_id for seat in here}
    visits = facts.visits.get(spot.team_id, []) if spot.team_id else []
    visit = next((v for v in visits if slot is not None and v.slot.id == slot.id), None)
    due = _due(visit, facts, people, spot.room_id) if visit else None
    seats = [Sitting(each, each.participation_id in people) for each in spot.people]
    own = {each.participation_id for each in spot.people} | ({visit.person} if visit else set())
    lines = reports.lines.values() if spot.room_id else ()
    fresh = now - health.STALE_AFTER
    weak = board_reports.weak_in(lines, spot.room_id, since=fresh) if spot.room_id else []
    call = next((c for c in facts.calls if c.room_id == spot.room_id and not c.closed_at), None)
    found = _health(spot, facts, reports, due, len(people), weak, call)
    running = facts.round_.state in timetable.RUNNING
    limits = Limits(facts.round_.missing_after, facts.round_.silent_after)
    talk = reports.talk.get(spot.room_id, []) if spot.room_id else []
    return RoomNow(
        spot=spot,
        seats=seats,
        guests=[Somebody(p, facts.names.get(p, "")) for p in sorted(people - own)],
        visit=visit,
        due=due,
        mentor=facts.names.get(visit.person, "") if visit else "",
        next=_next(visits, facts, now),
        visited_by=_visited(visits, facts, now),
        call=call,
        hands=health.hands(found, limits, now) if running else [],
        talk=[min(1.0, minute / MOST_TALK) for minute in talk],
        weak=len(weak),
        stale=running and health.is_stale(found, now),
    )


def _health(
    spot: Spot,
    facts: Facts,
    reports: Reports,
    due: Due | None,
    here: int,
    weak: list[datetime],
    call: HelpCall | None,
) -> health.Facts:
    room = spot.room_id
    return health.Facts(
        open_since=timetable.begins_at(facts.round_),
        here=here,
        expected=len(spot.people) + (due is not None),
        changed_at=facts.changed.get(room) if room else None,
        due=due,
        called_at=call.at if call else None,
        heard_at=reports.heard.get(room) if room else None,
        reported_at=reports.reported.get(room) if room else None,
        weak_since=weak,
    )


def _due(visit: Visit, facts: Facts, people: set[UUID], room: UUID | None) -> Due:
    span = timetable.span_of(facts.round_, visit.slot)
    seat = next((s for s in facts.seats if s.participation_id == visit.person), None)
    was = seat is not None and seat.room_id == room and seat.last_seen >= span.starts_at
    late, sent = visit.late, facts.placed.get(visit.person)
    return Due(
        slot=span,
        is_here=visit.person in people,
        sent_at=sent.at if sent and sent.room_id == room else None,
        seen_at=seat.last_seen if seat and was else None,
        arrives_at=late.arrives_at if late else None,
        on_the_way=late is not None and late.arrives_at is None,
    )


def _next(visits: list[Visit], facts: Facts, now: datetime) -> Coming | None:
    for visit in visits:
        span = timetable.span_of(facts.round_, visit.slot)
        if span.starts_at > now and span.ends_at > span.starts_at:
            return Coming(span, facts.names.get(visit.person, ""))
    return None


def _visited(visits: list[Visit], facts: Facts, now: datetime) -> str:
    """Who visited the room last, by the plan."""
    over = [v for v in visits if timetable.span_of(facts.round_, v.slot).ends_at <= now]
    return facts.names.get(over[-1].person, "") if over else ""
