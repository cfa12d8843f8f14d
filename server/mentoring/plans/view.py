"""A plan as its page shows it: the grid, what needs a hand, and what is chosen."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from server.mentoring.models import Round, Team
from server.mentoring.plans import rules
from server.mentoring.plans.choices import Choice, Place, places_for, teams_for
from server.mentoring.plans.comparing import Cell as At
from server.mentoring.plans.comparing import Difference, difference
from server.mentoring.plans.look import Look, Undo
from server.mentoring.plans.planning import Person, Planning
from server.mentoring.plans.rules import Trouble, Visit
from server.mentoring.schedule.timetable import Span


class Cell(NamedTuple):
    """A mentor in a slot. `free` False: the mentor cannot then; `fixed`: the round has begun."""

    person: Person
    round: Round
    slot_id: UUID
    span: Span
    first: bool  # of its round
    visit: Visit | None
    team: Team | None
    free: bool
    troubles: list[Trouble]
    differs: bool
    locked: bool
    fixed: bool


class Row(NamedTuple):
    """A mentor's line."""

    person: Person
    cells: list[Cell]

    @property
    def taken(self) -> int:
        """How many visits the mentor makes."""
        return sum(cell.team is not None for cell in self.cells)


class Gap(NamedTuple):
    """Teams that nobody visits in a round."""

    round: Round
    teams: list[Team]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the page tells more about: a cell with the teams for it, or a team with cells for it."""

    cell: Cell | None = None
    choices: list[Choice] | None = None
    team: Team | None = None
    round: Round | None = None
    places: list[Place] | None = None
    way: list[Cell] | None = None  # the mentor's cells of the round


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All of the page."""

    planning: Planning
    rows: list[Row]
    gaps: list[Gap]
    troubled: list[Cell]  # hard ones first
    difference: Difference
    chosen: Chosen

    @property
    def wanted(self) -> int:
        """How many visits there would be if every team had one in every round."""
        return len(self.planning.teams) * len(self.planning.rounds)

    @property
    def decided(self) -> int:
        """How many of them there are."""
        return self.wanted - sum(len(gap.teams) for gap in self.gaps)

    @property
    def hands(self) -> int:
        """How many things need a hand."""
        return self.wanted - self.decided + len(self.troubled)

    def cell(self, mentor_id: UUID, slot_id: UUID) -> Cell | None:
        """A cell of the grid."""
        cells = (cell for row in self.rows for cell in row.cells)
        at = (mentor_id, slot_id)
        return next((c for c in cells if (c.person.mentor.id, c.slot_id) == at), None)


def shown(planning: Planning, look: Look) -> Shown:
    """Everything that the page of a plan tells."""
    review = rules.review(planning.board, planning.visits)
    differs = difference(planning.before, planning.visits, planning.board.slots)
    rows = _rows(planning, review.troubles, differs)
    by_round = {
        round_.id: [planning.teams[team] for of, team in review.gaps if of == round_.id]
        for round_ in planning.rounds
    }
    troubled = [cell for row in rows for cell in row.cells if _needs_hand(cell)]
    return Shown(
        planning=planning,
        rows=rows,
        gaps=[Gap(each, by_round[each.id]) for each in planning.rounds if by_round[each.id]],
        troubled=sorted(troubled, key=lambda cell: cell.troubles == [Trouble.REPEAT]),
        difference=differs,
        chosen=_chosen(planning, rows, look),
    )


def _rows(
    planning: Planning, troubles: dict[Visit, list[Trouble]], differs: Difference
) -> list[Row]:
    spans, held = planning.spans, {(v.mentor_id, v.slot_id): v for v in planning.held}
    compared = planning.is_draft and planning.published is not None
    rows = []
    for mentor_id, person in planning.people.items():
        row = Row(person, [])
        for round_ in planning.rounds:
            for n, slot in enumerate(planning.slots[round_.id]):
                visit = held.get((mentor_id, slot.id))
                row.cells.append(
                    Cell(
                        person=person,
                        round=round_,
                        slot_id=slot.id,
                        span=spans[slot.id],
                        first=n == 0,
                        visit=visit,
                        team=planning.teams[visit.team_id] if visit else None,
                        free=(mentor_id, slot.id) not in planning.board.busy,
                        troubles=troubles.get(visit, []) if visit else [],
                        differs=compared and At(mentor_id, slot.id) in differs.cells,
                        locked=visit is not None and planning.held[visit],
                        fixed=slot.id in planning.fixed,
                    )
                )
        rows.append(row)
    return rows


def _needs_hand(cell: Cell) -> bool:
    """A second time that is locked was decided; what has begun is past."""
    if not cell.troubles or cell.fixed:
        return False
    return not (cell.locked and cell.troubles == [Trouble.REPEAT])


def _chosen(planning: Planning, rows: list[Row], look: Look) -> Chosen:
    for row in rows:
        for cell in row.cells:
            if (row.person.mentor.id, cell.slot_id) == (look.mentor, look.slot):
                choices = teams_for(planning, row.person.mentor.id, cell.slot_id)
                way = [each for each in row.cells if each.round.id == cell.round.id]
                return Chosen(cell=cell, choices=choices, way=way)
    team = planning.teams.get(look.team) if look.team else None
    round_ = next((each for each in planning.rounds if each.id == look.round), None)
    if team is None or round_ is None:
        return Chosen()
    return Chosen(team=team, round=round_, places=places_for(planning, team.id, round_.id))


class Undone(NamedTuple):
    """What can be undone, in the page's terms: the cell, and the team that would come back."""

    undo: Undo
    person: Person
    span: Span
    team: Team | None
    now: Team | None


def undone(planning: Planning, undo: Undo | None) -> Undone | None:
    """What an address offers to undo; None where it names something that is not there."""
    if undo is None or undo.mentor not in planning.people or undo.slot not in planning.board.slots:
        return None
    teams = [planning.teams.get(id_) if id_ else None for id_ in (undo.team, undo.was)]
    return Undone(undo, planning.people[undo.mentor], planning.span(undo.slot), *teams)
