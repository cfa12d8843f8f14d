"""What fits: teams for a cell of the grid, and cells for a team that has no visit in a round."""

from typing import NamedTuple
from uuid import UUID

from server.mentoring.models import Team
from server.mentoring.plans.planning import Person, Planning
from server.mentoring.plans.rules import Trouble, Visit


class Choice(NamedTuple):
    """A team for a cell. `now`: its visit in this round, which would move; `moves`: whether that
    may be, for a locked one stays.
    """

    team: Team
    now: Visit | None
    troubles: list[Trouble]
    moves: bool

    @property
    def fits(self) -> bool:
        """Whether nothing stands against it."""
        return self.moves and not self.troubles


class Place(NamedTuple):
    """An open cell for a team."""

    person: Person
    slot_id: UUID
    troubles: list[Trouble]


def teams_for(planning: Planning, mentor_id: UUID, slot_id: UUID) -> list[Choice]:
    """The teams for a cell: those that fit and have no visit yet, those that fit and would change
    places, those that do not fit; each part by the rooms.
    """
    slots = planning.board.slots
    now = {v.team_id: v for v in planning.held if slots[v.slot_id] == slots[slot_id]}
    at = (mentor_id, slot_id)
    others = [v for v in planning.held if (v.mentor_id, v.slot_id) != at]
    found = []
    for team in planning.teams.values():
        there = now.get(team.id)
        if there is not None and (there.mentor_id, there.slot_id) == at:
            continue
        visit = Visit(slot_id, team.id, mentor_id)
        moves = there is None or not planning.held[there]
        found.append(Choice(team, there, _against(planning, visit, others), moves))
    return sorted(found, key=_rank)


def places_for(planning: Planning, team_id: UUID, round_id: UUID) -> list[Place]:
    """The open cells for a team in a round, those first that fit."""
    taken = {(visit.mentor_id, visit.slot_id) for visit in planning.held}
    found = [
        Place(
            person,
            slot.id,
            _against(planning, Visit(slot.id, team_id, mentor_id), planning.visits),
        )
        for slot in planning.slots[round_id]
        for mentor_id, person in planning.people.items()
        if (mentor_id, slot.id) not in taken
    ]
    return sorted(found, key=lambda place: len(place.troubles))


def _rank(choice: Choice) -> tuple[bool, bool, int]:
    return not choice.fits, choice.now is not None, choice.team.number or 0


def _against(planning: Planning, visit: Visit, others: list[Visit]) -> list[Trouble]:
    """What would stand against a visit beside others; a team has one in each round, so no TWICE."""
    board = planning.board
    pair = visit.mentor_id, visit.team_id
    rounds = {board.slots[o.slot_id] for o in others if (o.mentor_id, o.team_id) == pair}
    load = sum(other.mentor_id == visit.mentor_id for other in others)
    stands = {
        Trouble.CONFLICT: pair in board.apart,
        Trouble.NOT_FREE: (visit.mentor_id, visit.slot_id) in board.busy,
        Trouble.OVER: load >= board.capacity[visit.mentor_id],
        Trouble.REPEAT: bool(rounds - {board.slots[visit.slot_id]})
        and visit.team_id not in board.keeps,
    }
    return [trouble for trouble, so in stands.items() if so]
