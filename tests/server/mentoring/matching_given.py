"""Small tasks of all kinds for the tests of matching, and their best plans by brute force."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from server.mentoring.matching.slots import placed
from server.mentoring.matching.task import Meeting, Task
from server.mentoring.plans.rules import Board, Visit


def examples(count: int, *, full: int = 200) -> settings:
    """How many tasks a property is tried on; all of them in the drill."""
    return settings(max_examples=full if os.environ.get("EXAMPLES") == "full" else count)


def ids(letter: str, count: int) -> list[UUID]:
    """Identities that sort by their places."""
    return [UUID(int=ord(letter) * 1000 + n) for n in range(count)]


@st.composite
def tasks(draw: st.DrawFn, *, teams: int = 5, mentors: int = 4, rounds: int = 3) -> Task:
    """Tasks of up to so many, with up to two slots in a round."""
    ts, ms = ids("t", draw(st.integers(1, teams))), ids("m", draw(st.integers(1, mentors)))
    rs, slots = ids("r", draw(st.integers(1, rounds))), draw(st.integers(1, 2))
    ss = ids("s", len(rs) * slots)
    places = st.sampled_from(list(product(ms, ss)))
    pairs = st.sampled_from(list(product(ms, ts)))
    board = Board(
        slots={slot: rs[n // slots] for n, slot in enumerate(ss)},
        teams=ts,
        capacity={m: draw(st.integers(0, 4)) for m in ms},
        busy=draw(st.frozensets(places, max_size=3)),
        apart=draw(st.frozensets(pairs, max_size=3)),
        keeps=draw(st.frozensets(st.sampled_from(ts), max_size=1)),
    )
    worth = {pair: draw(st.integers(-20, 60)) for pair in product(ms, ts)}
    task = Task(board=board, worth=worth, load=draw(st.integers(0, 12)))
    task = replace(task, stay=draw(st.integers(0, 9) | st.just(task.more_than_all)))
    before = draw(plans(task))
    fixed = draw(st.sets(st.sampled_from(sorted(before)), max_size=2)) if before else set()
    return replace(task, before=before, fixed=frozenset(fixed))


@st.composite
def plans(draw: st.DrawFn, task: Task) -> frozenset[Visit]:
    """Allowed plans of a task, mostly with visits left out."""
    held: list[Meeting] = []
    for meeting in draw(st.permutations(list(task.possible()))):
        if is_allowed(task, [*held, meeting]):
            held.append(meeting)
    return frozenset(placed(task, held))


def is_allowed(task: Task, held: list[Meeting]) -> bool:
    """Whether meetings beside the fixed visits keep every rule (by itself each is possible)."""
    pairs: dict[UUID, set[UUID]] = {}
    for mentor, team, _ in held:
        pairs.setdefault(team, set()).add(mentor)
    return (
        len({m[1:] for m in held}) == len(held)
        and all(sum(m.mentor_id == x for m in held) <= most for x, most in task.left.items())
        and all(
            sum((m.mentor_id, m.round_id) == key for m in held) <= len(free)
            for key, free in task.free_slots.items()
        )
        and all(
            len(mentors) == 1
            if team in task.board.keeps
            else len(mentors) == sum(m.team_id == team for m in held)
            for team, mentors in pairs.items()
        )
    )


def every_plan(task: Task) -> Iterator[list[Visit]]:
    """All plans of a task, as many as there are."""
    needs = sorted(task.open)
    choices = [
        [None, *(m for m in task.possible() if (m.team_id, m.round_id) == need)] for need in needs
    ]
    for chosen in product(*choices):
        held = [meeting for meeting in chosen if meeting]
        if is_allowed(task, held):
            yield [*task.fixed, *placed(task, held)]


def rank(task: Task, visits: list[Visit] | frozenset[Visit]) -> tuple[int, int]:
    """How bad a plan is: uncovered visits, then points missing."""
    return len(task.uncovered(visits)), -task.value(visits)
