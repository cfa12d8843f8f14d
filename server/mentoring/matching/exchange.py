"""What another mentor for a team would mean: what forbids it, or what it costs and whom it moves.

Other rounds stay as they are, but for a team that keeps its mentor. Within the round all may move
that is not fixed, and as few do as can be; teams that nobody visits stay so.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from server.mentoring.matching.solver import best
from server.mentoring.matching.task import Meeting, Rule, Task
from server.mentoring.plans.rules import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A plan in which a team has another mentor.

    `points` and `uncovered` are how many more there are than now; `moved` are the other teams with
    a visit that changes.
    """

    visits: frozenset[Visit]
    points: int
    uncovered: int
    moved: frozenset[UUID]


def forbids(task: Task, visits: Collection[Visit], at: Meeting) -> list[Rule]:
    """The rules that forbid a meeting, whatever else moves."""
    board, within = task.board, _within(task, visits, at)
    slots = [slot for slot, round_ in board.slots.items() if round_ == at.round_id]
    pair = at.mentor_id, at.team_id
    others = [v for v in within.fixed if board.slots[v.slot_id] != at.round_id]
    busy = all((at.mentor_id, slot) in board.busy for slot in slots)
    locked = (at.team_id, at.round_id) not in within.open
    full = not within.free_slots[at.mentor_id, at.round_id]
    met = [v.mentor_id for v in others if v.team_id == at.team_id]
    keeps = at.team_id in board.keeps
    stands = {
        Rule.APART: pair in board.apart,
        Rule.FREE: busy,
        Rule.FIXED: locked or (full and not busy),
        Rule.TAKEN: not within.left[at.mentor_id],
        Rule.ONCE: not keeps and at.mentor_id in met,
        Rule.KEPT: keeps and bool(met) and at.mentor_id not in met,
    }
    return [rule for rule, so in stands.items() if so]


def exchange(task: Task, visits: Collection[Visit], at: Meeting) -> Exchange:
    """The plan with a meeting that nothing forbids: nobody loses a visit where that can be, as few
    teams move as can be, and of such plans the one of the most points.
    """
    within = _within(task, visits, at)
    asked = replace(within, must=frozenset({at}), stay=task.more_than_all)
    found = best(asked).visits
    plain = replace(task, stay=0)
    return Exchange(
        visits=found,
        points=plain.value(found) - plain.value(visits),
        uncovered=len(plain.uncovered(found)) - len(plain.uncovered(visits)),
        moved=frozenset(v.team_id for v in found ^ frozenset(visits)) - {at.team_id},
    )


def _within(task: Task, visits: Collection[Visit], at: Meeting) -> Task:
    """The task in which only that can move that a meeting is allowed to move."""
    slots = task.board.slots
    visited = {(v.team_id, slots[v.slot_id]) for v in visits}
    before, needs = frozenset(visits), frozenset({*visited, at[1:]})
    if at.team_id in task.board.keeps:
        return replace(task, before=before, needs=needs)
    others = frozenset(visit for visit in visits if slots[visit.slot_id] != at.round_id)
    return replace(task, fixed=task.fixed | others, before=before, needs=needs)
