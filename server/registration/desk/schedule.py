"""The programme of each day as bars along one line of hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from server.events.models import Session
from server.events.rules import Phase, phase

WIDTH: Final = 240  # of the line of hours, in the units of its drawing
MOST_LABELS: Final = 5
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A session, where its bar lies, and whether it is now."""

    session: Session
    phase: Phase
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Hour:
    """A labelled hour of the line."""

    x: float
    hour: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the event's zone. `now_x` None: this moment is not on its line."""

    date: date
    bars: list[Bar]
    hours: list[Hour]
    now_x: float | None


def days(sessions: Sequence[Session], *, zone: str, now: datetime) -> list[Day]:
    """The days of the sessions, which come in the order of time; cancelled ones are left out."""
    held = [each for each in sessions if each.cancelled_at is None]
    by_day = groupby(held, key=lambda each: local_date(each.starts_at, zone))
    return [_day(date_, list(of_day), ZoneInfo(zone), now) for date_, of_day in by_day]


def local_date(moment: datetime, zone: str) -> date:
    """The date in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _day(date_: date, sessions: list[Session], zone: ZoneInfo, now: datetime) -> Day:
    first = min(each.starts_at for each in sessions).astimezone(zone)
    begins = first.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    ends = max(each.ends_at for each in sessions)
    count = max(1, -((begins - ends) // HOUR))  # whole hours, rounded up
    every = -(-count // MOST_LABELS)
    marks = [begins + n * HOUR for n in range(0, count, every)]

    def x(at: datetime) -> float:
        return round(WIDTH * ((at - begins) / (count * HOUR)), 1)

    def bar(session: Session) -> Bar:
        starts, width = x(session.starts_at), x(session.ends_at) - x(session.starts_at)
        return Bar(session, phase(session, now), starts, round(width, 1))

    return Day(
        date=date_,
        bars=[bar(session) for session in sessions],
        hours=[Hour(x(mark), mark.astimezone(zone).hour) for mark in marks],
        now_x=x(now) if begins <= now <= begins + count * HOUR else None,
    )
