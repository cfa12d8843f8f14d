"""Judging and filling plans: what stands against a visit, and that the simple rule is as good as
it says.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mentoring.plans import rules
from server.mentoring.plans.rules import Board, Trouble, Visit

pytestmark = pytest.mark.pure


def ids(letter: str, count: int) -> list[UUID]:
    return [UUID(int=ord(letter) * 1000 + n) for n in range(count)]


TEAMS, MENTORS, SLOTS, ROUNDS = ids("t", 12), ids("m", 6), ids("s", 9), ids("r", 3)


def board(
    teams: int,
    mentors: int,
    *,
    rounds: int = 1,
    slots: int = 1,
    capacity: int = 9,
    busy: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    keeps: Sequence[int] = (),
) -> Board:
    """A board of so many; `busy` are (mentor, slot), `apart` (mentor, team), by their places."""
    return Board(
        slots={SLOTS[r * slots + n]: ROUNDS[r] for r in range(rounds) for n in range(slots)},
        teams=TEAMS[:teams],
        capacity=dict.fromkeys(MENTORS[:mentors], capacity),
        busy=frozenset((MENTORS[m], SLOTS[s]) for m, s in busy),
        apart=frozenset((MENTORS[m], TEAMS[t]) for m, t in apart),
        keeps=frozenset(TEAMS[t] for t in keeps),
    )


def visit(slot: int, team: int, mentor: int) -> Visit:
    return Visit(SLOTS[slot], TEAMS[team], MENTORS[mentor])


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Small boards of all kinds."""
    mentors = draw(st.integers(1, 4))
    teams = draw(st.integers(1, 6))
    rounds, slots = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    places = st.tuples(st.integers(0, mentors - 1), st.integers(0, rounds * slots - 1))
    pairs = st.tuples(st.integers(0, mentors - 1), st.integers(0, teams - 1))
    return board(
        teams,
        mentors,
        rounds=rounds,
        slots=slots,
        capacity=draw(st.integers(0, 4)),
        busy=draw(st.lists(places, max_size=5)),
        apart=draw(st.lists(pairs, max_size=5)),
        keeps=draw(st.lists(st.integers(0, teams - 1), max_size=2)),
    )


@st.composite
def filled(draw: st.DrawFn) -> tuple[Board, list[Visit]]:
    """A board, and some visits on it that any hand may have placed: one a cell, one a team and
    slot.
    """
    found = draw(boards())
    visits: list[Visit] = []
    cells = [(mentor, slot) for mentor in found.capacity for slot in found.slots]
    for mentor, slot in draw(st.lists(st.sampled_from(cells), max_size=6, unique=True)):
        here = {visit.team_id for visit in visits if visit.slot_id == slot}
        team = draw(st.sampled_from(list(found.teams)))
        if team not in here:
            visits.append(Visit(slot, team, mentor))
    return found, visits


def test_each_trouble_is_found() -> None:
    judged = rules.review(
        board(
            4, 2, rounds=2, slots=2, capacity=3, apart=[(0, 0)], busy=[(0, 1)], keeps=[3]
        ),
        [visit(0, 0, 0), visit(1, 1, 0), visit(0, 1, 1), visit(2, 1, 1), visit(3, 2, 0),
         visit(2, 3, 0), visit(1, 3, 1)],
    )  # fmt: skip
    assert judged.troubles == {
        visit(0, 0, 0): [Trouble.CONFLICT],
        visit(1, 1, 0): [Trouble.NOT_FREE, Trouble.TWICE],
        visit(2, 1, 1): [Trouble.REPEAT],
        visit(3, 2, 0): [Trouble.OVER],
    }
    assert judged.gaps == [(ROUNDS[0], TEAMS[2]), (ROUNDS[1], TEAMS[0])]
    assert judged.count == 6


def test_a_team_that_keeps_its_mentor_meets_no_other() -> None:
    found = board(1, 2, rounds=3, keeps=[0])
    visits = rules.fill(found, [visit(0, 0, 1)])
    assert sorted(visits) == sorted([visit(0, 0, 1), visit(1, 0, 1), visit(2, 0, 1)])
    assert rules.review(found, visits).count == 0


@given(filled())
def test_gaps_are_exactly_the_teams_without_a_visit(given_: tuple[Board, list[Visit]]) -> None:
    found, visits = given_
    seen = {(found.slots[v.slot_id], v.team_id) for v in visits}
    every = {(round_, team) for round_ in found.rounds for team in found.teams}
    gaps = rules.review(found, visits).gaps
    assert set(gaps) == every - seen
    assert len(gaps) == len(set(gaps))


@given(filled())
def test_filling_keeps_what_was_there_and_brings_no_trouble(
    given_: tuple[Board, list[Visit]],
) -> None:
    found, fixed = given_
    visits = rules.fill(found, fixed)
    assert visits[: len(fixed)] == fixed
    fresh = visits[len(fixed) :]
    if not rules.review(found, fixed).troubles:
        assert rules.review(found, visits).troubles == {}
    cells = Counter((v.mentor_id, v.slot_id) for v in visits)
    seats = Counter((v.team_id, v.slot_id) for v in visits)
    assert max(cells.values(), default=0) <= 1
    assert max(seats.values(), default=0) <= 1
    for v in fresh:
        assert (v.mentor_id, v.team_id) not in found.apart
        assert (v.mentor_id, v.slot_id) not in found.busy
    load = Counter(v.mentor_id for v in visits)
    had = Counter(v.mentor_id for v in fixed)
    assert all(load[m] <= max(most, had[m]) for m, most in found.capacity.items())


@given(boards())
def test_filling_twice_changes_nothing(found: Board) -> None:
    once = rules.fill(found, [])
    assert rules.fill(found, once) == once


@given(
    st.integers(1, 12),
    st.integers(1, 6),
    st.integers(1, 3),
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 2))),
)
def test_every_team_is_visited_when_free_mentors_are_enough(
    teams: int, mentors: int, slots: int, busy: set[tuple[int, int]]
) -> None:
    away = [(m, s) for m, s in busy if m < mentors and s < slots]
    found = board(teams, mentors, slots=slots, busy=away)
    visits = rules.fill(found, [])
    assert len(visits) == min(teams, mentors * slots - len(away))
    assert len(rules.review(found, visits).gaps) == teams - len(visits)


def test_the_whole_training_is_filled_without_a_gap() -> None:
    teams, mentors = ids("u", 66), ids("n", 22)
    slots = {slot: ROUNDS[n // 3] for n, slot in enumerate(SLOTS)}
    found = Board(slots=slots, teams=teams, capacity=dict.fromkeys(mentors, 9))
    visits = rules.fill(found, [])
    assert len(visits) == 198
    assert rules.review(found, visits).count == 0


def most_by_trying(found: Board, slot: UUID, mentors: list[UUID], teams: list[UUID]) -> int:
    """The most pairs that one slot can hold, by trying all."""
    fits = {
        (mentor, team)
        for mentor in mentors
        for team in teams
        if (mentor, team) not in found.apart and (mentor, slot) not in found.busy
    }
    for size in range(min(len(mentors), len(teams)), 0, -1):
        for some in combinations(mentors, size):
            for order in permutations(teams, size):
                if all(pair in fits for pair in zip(some, order, strict=True)):
                    return size
    return 0


@settings(max_examples=60)
@given(boards())
def test_a_slot_holds_as_many_visits_as_it_can(found: Board) -> None:
    """The first slot, where nobody has met and no capacity is used: as good as trying all."""
    visits = rules.fill(found, [])
    first = next(iter(found.slots))
    mentors = [mentor for mentor, most in found.capacity.items() if most]
    held = sum(v.slot_id == first for v in visits)
    assert held == most_by_trying(found, first, mentors, list(found.teams))
