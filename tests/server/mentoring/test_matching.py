"""The best plan: as good as brute force, within every rule, the same however the input lies."""

import random
from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import assume, given

from server.mentoring.matching.exchange import exchange, forbids
from server.mentoring.matching.relax import relax, relaxed
from server.mentoring.matching.solver import best, solve
from server.mentoring.matching.task import Meeting, Task
from server.mentoring.plans.rules import Board, Visit, review
from tests.server.mentoring.matching_given import every_plan, examples, ids, rank, tasks

pytestmark = pytest.mark.pure


@examples(60)
@given(tasks(teams=3, mentors=3, rounds=2))
def test_no_plan_is_better(task: Task) -> None:
    found = best(task)
    assert found.is_best
    assert rank(task, found.visits) == min(rank(task, visits) for visits in every_plan(task))


@examples(100, full=1000)
@given(tasks())
def test_every_rule_is_kept_and_what_is_fixed_stays(task: Task) -> None:
    found = best(task)
    assert task.fixed <= found.visits
    troubles = review(task.board, found.visits).troubles
    assert {visit: own for visit, own in troubles.items() if visit not in task.fixed} == {}
    assert all(len(own) == 1 for own in mentors_of_keepers(task, found.visits))


def mentors_of_keepers(task: Task, visits: frozenset[Visit]) -> list[set[UUID]]:
    """The mentors of each team that keeps its mentor and has a visit."""
    return [
        own
        for team in task.board.keeps
        if (own := {v.mentor_id for v in visits if v.team_id == team})
    ]


@examples(60)
@given(tasks())
def test_the_order_of_the_input_changes_nothing(task: Task) -> None:
    board, shuffle = task.board, random.Random(7).sample
    turned = Board(
        slots=board.slots,
        teams=shuffle(board.teams, len(board.teams)),
        capacity=dict(shuffle(list(board.capacity.items()), len(board.capacity))),
        busy=frozenset(shuffle(sorted(board.busy), len(board.busy))),
        apart=frozenset(shuffle(sorted(board.apart), len(board.apart))),
        keeps=board.keeps,
    )
    worth = dict(shuffle(list(task.worth.items()), len(task.worth)))
    assert best(replace(task, board=turned, worth=worth)) == best(task)


@examples(60)
@given(tasks())
def test_a_forced_exchange_costs_and_moves_what_it_said(task: Task) -> None:
    now = best(task).visits
    for at in every_other(task, now):
        if forbids(task, now, at):
            continue
        found = exchange(task, now, at)
        plain = replace(task, stay=0)
        held = {task.meeting(visit) for visit in found.visits}
        assert at in held
        assert task.fixed <= found.visits
        assert found.points == plain.value(found.visits) - plain.value(now)
        again = replace(task, stay=0, must=frozenset({at}))
        forced = best(again)
        assert (forced.uncovered, -forced.points) <= rank(plain, found.visits)


def every_other(task: Task, now: frozenset[Visit]) -> list[Meeting]:
    """Every meeting that a plan does not have."""
    held = {task.meeting(visit) for visit in now}
    return [
        Meeting(mentor, team, round_)
        for mentor in task.mentors
        for team in task.teams
        for round_ in task.board.rounds
        if (mentor, team, round_) not in held
    ]


@examples(60)
@given(tasks())
def test_what_is_forbidden_cannot_be(task: Task) -> None:
    now = best(task).visits
    for at in every_other(task, now):
        if forbids(task, now, at):
            slots = task.board.slots
            others = frozenset(v for v in now if slots[v.slot_id] != at.round_id)
            if at.team_id in task.board.keeps:
                others = frozenset()
            within = replace(task, fixed=task.fixed | others)
            assert at not in set(within.possible())


@examples(60)
@given(tasks())
def test_an_open_visit_is_possible_when_the_named_rules_give_way(task: Task) -> None:
    now = best(task).visits
    for team, round_ in task.uncovered(now):
        found = relax(task, now, team, round_)
        assume(found is not None)
        assert found is not None
        assert found.rules, "nothing stood against it"
        assert (team, round_) not in task.uncovered(found.visits)
        assert task.uncovered(found.visits) < task.uncovered(now)
        given_way = relaxed(task, found.rules)
        assert best(given_way).uncovered < len(task.uncovered(now))
        for rule in found.rules:  # none of them is too many
            less = beside(relaxed(task, found.rules - {rule}), now, team, round_)
            assert best(less).uncovered > 0


def beside(task: Task, now: frozenset[Visit], team: UUID, round_: UUID) -> Task:
    """A round alone, with a team and all who have a visit in it."""
    slots = task.board.slots
    others = frozenset(visit for visit in now if slots[visit.slot_id] != round_)
    held = {(visit.team_id, round_) for visit in now - others}
    return replace(task, fixed=task.fixed | others, needs=frozenset({*held, (team, round_)}))


def test_each_step_is_no_worse_than_the_one_before() -> None:
    found = list(solve(large(teams=12, mentors=5, seed=3), steps=(0.5, 0.1, 0.0)))
    assert [step.in_time for step in found] == [True] * len(found)
    assert found[-1].is_best
    points = [step.points for step in found]
    assert points == sorted(points)


def test_a_plan_cut_by_the_clock_is_marked_so_and_still_a_plan() -> None:
    task = large(teams=12, mentors=5, seed=3)
    [found] = solve(task, seconds=0.0)
    assert (found.in_time, found.is_best) == (False, False)
    assert review(task.board, found.visits).troubles == {}
    assert found.uncovered == len(task.uncovered(found.visits))


def large(*, teams: int, mentors: int, seed: int) -> Task:
    """Three rounds of three slots, a few mentors who are not free, fields that fit or not."""
    choose = random.Random(seed)
    ts, ms, rs, ss = ids("t", teams), ids("m", mentors), ids("r", 3), ids("s", 9)
    board = Board(
        slots={slot: rs[n // 3] for n, slot in enumerate(ss)},
        teams=ts,
        capacity=dict.fromkeys(ms, 9),
        busy=frozenset(place for place in product(ms, ss) if choose.random() < 0.05),
        apart=frozenset(pair for pair in product(ms, ts) if choose.random() < 0.05),
    )
    worth = {pair: choose.choice([0, 12, 34, 46]) for pair in product(ms, ts)}
    return Task(board=board, worth=worth, load=10)
