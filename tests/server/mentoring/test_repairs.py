"""Repairs of a visit whose mentor does not come: allowed, and with as few moves as there can be."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.mentoring.matching.repair import Kind, Repair, repairs
from server.mentoring.matching.solver import best
from server.mentoring.matching.task import Task
from server.mentoring.plans.rules import Board, Visit, review
from tests.server.mentoring.matching_given import examples, ids, tasks

pytestmark = pytest.mark.pure

M, T, R, S = ids("m", 4), ids("t", 4), ids("r", 2), ids("s", 4)  # two slots in each round


def board(**facts: object) -> Board:
    return replace(
        Board(slots={s: R[n // 2] for n, s in enumerate(S)}, teams=T, capacity=dict.fromkeys(M, 4)),
        **facts,  # type: ignore[arg-type]  # fields of a board
    )


def first(task: Task, visits: set[Visit], gone: Visit) -> Repair | None:
    """The least disturbing repair while the first slot runs."""
    return next(iter(repairs(task, visits, gone, past=(), running=S[:1])), None)


def test_who_is_free_comes_at_once() -> None:
    visits = {Visit(S[0], T[0], M[0]), Visit(S[0], T[1], M[1]), Visit(S[1], T[2], M[1])}
    worth = {(M[2], T[0]): 1, (M[3], T[0]): 7}
    found = first(Task(board=board(), worth=worth), visits, Visit(S[0], T[0], M[0]))
    assert found
    assert (found.kind, found.own) == (Kind.FREE, Visit(S[0], T[0], M[3]))
    assert not found.moved


def test_who_is_free_later_comes_later_before_others_move() -> None:
    taken = {(m, S[0]) for m in M[2:]}
    visits = {Visit(S[0], T[0], M[0]), Visit(S[0], T[1], M[1]), Visit(S[1], T[2], M[1])}
    task = Task(board=board(busy=frozenset(taken)))
    found = first(task, visits, Visit(S[0], T[0], M[0]))
    assert found
    assert found.kind is Kind.LATER
    assert found.own.slot_id == S[1]


def test_others_change_places_where_nobody_else_can_come() -> None:
    visits = {Visit(S[0], T[0], M[0]), Visit(S[0], T[1], M[1]), Visit(S[1], T[2], M[1])}
    busy = {*product(M[3:], S), (M[2], S[0])}
    task = Task(board=board(busy=frozenset(busy), apart=frozenset({(M[2], T[0])})))
    found = first(task, visits, Visit(S[0], T[0], M[0]))
    assert found
    assert (found.kind, found.own) == (Kind.SWAP, Visit(S[1], T[0], M[1]))
    assert found.moved == {T[2]}
    assert Visit(S[1], T[2], M[2]) in found.visits


def test_a_team_joins_another_where_no_visit_can_be() -> None:
    visits = {Visit(S[0], T[0], M[0]), Visit(S[0], T[1], M[1])}
    task = Task(board=board(capacity=dict.fromkeys(M, 0) | {M[0]: 1, M[1]: 1}))
    found = first(task, visits, Visit(S[0], T[0], M[0]))
    assert found
    assert (found.kind, found.own) == (Kind.MERGE, Visit(S[0], T[1], M[1]))
    assert found.visits == visits - {Visit(S[0], T[0], M[0])}


def test_who_keeps_its_mentor_has_another_for_once() -> None:
    visits = {Visit(S[0], T[0], M[0]), Visit(S[2], T[0], M[0])}
    task = Task(board=board(keeps=frozenset({T[0]})))
    found = first(task, visits, Visit(S[0], T[0], M[0]))
    assert found
    assert found.kind is Kind.FREE


@examples(60)
@given(tasks(teams=4, mentors=3, rounds=2), st.data())
def test_no_repair_moves_fewer_and_every_rule_is_kept(task: Task, data: st.DataObject) -> None:
    task = replace(task, fixed=frozenset(), board=replace(task.board, keeps=frozenset()))
    visits = best(task).visits
    assume(visits)
    gone = data.draw(st.sampled_from(sorted(visits)))
    slots = [s for s, of in task.board.slots.items() if of == task.board.slots[gone.slot_id]]
    at = slots.index(gone.slot_id)
    past, running = slots[:at], slots[at : at + 1]
    found = repairs(task, visits, gone, past=past, running=running)
    possible = list(every_repair(task, visits, gone, past, running))
    own = [each for each in found if each.kind is not Kind.MERGE]
    assert bool(own) == bool(possible)
    for each in own:
        assert review(task.board, each.visits).troubles == {}
        assert each.visits in possible
        assert each.own in each.visits
    if own:
        moves = moved(visits, own[0].visits, gone)
        assert own[0].moved == moves
        assert len(moves) == min(len(moved(visits, each, gone)) for each in possible)


def moved(before: frozenset[Visit], after: frozenset[Visit], gone: Visit) -> frozenset[UUID]:
    """The other teams whose visit is another one."""
    return frozenset(v.team_id for v in (before - {gone}) ^ after) - {gone.team_id}


def every_repair(
    task: Task,
    visits: frozenset[Visit],
    gone: Visit,
    past: list[UUID],
    running: list[UUID],
) -> Iterator[frozenset[Visit]]:
    """Every plan in which nobody is without a visit who has one now, by trying them all."""
    slots = task.board.slots
    round_ = slots[gone.slot_id]
    to_come = [s for s, of in slots.items() if of == round_ and s not in past]
    stays = {
        v
        for v in visits
        if v != gone
        and (
            slots[v.slot_id] != round_
            or v.slot_id in (*past, *running)
            or v.mentor_id == gone.mentor_id
        )
    }
    teams = [v.team_id for v in visits - stays]
    places = [(m, s) for m in task.mentors for s in to_come if m != gone.mentor_id]
    for chosen in product(places, repeat=len(teams)):
        after = stays | {Visit(s, t, m) for t, (m, s) in zip(teams, chosen, strict=True)}
        taken = {(v.mentor_id, v.slot_id) for v in after}
        if len(taken) == len(after) and not review(task.board, after).troubles:
            yield frozenset(after)
