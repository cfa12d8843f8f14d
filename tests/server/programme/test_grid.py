"""A day as a grid: lines, columns and blocks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from server.core.ids import new_id
from server.events.models import Session, SessionKind, Topic
from server.events.rules import door, phase
from server.programme import grid
from server.programme.rows import SessionRow
from server.registration.seats import Seats
from server.web import assets

pytestmark = pytest.mark.pure

ZONE = "Asia/Tokyo"
TEN = datetime(2027, 2, 13, 1, 0, tzinfo=UTC)  # 10:00 in Japan
MINUTE = timedelta(minutes=1)
FOOD = Topic(id=new_id(), event_id=uuid4(), number=1, title={"ja": "食と農"})
HOMES = Topic(id=new_id(), event_id=uuid4(), number=2, title={"ja": "空き家"})


def row(
    number: int,
    begin: int,
    end: int,
    topic: Topic | None = None,
    *,
    kind: SessionKind = SessionKind.STAGE,
) -> SessionRow:
    """A session from and to so many minutes after ten."""
    session = Session(
        event_id=uuid4(),
        number=number,
        kind=kind,
        title={"ja": "見本"},
        starts_at=TEN + begin * MINUTE,
        ends_at=TEN + end * MINUTE,
        doors_at=TEN + begin * MINUTE,
        topic_id=topic.id if topic else None,
    )
    return SessionRow(
        session=session,
        date=(session.starts_at + timedelta(hours=9)).date(),
        phase=phase(session, TEN),
        door=door(session, TEN),
        next=False,
        topic=topic,
        speakers=[],
        seats=Seats(None),
        mine=False,
        waiting=0,
        enter=False,
    )


def day(rows: Sequence[SessionRow], now: datetime = TEN - timedelta(days=1)) -> grid.Day:
    """The only day of the rows."""
    (only,) = grid.days(rows, [FOOD, HOMES], zone=ZONE, now=now)
    return only


def places(of: grid.Day) -> dict[int, tuple[int, int, int, int]]:
    """Lines and columns by the number of the session."""
    return {
        each.row.session.number: (each.begin, each.end, each.column, each.over)
        for each in of.blocks
    }


def test_topics_stand_side_by_side_and_the_stage_spans_them() -> None:
    made = day([row(1, 0, 45), row(2, 60, 120, FOOD), row(3, 60, 120, HOMES)])
    assert [line.at - TEN for line in made.lines] == [n * MINUTE for n in (0, 45, 60, 120)]
    assert [line.steps for line in made.lines] == [9, 3, 12, 0]
    assert [line.hour for line in made.lines] == [True, False, True, True]
    assert places(made) == {1: (1, 2, 1, 2), 2: (3, 4, 1, 1), 3: (3, 4, 2, 1)}
    assert [(column.topic, column.column, column.over) for column in made.columns] == [
        (FOOD, 1, 1),
        (HOMES, 2, 1),
    ]


def test_what_would_cover_a_topic_stands_beside_them() -> None:
    made = day([row(1, 0, 60, FOOD), row(2, 0, 60, FOOD), row(3, 30, 90)])
    assert places(made) == {1: (1, 3, 1, 1), 2: (1, 3, 2, 1), 3: (2, 4, 3, 1)}
    assert [(column.topic, column.column, column.over) for column in made.columns] == [
        (FOOD, 1, 2),
        (None, 3, 1),
    ]


def test_no_two_blocks_ever_cover_each_other() -> None:
    rows = [row(n, (n * 7) % 50, (n * 7) % 50 + 20, (FOOD, HOMES, None)[n % 3]) for n in range(9)]
    made = day(sorted(rows, key=lambda each: each.session.starts_at))
    cells = [
        (line, column)
        for block in made.blocks
        for line in range(block.begin, block.end)
        for column in range(block.column, block.column + block.over)
    ]
    assert len(cells) == len(set(cells))


def test_the_present_is_a_line_of_its_day_only() -> None:
    rows = [row(1, 0, 60)]
    assert day(rows).now == 0
    made = day(rows, TEN + 20 * MINUTE)
    assert made.lines[made.now - 1].at == TEN + 20 * MINUTE


def test_each_day_has_a_grid_of_its_own() -> None:
    days = grid.days([row(1, 0, 60), row(2, 1440, 1500)], [], zone=ZONE, now=TEN)
    assert [[each.session.number for each in of.rows] for of in days] == [[1], [2]]
    assert [of.width for of in days] == [1, 1]


def test_a_day_that_is_too_much_for_a_grid_is_a_list() -> None:
    made = day([row(n, 5 * n, 5 * n + 3) for n in range(70)])
    assert (made.columns, made.blocks) == ([], [])
    assert len(made.rows) == 70


def test_the_styles_know_every_place_that_a_grid_may_have() -> None:
    css = (Path(assets.folder("static")) / "css/components/grid.css").read_text("utf-8")
    for name, most in (
        ("from", grid.MOST_LINES),
        ("to", grid.MOST_LINES),
        ("columns", grid.MOST_COLUMNS),
        ("at", grid.MOST_COLUMNS),
        ("over", grid.MOST_COLUMNS),
        ("steps", grid.MOST_STEPS),
    ):
        assert all(f".{name}-{number} {{" in css for number in range(1, most + 1))
