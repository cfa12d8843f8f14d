"""Who was in a session, for how long, and what that means: the same for page and file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from server.core.db import Db
from server.events.models import Event, Session
from server.events.rules import DOOR_STAYS_OPEN
from server.records import queries, rules
from server.records.models import Attendance
from server.records.queries import Person
from server.records.rules import Span, Verdict


class Show(StrEnum):
    """Which rows one wants to see."""

    ALL = "all"
    ATTENDED = Verdict.ATTENDED.value
    PARTLY = Verdict.PARTLY.value
    ABSENT = Verdict.ABSENT.value


class Line(NamedTuple):
    """One person in a session: the spans there, and how long they are inside what counts."""

    person: Person
    spans: list[Span]
    present: timedelta
    verdict: Verdict
    inside: bool  # at this moment

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return self.present // rules.MINUTE


class Listing(NamedTuple):
    """Everybody of a session. `counted` is the part of it that counts by now."""

    session: Session
    counted: Span
    lines: list[Line]

    @property
    def begun(self) -> bool:
        """Whether there is anything to say yet."""
        return self.counted.length > timedelta()

    @property
    def open(self) -> Span:
        """From when the door opens until nobody can be inside any more."""
        return Span(self.session.doors_at, self.session.ends_at + DOOR_STAYS_OPEN)

    @property
    def totals(self) -> Counter[str]:
        """How many rows each choice shows."""
        each = Counter(str(line.verdict) for line in self.lines)
        return each + Counter({Show.ALL: len(self.lines)})

    @property
    def average(self) -> float:
        """Minutes of those who came, on average."""
        came = [line.present for line in self.lines if line.verdict is not Verdict.ABSENT]
        return sum(came, timedelta()) / rules.MINUTE / len(came) if came else 0.0

    @property
    def enough(self) -> int:
        """Minutes from which one has attended, of what counts by now."""
        return -(-rules.enough(self.counted.length) // rules.MINUTE)

    def shown(self, show: Show) -> list[Line]:
        """The rows of a choice."""
        return [line for line in self.lines if show in (Show.ALL, line.verdict.value)]

    def per_minute(self) -> list[int]:
        """How many people were inside in each minute since the door opened."""
        return rules.per_minute([line.spans for line in self.lines], self.open)


def default(sessions: Sequence[Session], now: datetime) -> Session | None:
    """The session one wants to see first: the one that runs, the last that ran, or the first."""
    held = [session for session in sessions if session.cancelled_at is None]
    begun = [session for session in held if session.starts_at <= now]
    if begun:
        return max(begun, key=lambda each: (min(each.ends_at, now), each.starts_at, each.number))
    return next(iter([*held, *sessions]), None)


async def listing(db: Db, session: Session, *, now: datetime) -> Listing:
    """Everybody of a session as the sources saw it by now; nobody before it begins."""
    counted = rules.counted(session.starts_at, session.ends_at, now)
    if counted.length <= timedelta():
        return Listing(session, counted, [])
    people = await queries.people(db, session)
    stays = _by_person(await queries.stays(db, session))
    lines = [
        _line(person, stays.get(person.participation_id, []), counted, now) for person in people
    ]
    return Listing(session, counted, lines)


class Attended(NamedTuple):
    """An event in which a person was: in how many of its sessions, and how long in all."""

    event: Event
    sessions: int
    present: timedelta

    @property
    def minutes(self) -> int:
        """Whole minutes."""
        return self.present // rules.MINUTE


async def attended(db: Db, account_id: UUID, *, now: datetime) -> list[Attended]:
    """Where a person was, by the sessions that are over; the last event first, in one query."""
    stays: dict[UUID, tuple[Event, dict[UUID, tuple[Session, list[Attendance]]]]] = {}
    for stay, session, event in await queries.stays_of(db, account_id, now):
        _, of_event = stays.setdefault(event.id, (event, {}))
        of_event.setdefault(session.id, (session, []))[1].append(stay)
    found = []
    for event, of_event in stays.values():
        spans = [_present(own, session, now) for session, own in of_event.values()]
        found.append(Attended(event, sum(map(bool, spans)), sum(spans, timedelta())))
    return [each for each in found if each.minutes]


def _present(stays: Iterable[Attendance], session: Session, now: datetime) -> timedelta:
    spans = rules.union(Span(stay.joined_at, stay_end(stay, now)) for stay in stays)
    return rules.total(rules.within(spans, Span(session.starts_at, session.ends_at)))


def _by_person(stays: Iterable[Attendance]) -> Mapping[UUID, Sequence[Attendance]]:
    found: dict[UUID, list[Attendance]] = {}
    for stay in stays:
        found.setdefault(stay.participation_id, []).append(stay)
    return found


def _line(person: Person, stays: Sequence[Attendance], counted: Span, now: datetime) -> Line:
    spans = rules.union(Span(stay.joined_at, stay_end(stay, now)) for stay in stays)
    present = rules.total(rules.within(spans, counted))
    inside = any(_is_open(stay, now) for stay in stays)
    return Line(person, spans, present, rules.verdict(present, counted.length), inside)


def _is_open(stay: Attendance, now: datetime) -> bool:
    return stay.left_at is None and now - stay.seen_at <= rules.EVIDENCE_LASTS


def stay_end(stay: Attendance, now: datetime) -> datetime:
    """Where a stay ends by now: who was seen just now is still there."""
    return stay.left_at or (max(now, stay.seen_at) if _is_open(stay, now) else stay.seen_at)
