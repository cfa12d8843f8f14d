"""A day as lanes: hours across, one lane for what happens in the same kind of place.

A track is `WIDTH` columns wide from the first beginning to the last end, so a day of any length
keeps its proportions; the style puts blocks that would cover each other on lines of their own.
Sessions in rooms that are at the same time are one block with their count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from server.events.models import SessionKind
from server.events.rules import Phase
from server.programme.grid import full_hours
from server.programme.rows import SessionRow

WIDTH: Final = 120  # columns, as many as static/css/components/lanes.css knows
LEAST: Final = 9  # columns that a block takes for its words, however short it is
MOST_HOURS: Final = 12  # written above a day
HOUR: Final = timedelta(hours=1)


class Place(StrEnum):
    """Where a session happens, as the lanes name it."""

    STAGE = "stage"
    ROOMS = "rooms"
    LOBBY = "lobby"


@dataclass(frozen=True)
class Block:
    """Sessions at the same time in the same place, between two columns. All count from 1."""

    rows: list[SessionRow]
    begin: int = 1
    end: int = 1

    @property
    def first(self) -> SessionRow:
        """The session whose times are the block's."""
        return self.rows[0]

    @property
    def mine(self) -> bool:
        """Whether the visitor has a seat in one of them."""
        return any(row.mine for row in self.rows)


@dataclass(frozen=True)
class Lane:
    """The blocks of a place in the order of their times."""

    place: Place
    blocks: list[Block]

    @property
    def topics(self) -> int:
        """In how many topics its sessions are."""
        return len({row.topic.id for block in self.blocks for row in block.rows if row.topic})

    @property
    def rounds(self) -> bool:
        """Whether there is nothing but rounds."""
        kinds = {row.session.kind for block in self.blocks for row in block.rows}
        return kinds == {SessionKind.ROUND}


@dataclass(frozen=True)
class Hour:
    """A full hour and its column."""

    at: datetime
    column: int


@dataclass(frozen=True)
class Day:
    """The lanes of a day. `blocks` are all of them in the order of their times."""

    date: date
    blocks: list[Block]
    lanes: list[Lane]
    hours: list[Hour]

    @property
    def starts_at(self) -> datetime:
        """When the first session begins."""
        return self.blocks[0].first.session.starts_at


def days(rows: Iterable[SessionRow], *, zone: str) -> list[Day]:
    """The days of an event in lanes. `rows` are in the order of their times."""
    by_date = groupby(rows, key=lambda row: row.date)
    return [_day(date, list(of_day), ZoneInfo(zone)) for date, of_day in by_date]


def place(row: SessionRow) -> Place:
    """Where a session happens: a topic has rooms, whatever its kind."""
    if row.topic is not None or row.session.kind in (SessionKind.DISCUSSION, SessionKind.ROUND):
        return Place.ROOMS
    return Place.LOBBY if row.session.kind is SessionKind.LOBBY else Place.STAGE


def _day(date: date, rows: Sequence[SessionRow], zone: ZoneInfo) -> Day:
    first = min(row.session.starts_at for row in rows)
    last = max(row.session.ends_at for row in rows)
    blocks = [_placed(block, first, last) for block in sorted(_joined(rows), key=_by_time)]
    lanes = [
        Lane(where, own)
        for where in Place
        if (own := [block for block in blocks if place(block.first) is where])
    ]
    return Day(date, blocks, lanes, list(_hours(first, last, zone)))


def _joined(rows: Sequence[SessionRow]) -> Iterator[Block]:
    """Sessions in rooms at the same time as one block; what will not be stands for itself."""

    def together(row: SessionRow) -> tuple[object, ...]:
        times = row.session.starts_at, row.session.ends_at
        alone = place(row) is not Place.ROOMS or row.phase is Phase.CANCELLED
        return (*times, row.session.number) if alone else (*times, 0)

    blocks: dict[tuple[object, ...], list[SessionRow]] = {}
    for row in rows:
        blocks.setdefault(together(row), []).append(row)
    return (Block(own) for own in blocks.values())


def _placed(block: Block, first: datetime, last: datetime) -> Block:
    """A block between its columns."""
    begin = _column(block.first.session.starts_at, first, last)
    begin, end = _wide_enough(begin, _column(block.first.session.ends_at, first, last))
    return replace(block, begin=begin, end=end)


def _wide_enough(begin: int, end: int) -> tuple[int, int]:
    """A short block reaches further to the right, and at the right edge to the left."""
    end = min(WIDTH + 1, max(end, begin + LEAST))
    return min(begin, end - LEAST), end


def _column(moment: datetime, first: datetime, last: datetime) -> int:
    return 1 + round(WIDTH * ((moment - first) / (last - first)))


def _hours(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Hour]:
    full = [hour for hour in full_hours(first - HOUR, last, zone) if hour >= first]
    step = -(-len(full) // MOST_HOURS)
    for hour in full[::step] if full else []:
        yield Hour(hour, _column(hour, first, last))


def _by_time(block: Block) -> tuple[datetime, int]:
    return block.first.session.starts_at, block.first.session.number
