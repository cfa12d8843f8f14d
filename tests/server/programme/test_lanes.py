"""A day as lanes: where a session happens, what is one block, and the columns of each."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from server.events.models import SessionKind
from server.programme import lanes
from server.programme.lanes import LEAST, MOST_HOURS, WIDTH, Place
from server.programme.rows import SessionRow
from server.web import assets
from tests.server.programme.test_grid import FOOD, HOMES, TEN, ZONE, row

pytestmark = pytest.mark.pure

STAGE, TALK, ROUND, RELAY, LOBBY = (
    SessionKind.STAGE,
    SessionKind.DISCUSSION,
    SessionKind.ROUND,
    SessionKind.RELAY,
    SessionKind.LOBBY,
)


def day(rows: Sequence[SessionRow]) -> lanes.Day:
    """The only day of the rows."""
    (only,) = lanes.days(rows, zone=ZONE)
    return only


def numbers(blocks: Sequence[lanes.Block]) -> list[list[int]]:
    """The sessions of each block."""
    return [[each.session.number for each in block.rows] for block in blocks]


def test_each_place_has_a_lane() -> None:
    made = day(
        [
            row(1, 0, 60, kind=STAGE),
            row(2, 60, 120, kind=RELAY),
            row(3, 120, 180, FOOD, kind=STAGE),
            row(4, 180, 240, kind=ROUND),
            row(5, 240, 300, kind=TALK),
            row(6, 300, 360, kind=LOBBY),
        ]
    )
    assert {lane.place: numbers(lane.blocks) for lane in made.lanes} == {
        Place.STAGE: [[1], [2]],
        Place.ROOMS: [[3], [4], [5]],
        Place.LOBBY: [[6]],
    }
    assert made.lanes[1].topics == 1
    assert not made.lanes[1].rounds


def test_a_lane_of_rounds_is_known() -> None:
    (lane,) = day([row(1, 0, 60, kind=ROUND)]).lanes
    assert (lane.rounds, lane.topics) == (True, 0)


def test_rooms_at_the_same_time_are_one_block() -> None:
    made = day(
        [
            row(1, 0, 60, FOOD, kind=TALK),
            row(2, 0, 60, HOMES, kind=TALK),
            row(3, 0, 90, HOMES, kind=TALK),
            row(4, 0, 60, kind=STAGE),
            row(5, 0, 60, kind=STAGE),
        ]
    )
    assert numbers(made.blocks) == [[1, 2], [3], [4], [5]]


def test_columns_keep_the_proportions_of_the_day() -> None:
    made = day([row(1, 0, 60), row(2, 60, 240, FOOD), row(3, 180, 240)])
    assert [(block.begin, block.end) for block in made.blocks] == [(1, 31), (31, 121), (91, 121)]
    assert [hour.column for hour in made.hours] == [1, 31, 61, 91]
    assert [(hour.at - TEN).seconds // 3600 for hour in made.hours] == [0, 1, 2, 3]


def test_no_block_is_too_short_for_words() -> None:
    rows = [row(number, 10 * number, 10 * number + 5) for number in range(60)]
    for block in day(rows).blocks:
        assert block.end - block.begin >= LEAST
        assert 1 <= block.begin < block.end <= WIDTH + 1


def test_a_long_day_has_no_more_hours_than_there_is_place_for() -> None:
    made = day([row(1, 0, 60), row(2, 100, 60 * 40)])
    assert len(made.hours) <= MOST_HOURS
    assert {after.column - before.column for before, after in pairwise(made.hours)} == {12}


def test_each_day_has_lanes_of_its_own() -> None:
    days = lanes.days([row(1, 0, 60), row(2, 24 * 60, 24 * 60 + 30)], zone=ZONE)
    assert [numbers(each.blocks) for each in days] == [[[1]], [[2]]]


def test_the_styles_know_every_place_of_a_lane() -> None:
    styles = Path(assets.folder("static")) / "css" / "components" / "lanes.css"
    text = styles.read_text("utf-8")
    assert f"repeat({WIDTH}," in text
    for column in range(1, WIDTH + 2):
        assert f".x-{column} {{ grid-column-start: {column}; }}" in text
        assert f".to-x-{column} {{ grid-column-end: {column}; }}" in text
