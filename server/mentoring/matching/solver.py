"""The best plan: first as few teams without a visit as can be, then as many points as can be.
Of one round it is an assignment problem, of several a mixed-integer program.

scipy's `milp` (HiGHS) takes the same steps for the same input; a plan that the clock cut short is
marked so.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from server.mentoring.matching import one_round
from server.mentoring.matching.model import Model, Run
from server.mentoring.matching.slots import placed
from server.mentoring.matching.solved import Solved
from server.mentoring.matching.task import Task
from server.mentoring.plans import rules
from server.mentoring.plans.rules import Visit

STEPS: Final = (0.02, 0.005, 0.0)  # how near to the best each next plan is, of its points


def solve(
    task: Task,
    *,
    seconds: float = math.inf,
    steps: Sequence[float] = STEPS,
    told: bool = False,
) -> Iterator[Solved]:
    """Plans for a task, each nearer to the best than the one before; the last one is the answer.

    Args:
        seconds: when the clock ends it, with the best plan so far.
        steps: the gaps that are tried in turn.
        told: the solver writes to the standard output how far it is.
    """
    single = one_round.round_of(task)
    if single is not None:
        yield _proven(task, placed(task, one_round.chosen(task, single)))
        return
    until = time.monotonic() + seconds
    model = Model(task, told=told)
    covering = _cover(task, model, until)
    last: Solved | None = None
    for gap in steps:
        if last is not None and last.gap <= gap:
            continue
        found = _earn(task, model, covering, gap, until)
        if last is not None and found.points < last.points:
            found = replace(last, in_time=found.in_time)
        yield found
        if not found.in_time:
            return
        last = found


def best(task: Task) -> Solved:
    """The best plan, however long it takes."""
    return list(solve(task, steps=(0.0,)))[-1]


def _proven(task: Task, own: Sequence[Visit]) -> Solved:
    """A plan that is known to be the best."""
    visits = task.fixed | set(own)
    points, uncovered = task.value(visits), len(task.uncovered(visits))
    return Solved(
        visits=visits,
        points=points,
        uncovered=uncovered,
        fewest=uncovered,
        most=points,
        in_time=True,
    )


class _Covering(NamedTuple):
    """A plan with few uncovered visits: their number, the fewest there can be."""

    visits: list[Visit]
    uncovered: int
    fewest: int
    in_time: bool


def _cover(task: Task, model: Model, until: float) -> _Covering:
    run = model.run(model.uncovered(), gap=0.0, until=until)
    fewest = math.ceil(run.bound - 1e-6)
    if run.chosen is None:
        visits = rules.fill(task.board, task.fixed)
        return _Covering(visits, len(task.uncovered(visits)), fewest, in_time=False)
    visits = _whole(task, run)
    return _Covering(visits, len(task.uncovered(visits)), fewest, run.in_time)


def _earn(task: Task, model: Model, covering: _Covering, gap: float, until: float) -> Solved:
    run = model.run(model.points(), gap=gap, until=until, uncovered_most=covering.uncovered)
    visits = covering.visits if run.chosen is None else _whole(task, run)
    own = [visit for visit in visits if visit not in task.fixed]
    fixed_points = task.value(task.fixed)
    most = math.floor(model.points_of(run.bound) + 1e-6) + fixed_points
    points = task.value(visits)
    return Solved(
        visits=frozenset([*task.fixed, *own]),
        points=points,
        uncovered=len(task.uncovered(visits)),
        fewest=covering.fewest,
        most=max(points, most),
        in_time=covering.in_time and run.in_time,
    )


def _whole(task: Task, run: Run) -> list[Visit]:
    assert run.chosen is not None
    return [*task.fixed, *placed(task, run.chosen)]
