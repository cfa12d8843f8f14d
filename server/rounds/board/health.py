"""Pure decisions of the organizer's board: which rooms need a hand, and how urgently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from server.mentoring.schedule.timetable import Span

WEAK_AFTER: Final = timedelta(seconds=30)  # a short dip of the line calls nobody
STALE_AFTER: Final = timedelta(seconds=15)  # three reports of a page have not come
SELF_WORK_PATIENCE: Final = 2  # a team by itself may think twice as long as one with its mentor
TALKS: Final = 2  # people it takes for a silence


class Need(StrEnum):
    """What a room needs a hand for, the most urgent first."""

    HELP = "help"  # somebody calls
    MISSING = "missing"  # a visit runs without its mentor
    ALONE = "alone"  # one person, and nobody else
    LATE = "late"  # the mentor has said to come later
    SILENT = "silent"  # nobody has been heard for long
    WEAK = "weak"  # somebody's line is poor


URGENCY: Final = tuple(Need)


class Limits(NamedTuple):
    """The round's own limits, in seconds."""

    missing_after: int
    silent_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The visit that runs in a room now.

    `sent_at`: when the mentor was sent here: who replaces another has as long to come. `seen_at`:
    when the mentor was last in this room within the slot. `arrives_at`: the moment that
    the mentor has said; at the slot's end or after it, that says "I cannot come".
    """

    slot: Span
    is_here: bool
    sent_at: datetime | None = None
    seen_at: datetime | None = None
    arrives_at: datetime | None = None
    on_the_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a room at a moment.

    `here`: how many people, whoever they are; `expected`: of the team and its mentor now.
    `changed_at`: when somebody last came or went. `heard_at`, `reported_at`: when a page in the
    room last told that its person spoke, and that it lives; None: nothing is known. `weak_since`:
    since when each person with a poor line has had it.
    """

    open_since: datetime
    here: int
    expected: int
    changed_at: datetime | None = None
    due: Due | None = None
    called_at: datetime | None = None
    heard_at: datetime | None = None
    reported_at: datetime | None = None
    weak_since: Sequence[datetime] = ()


class Hand(NamedTuple):
    """A need, and since when. For `LATE`: until when."""

    need: Need
    at: datetime


def hands(facts: Facts, limits: Limits, now: datetime) -> list[Hand]:
    """All that a room needs a hand for, the most urgent first."""
    found = (
        Hand(Need.HELP, facts.called_at) if facts.called_at else None,
        _mentor(facts.due, limits, now) if facts.due else None,
        _alone(facts, limits, now),
        _silent(facts, limits, now),
        _weak(facts, now),
    )
    return sorted((hand for hand in found if hand), key=lambda hand: URGENCY.index(hand.need))


def by_urgency(hand: Hand, *, taken: bool = False) -> tuple[bool, int, datetime]:
    """The order of the queue: the kind of need, then who waits longest; calls that somebody has
    taken come last.
    """
    return taken, URGENCY.index(hand.need), hand.at


def is_stale(facts: Facts, now: datetime) -> bool:
    """Whether people are there and their pages have told nothing for long."""
    if not facts.here or facts.reported_at is None:
        return False
    return now - facts.reported_at > STALE_AFTER


def _mentor(due: Due, limits: Limits, now: datetime) -> Hand | None:
    """Missing exists only while the slot runs; a delay that was announced counts first."""
    if due.is_here or not due.slot.holds(now):
        return None
    if due.arrives_at is not None and due.arrives_at < due.slot.ends_at:
        if now < due.arrives_at:
            return Hand(Need.LATE, due.arrives_at)
        return Hand(Need.MISSING, due.arrives_at)
    if due.arrives_at is not None:
        return Hand(Need.MISSING, due.slot.starts_at)
    start = due.slot.starts_at
    since = max(start, due.sent_at or start, due.seen_at or start)
    if now < since + timedelta(seconds=limits.missing_after):
        return None
    return Hand(Need.MISSING, since)


def _alone(facts: Facts, limits: Limits, now: datetime) -> Hand | None:
    if facts.here != 1 or facts.expected <= 1:
        return None
    since = max(facts.open_since, facts.changed_at or facts.open_since)
    return Hand(Need.ALONE, since) if now >= since + _seconds(limits.missing_after) else None


def _silent(facts: Facts, limits: Limits, now: datetime) -> Hand | None:
    """Nothing is said of a room whose pages do not report."""
    if facts.here < TALKS or facts.reported_at is None or is_stale(facts, now):
        return None
    visited = facts.due is not None and facts.due.is_here
    patience = _seconds(limits.silent_after) * (1 if visited else SELF_WORK_PATIENCE)
    moments = [facts.open_since, facts.changed_at, facts.heard_at]
    moments += [facts.due.slot.starts_at] if visited and facts.due else []
    since = max(moment for moment in moments if moment is not None)
    return Hand(Need.SILENT, since) if now >= since + patience else None


def _weak(facts: Facts, now: datetime) -> Hand | None:
    lasting = [since for since in facts.weak_since if now >= since + WEAK_AFTER]
    return Hand(Need.WEAK, min(lasting)) if lasting else None


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)
