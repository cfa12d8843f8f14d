"""Where seats are drawn: on a room's plan, and in the circle of all seats."""

import math
from collections import Counter

import pytest

from server.web.circle import DOT, MANY, SMALL, WIDEST_DOT, Dot, circle, small_circle
from server.web.plan import SeatPlace, seat_places

pytestmark = pytest.mark.pure


def test_seats_spread_evenly_from_twelve_o_clock() -> None:
    assert seat_places(["here", "open", "you", "speaking"]) == [
        SeatPlace(24, 8.4, "here"),
        SeatPlace(39.6, 24, "open"),
        SeatPlace(24, 39.6, "you"),
        SeatPlace(8.4, 24, "speaking"),
    ]


def test_a_mentor_takes_twelve_o_clock() -> None:
    with_mentor = seat_places(["here", "here", "here"], mentor=True)
    assert [(seat.x, seat.y) for seat in with_mentor] == [(39.6, 24), (24, 39.6), (8.4, 24)]


def test_nine_seats_do_not_touch() -> None:
    seats = seat_places(["here"] * 9)
    assert _closest([(seat.x, seat.y) for seat in seats]) > 2 * 4.1


def test_circle_shows_everybody_of_each_kind() -> None:
    drawn = circle({"seat": 300, "host": 40, "speaker": 7})
    assert Counter(dot.kind for dot in drawn.dots) == {"seat": 300, "host": 40, "speaker": 7}
    assert drawn.each == 1


@pytest.mark.parametrize("count", [1, 7, 24, 25, 144, 1200])
def test_circle_dots_do_not_touch_and_stay_inside(count: int) -> None:
    drawn = circle({"seat": count})
    far = max(math.hypot(dot.x, dot.y) for dot in drawn.dots)
    assert far + drawn.dot <= drawn.radius + 0.01
    assert _closest([(dot.x, dot.y) for dot in drawn.dots]) >= 2 * drawn.dot


def test_circle_fills_from_the_hearth_outward() -> None:
    rings = Counter(round(math.hypot(dot.x, dot.y)) for dot in circle({"seat": 60}).dots)
    assert rings == {52: 24, 65: 31, 78: 5}


def test_circle_mixes_the_kinds() -> None:
    kinds = [dot.kind for dot in circle({"seat": 20, "host": 20}).dots]
    assert all(kinds[place : place + 2].count("host") == 1 for place in range(0, 40, 2))


def test_few_people_get_large_dots_and_many_small_ones() -> None:
    assert circle({"seat": 7}).dot == WIDEST_DOT
    assert circle({"seat": 500}).dot == DOT


def test_above_many_one_dot_is_ten_people() -> None:
    drawn = circle({"seat": MANY, "host": 11})
    assert drawn.each == 10
    assert Counter(dot.kind for dot in drawn.dots) == {"seat": MANY // 10, "host": 2}


def test_free_seats_stand_outside_of_the_people() -> None:
    kinds = [dot.kind for dot in circle({"seat": 2, "host": 1}, free=3).dots]
    assert sorted(kinds[:3]) == ["host", "seat", "seat"]
    assert kinds[3:] == ["free"] * 3


def test_circle_stays_small_for_any_capacity() -> None:
    drawn = circle({"seat": 5}, free=99_995)
    assert drawn.each == 100
    assert len(drawn.dots) <= MANY


@pytest.mark.parametrize(
    ("taken", "free", "each"), [(1, 4, 1), (40, 9, 1), (40, 40, 2), (812, 188, 50), (0, 0, 1)]
)
def test_small_circle_draws_at_most_three_rings(taken: int, free: int, each: int) -> None:
    drawn = small_circle(taken, free)
    assert drawn.each == each
    assert len(drawn.dots) <= SMALL
    assert Counter(dot.kind for dot in drawn.dots)["seat"] == math.ceil(taken / each)
    far = max((math.hypot(dot.x, dot.y) for dot in drawn.dots), default=0)
    assert far + drawn.dot <= drawn.radius + 0.01


def test_circle_of_nobody_is_a_hearth() -> None:
    assert circle({}).dots == list[Dot]()


def _closest(points: list[tuple[float, float]]) -> float:
    return min(
        (math.dist(one, other) for place, one in enumerate(points) for other in points[:place]),
        default=math.inf,
    )
