"""The assignment as its page shows it: every team with every mentor in one round."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from server.mentoring.matching.worth import Reason
from server.mentoring.models import Round, Team
from server.mentoring.plans.planning import Person, Planning
from server.mentoring.plans.rules import Visit
from server.mentoring.solving.merits import Merits

SIZES = 4  # of dots: the better two fit, the larger


class Mark(StrEnum):
    """What stands in a cell."""

    HERE = "here"  # the mentor visits the team in this round
    WAS = "was"  # by the published plan, no longer by this one
    APART = "apart"  # the two must not meet
    AWAY = "away"  # the mentor is free in no slot of the round
    FIT = "fit"  # neither: how well they would fit


class Cell(NamedTuple):
    """A team and a mentor. `size` is of its dot, 0 for none; `new` was not so by what holds."""

    person: Person
    mark: Mark
    fit: int
    size: int
    locked: bool = False
    new: bool = False


class Line(NamedTuple):
    """A team with all mentors. `changed`: its mentor of the round differs from what holds."""

    team: Team
    cells: list[Cell]
    visit: Visit | None
    was: Person | None
    changed: bool
    fits_topic: bool

    @property
    def mentor(self) -> Cell | None:
        """The cell of its mentor."""
        return next((cell for cell in self.cells if cell.mark is Mark.HERE), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A round of a plan. `load` is each mentor's number of visits over all rounds."""

    round: Round
    lines: list[Line]
    load: Counter[UUID]

    @property
    def uncovered(self) -> list[Line]:
        """Teams that nobody visits."""
        return [line for line in self.lines if line.visit is None]

    @property
    def beside_topic(self) -> list[Line]:
        """Teams whose mentor does not speak of what they want to speak of."""
        return [line for line in self.lines if line.visit and not line.fits_topic]

    @property
    def changed(self) -> list[Line]:
        """Teams whose mentor differs from what is published."""
        return [line for line in self.lines if line.changed]


def shown(
    planning: Planning,
    merits: Merits,
    round_: Round,
    *,
    visits: Collection[Visit],
    against: Collection[Visit] | None,
) -> Shown:
    """A round of a plan.

    Args:
        visits: what the plan says, or would say.
        against: what it is compared with; None: nothing.
    """
    slots = [slot.id for slot in planning.slots[round_.id]]
    now = {v.team_id: v for v in visits if v.slot_id in slots}
    before = None if against is None else {v.team_id: v for v in against if v.slot_id in slots}
    fits = [merits.fit(*pair) for pair in merits.earned]
    least, best = max(0, min(fits, default=0)), max(fits, default=0)
    away = {
        mentor_id
        for mentor_id in planning.people
        if all((mentor_id, slot) in planning.board.busy for slot in slots)
    }
    lines = []
    for team in planning.teams.values():
        visit, old = now.get(team.id), before.get(team.id) if before is not None else None
        is_new = before is not None and (old.mentor_id if old else None) != (
            visit.mentor_id if visit else None
        )
        cells = [
            Cell(
                person=person,
                mark=_mark(planning, mentor_id, team.id, visit, old, away),
                fit=merits.fit(mentor_id, team.id),
                size=_size(merits.fit(mentor_id, team.id), least, best),
                locked=bool(visit and visit.mentor_id == mentor_id and planning.held.get(visit)),
                new=is_new,
            )
            for mentor_id, person in planning.people.items()
        ]
        lines.append(
            Line(
                team=team,
                cells=cells,
                visit=visit,
                was=planning.people.get(old.mentor_id) if old else None,
                changed=is_new,
                fits_topic=bool(visit and Reason.FIELD in merits.earned[visit.mentor_id, team.id]),
            )
        )
    return Shown(round=round_, lines=lines, load=Counter(v.mentor_id for v in visits))


def _mark(
    planning: Planning,
    mentor_id: UUID,
    team_id: UUID,
    visit: Visit | None,
    old: Visit | None,
    away: set[UUID],
) -> Mark:
    if visit and visit.mentor_id == mentor_id:
        return Mark.HERE
    if old and old.mentor_id == mentor_id:
        return Mark.WAS
    if (mentor_id, team_id) in planning.board.apart:
        return Mark.APART
    return Mark.AWAY if mentor_id in away else Mark.FIT


def _size(fit: int, least: int, best: int) -> int:
    return 0 if fit <= 0 else 1 + max(0, fit - least) * SIZES // (best - least + 1)
