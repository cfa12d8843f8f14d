"""A day as a grid: time runs down, topics stand side by side.

The lines of the grid are the moments at which something happens, and the full hours between; a
row is as high as its minutes, or higher where a text needs it. Whatever takes part in no topic
spans all topics, and stands beside them where it would cover one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from server.events.models import Session, Topic
from server.programme.rows import SessionRow

MOST_LINES: Final = 120  # as many as static/css/components/grid.css knows
MOST_COLUMNS: Final = 12
STEP: Final = timedelta(minutes=5)
MOST_STEPS: Final = 24
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Block:
    """A session between two lines, over some columns. Lines and columns count from 1."""

    row: SessionRow
    begin: int
    end: int
    column: int
    over: int


@dataclass(frozen=True)
class Column:
    """The head over some columns; None: what takes part in no topic."""

    topic: Topic | None
    column: int
    over: int


@dataclass(frozen=True)
class Line:
    """A moment. `steps` of five minutes follow until the next one."""

    at: datetime
    number: int
    steps: int
    hour: bool


@dataclass(frozen=True)
class Day:
    """The sessions of a day. Without `columns` it is a list, for it would be too much a grid."""

    date: date
    rows: list[SessionRow]
    columns: list[Column]
    width: int
    lines: list[Line]
    blocks: list[Block]
    now: int  # the line of the present; 0: not on this day

    @property
    def starts_at(self) -> datetime:
        """When the first session begins."""
        return self.rows[0].session.starts_at


def days(
    rows: Sequence[SessionRow], topics: Sequence[Topic], *, zone: str, now: datetime
) -> list[Day]:
    """The days of an event, each with its grid. `rows` are in the order of their times."""
    by_date = groupby(rows, key=lambda row: row.date)
    return [_day(date, list(of_day), topics, ZoneInfo(zone), now) for date, of_day in by_date]


def _day(
    date: date, rows: list[SessionRow], topics: Sequence[Topic], zone: ZoneInfo, now: datetime
) -> Day:
    moments = _moments([row.session for row in rows], zone, now)
    lanes, columns = _lanes(rows, topics)
    width = sum(column.over for column in columns)
    if len(moments) > MOST_LINES or width > MOST_COLUMNS:
        return Day(date, rows, [], 0, [], [], 0)
    at = {moment: number for number, moment in enumerate(moments, start=1)}
    blocks = [
        Block(row, at[row.session.starts_at], at[row.session.ends_at], *lanes[row.session.number])
        for row in rows
    ]
    within = moments[0] <= now < moments[-1]
    return Day(date, rows, columns, width, _lines(moments, zone), blocks, at[now] if within else 0)


def _moments(sessions: Iterable[Session], zone: ZoneInfo, now: datetime) -> list[datetime]:
    found = {moment for each in sessions for moment in (each.starts_at, each.ends_at)}
    first, last = min(found), max(found)
    found |= set(full_hours(first, last, zone))
    if first <= now < last:
        found.add(now)
    return sorted(found)


def full_hours(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The full hours of a zone between two moments."""
    local = first.astimezone(zone)
    hour = first - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    while (hour := hour + HOUR) < last:
        yield hour


def _lines(moments: list[datetime], zone: ZoneInfo) -> list[Line]:
    lengths = [(after - before) / STEP for before, after in pairwise(moments)]
    steps = [min(MOST_STEPS, max(1, round(length))) for length in lengths]
    full = [moment.astimezone(zone).minute == moment.second == 0 for moment in moments]
    return [
        Line(moment, number, step, hour and not moment.microsecond)
        for number, (moment, step, hour) in enumerate(
            zip(moments, [*steps, 0], full, strict=True), start=1
        )
    ]


def _lanes(
    rows: Sequence[SessionRow], topics: Sequence[Topic]
) -> tuple[dict[int, tuple[int, int]], list[Column]]:
    """Column and width of each session by its number, and the heads over the columns."""
    placed: dict[int, tuple[int, int]] = {}
    columns: list[Column] = []
    column = 1
    for topic in topics:
        own = [row.session for row in rows if row.topic is topic]
        if own:
            over = _side_by_side(own, column, placed)
            columns.append(Column(topic, column, over))
            column += over
    wide, beside = _without_topic(rows)
    placed |= {each.number: (1, column - 1) for each in wide}
    if beside:
        over = _side_by_side(beside, column, placed)
        columns.append(Column(None, column, over))
    return placed, columns


def _without_topic(rows: Sequence[SessionRow]) -> tuple[list[Session], list[Session]]:
    """What may span all topics, and what stands beside them."""
    of_topics = [row.session for row in rows if row.topic is not None]
    wide: list[Session] = []
    beside: list[Session] = []
    for session in (row.session for row in rows if row.topic is None):
        covers = any(_overlap(session, other) for other in [*of_topics, *wide])
        (beside if covers or not of_topics else wide).append(session)
    return wide, beside


def _side_by_side(
    sessions: Sequence[Session], first: int, placed: dict[int, tuple[int, int]]
) -> int:
    """Place sessions from a column on so that none covers another; how many columns they take."""
    lanes: list[Session] = []
    for session in sessions:
        free = (n for n, last in enumerate(lanes) if last.ends_at <= session.starts_at)
        lane = next(free, len(lanes))
        lanes[lane : lane + 1] = [session]
        placed[session.number] = (first + lane, 1)
    return len(lanes)


def _overlap(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
