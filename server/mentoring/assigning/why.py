"""Why a team has its mentor and not another, and what would have to give way where it has none.

It is worked out from the plan at each look, so it is always of what is shown. With 66 teams and 22
mentors that takes a third of a second of a thread.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from server.mentoring.matching.exchange import Exchange, exchange, forbids
from server.mentoring.matching.relax import Relaxation, relax
from server.mentoring.matching.task import Meeting, Rule, Task
from server.mentoring.matching.worth import Reason
from server.mentoring.plans.planning import Planning
from server.mentoring.plans.rules import Visit
from server.mentoring.solving.merits import Merits

LOAD: Final = "load"


class Part(NamedTuple):
    """A reason with its points; `LOAD`: what this visit adds to the mentor's load."""

    reason: Reason | str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another mentor for a team: the rules against it, or what the exchange would mean.

    Neither: for a team that keeps its mentor an exchange is worked out on demand.
    """

    mentor_id: UUID
    fit: int
    rules: list[Rule]
    exchange: Exchange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is to be said of a team in a round.

    `visit` None: nobody visits it, and `relaxation` is what could give way. `visits`, `capacity`:
    how many visits its mentor makes, and takes.
    """

    visit: Visit | None
    parts: list[Part]
    visits: int
    capacity: int
    others: list[Other]
    relaxation: Relaxation | None

    @property
    def points(self) -> int:
        """What the visit is worth."""
        return sum(part.points for part in self.parts)


def why(planning: Planning, merits: Merits, task: Task, team_id: UUID, round_id: UUID) -> Why:
    """Everything about a team in a round."""
    visits, slots = frozenset(planning.visits), planning.board.slots
    own = (v for v in planning.visits if (v.team_id, slots[v.slot_id]) == (team_id, round_id))
    visit = next(own, None)
    mentor_id = visit.mentor_id if visit else None
    is_open = round_id not in {slots[slot] for slot in planning.fixed}
    return Why(
        visit=visit,
        parts=_parts(merits, task, visits, visit) if visit else [],
        visits=sum(v.mentor_id == mentor_id for v in visits),
        capacity=planning.board.capacity[mentor_id] if mentor_id else 0,
        others=_others(merits, task, visits, team_id, round_id, mentor_id) if is_open else [],
        relaxation=relax(task, visits, team_id, round_id) if is_open and not visit else None,
    )


def trial(task: Task, visits: Collection[Visit], at: Meeting) -> Exchange | None:
    """The exchange that an organizer wants to see; None: a rule forbids it."""
    return None if forbids(task, visits, at) else exchange(task, visits, at)


def _parts(merits: Merits, task: Task, visits: Collection[Visit], visit: Visit) -> list[Part]:
    earned = merits.earned[visit.mentor_id, visit.team_id]
    parts = [Part(reason, points) for reason, points in earned.items()]
    return [*parts, Part(LOAD, -load_cost(task, visits, visit.mentor_id))]


def load_cost(task: Task, visits: Collection[Visit], mentor_id: UUID) -> int:
    """What the last of a mentor's visits costs by its load."""
    most = task.board.capacity[mentor_id]
    count = sum(visit.mentor_id == mentor_id for visit in visits)
    return task.load * (count - 1) // max(most - 1, 1)


def _others(
    merits: Merits,
    task: Task,
    visits: Collection[Visit],
    team_id: UUID,
    round_id: UUID,
    mentor_id: UUID | None,
) -> list[Other]:
    """All other mentors: those who could, by what is lost; then those who could not, by fit."""
    keeps = team_id in task.board.keeps
    found = []
    for other in task.mentors:
        if other == mentor_id:
            continue
        at = Meeting(other, team_id, round_id)
        rules = forbids(task, visits, at)
        swap = None if rules or keeps else exchange(task, visits, at)
        found.append(
            Other(mentor_id=other, fit=merits.fit(other, team_id), rules=rules, exchange=swap)
        )
    return sorted(found, key=_rank)


def _rank(other: Other) -> tuple[bool, int, int, int]:
    swap = other.exchange
    lost = (swap.uncovered, -swap.points) if swap else (0, 0)
    return bool(other.rules), *lost, -other.fit
