"""The organizer's board: every room of a round as it is now, and the queue of what needs a hand."""

import zlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from server.core.broker import Broker
from server.core.db import Database
from server.events.models import Event, Topic
from server.mentoring.models import Round, Slot
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span
from server.rooms import lease
from server.rooms.models import SeatState
from server.rounds.board import health
from server.rounds.board import reports as board_reports
from server.rounds.board.read import Facts
from server.rounds.board.read import facts as facts_of
from server.rounds.board.reports import Reports
from server.rounds.board.room import RoomNow, room_now
from server.rounds.models import HelpCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A round as an organizer sees it."""

    event: Event
    round_: Round
    slots: list[tuple[Slot, Span]]
    slot: Slot | None
    groups: list[tuple[Topic | None, list[RoomNow]]]
    names: dict[UUID, str]
    closed_calls: list[HelpCall]
    known: bool  # whether the pages' reports can be read
    arrived: int  # people of the session, in whatever room
    queue: list[RoomNow] = field(default_factory=list)

    @property
    def rooms(self) -> list[RoomNow]:
        """All rooms in their places."""
        return [room for _, rooms in self.groups for room in rooms]

    @property
    def present(self) -> tuple[int, int]:
        """How many of those expected in teams are in their room, of how many."""
        seats = [seat for room in self.rooms for seat in room.seats]
        return sum(seat.here for seat in seats), len(seats)

    @property
    def visits(self) -> tuple[int, int]:
        """How many visits of the running slot have their mentor, of how many."""
        due = [room.due for room in self.rooms if room.due is not None]
        return sum(each.is_here for each in due), len(due)

    @property
    def handled(self) -> list[tuple[HelpCall, RoomNow | None]]:
        """The calls that are done with and their rooms, the last one first."""
        by_id = {room.spot.room_id: room for room in self.rooms}
        return [(call, by_id.get(call.room_id)) for call in reversed(self.closed_calls)]

    def room(self, number: int) -> RoomNow | None:
        """The room of a number."""
        return next((room for room in self.rooms if room.spot.number == number), None)

    @property
    def key(self) -> str:
        """Changes whenever the page would look different, apart from clocks that run by it."""
        seen = [
            (r.spot, r.seats, r.guests, r.cushion, r.standing, r.hands, r.weak, r.stale)
            for r in self.rooms
        ]
        calls = [r.call and (r.call.id, r.call.taken_by) for r in self.rooms]
        talk = [r.talk[:-1] for r in self.rooms]  # of minutes that are over
        stands = (self.round_.state, self.round_.ends_at, self.slot and self.slot.id, self.known)
        shown = repr((stands, self.arrived, len(self.closed_calls), seen, calls, talk))
        return f"{zlib.crc32(shown.encode()):08x}"


async def look(
    database: Database, broker: Broker, event: Event, round_: Round, *, now: datetime
) -> Board:
    """The board of a round, from the database and what pages report."""
    async with database.reading() as db:
        found = await facts_of(db, event, round_)
    rooms = [spot.room_id for spot in found.spots if spot.room_id]
    reports = await board_reports.read(broker, round_.session_id, rooms, now)
    return board(found, reports, now)


def board(facts: Facts, reports: Reports, now: datetime) -> Board:
    """Put the board together."""
    round_ = facts.round_
    slots = [(slot, timetable.span_of(round_, slot)) for slot in facts.slots]
    here: dict[UUID, list[SeatState]] = defaultdict(list)
    for seat in facts.seats:
        if lease.is_held(seat, now):
            here[seat.room_id].append(seat)
    slot = timetable.slot_at(round_, facts.slots, now)
    rooms = [
        room_now(spot, facts, reports, here[spot.room_id] if spot.room_id else [], slot, now)
        for spot in facts.spots
    ]
    return Board(
        event=facts.event,
        round_=round_,
        slots=slots,
        slot=slot,
        groups=_grouped(facts.topics, rooms),
        names=facts.names,
        closed_calls=[call for call in facts.calls if call.closed_at is not None],
        known=reports.known,
        arrived=sum(len(seats) for seats in here.values()),
        queue=_queue(rooms),
    )


def _queue(rooms: Collection[RoomNow]) -> list[RoomNow]:
    """A call that somebody has taken waits behind all others, if the room needs nothing else."""

    def order(room: RoomNow) -> tuple[bool, int, datetime]:
        taken = room.call is not None and room.call.taken_by is not None
        return health.by_urgency(room.hands[0], taken=taken and len(room.hands) == 1)

    return sorted((room for room in rooms if room.hands), key=order)


def _grouped(topics: list[Topic], rooms: list[RoomNow]) -> list[tuple[Topic | None, list[RoomNow]]]:
    of_topic: dict[UUID | None, list[RoomNow]] = defaultdict(list)
    for room in rooms:
        of_topic[room.spot.topic_id].append(room)
    groups: list[tuple[Topic | None, list[RoomNow]]] = [
        (topic, of_topic[topic.id]) for topic in topics if of_topic[topic.id]
    ]
    return groups + ([(None, of_topic[None])] if of_topic[None] else [])
