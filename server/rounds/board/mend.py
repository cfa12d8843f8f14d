"""A visit whose mentor does not come becomes what the board proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.matching.repair import Kind, Repair
from server.mentoring.models import Round
from server.mentoring.plans.rules import Visit
from server.rooms.models import Room
from server.rounds.actions import Act, team_rooms
from server.rounds.board import desk_log
from server.rounds.board.amend import (
    REPLACED,
    MentorCame,
    VisitChanged,
    amend,
    held_plan,
    is_in,
    merge,
    slot_to_come,
)
from server.rounds.board.proposing import Standing, possible, standing


class RepairChanged(DomainError):
    """What was proposed would be something else by now, or is not possible any more."""

    code = "repair_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A repair as the board showed it: of `gone`, by `own`, moving the teams of these numbers.

    `absent` are the mentors on whom it did not count.
    """

    round_id: UUID
    gone: Visit
    kind: Kind
    own: Visit
    moved: frozenset[int]
    absent: frozenset[UUID] = frozenset()


async def mend(db: Db, event: Event, wish: Proposed, act: Act) -> set[UUID]:
    """What the board proposed becomes so; everybody concerned is told.

    Answers the participations that were moved.

    Raises:
        RoundNotReady: the round does not run, or the slot is over.
        VisitChanged: the visit is not there any more, or another mentor's.
        MentorCame: the mentor is in the room.
        RepairChanged: the plan has changed, so that it would be another repair.
    """
    round_ = await queries.held_round(db, wish.round_id)
    await slot_to_come(db, round_, wish.gone.slot_id, act.now)
    plan = await held_plan(db, round_.event_id)
    found = await standing(db, event, round_, act.now)
    if plan is None or found is None or wish.gone not in found.planning.held:
        raise VisitChanged
    teams, people = found.planning.teams, found.planning.people
    rooms = await team_rooms(db, list(teams.values()))
    former = people[wish.gone.mentor_id].mentor
    if await is_in(db, former, round_, rooms[wish.gone.team_id], act.now):
        raise MentorCame
    repair = _proposed(found, wish)
    moved = await amend(db, round_, plan, repair.visits, act)
    if repair.kind is Kind.MERGE:
        team, room = teams[wish.gone.team_id], rooms[repair.own.team_id]
        moved |= await merge(db, round_, team, room, act)
    before = found.planning.visits
    for team_id in sorted({wish.gone.team_id, *repair.moved}):
        was = _of(before, team_id, round_.id, found)
        now = (
            repair.own
            if team_id == wish.gone.team_id
            else _of(repair.visits, team_id, round_.id, found)
        )
        await _tell(db, found, round_, team_id, was, now, rooms[team_id], act)
    return moved


def _proposed(found: Standing, wish: Proposed) -> Repair:
    """The repair that was shown, worked out anew."""
    numbers = {team_id: team.number for team_id, team in found.planning.teams.items()}
    visits, most = found.planning.visits, 2 * len(found.planning.people)
    for each in possible(found, visits, wish.gone, wish.absent, most=most):
        if (each.kind, each.own) == (wish.kind, wish.own):
            if {numbers[team_id] for team_id in each.moved} == wish.moved:
                return each
            break
    raise RepairChanged


def _of(visits: Iterable[Visit], team_id: UUID, round_id: UUID, found: Standing) -> Visit:
    """The visit of a team in a round."""
    slots = found.planning.board.slots
    return next(v for v in visits if (v.team_id, slots[v.slot_id]) == (team_id, round_id))


async def _tell(
    db: Db,
    found: Standing,
    round_: Round,
    team_id: UUID,
    was: Visit,
    now: Visit,
    room: Room,
    act: Act,
) -> None:
    """Organizers and the team hear who comes instead, and when."""
    numbers = {slot.id: slot.number for slot in found.planning.slots[round_.id]}
    names = {mentor_id: person.name for mentor_id, person in found.planning.people.items()}
    await desk_log.tell(
        db,
        REPLACED,
        {
            "number": found.planning.teams[team_id].number,
            "slot": numbers[now.slot_id],
            "former": names[was.mentor_id],
            "name": names[now.mentor_id],
        },
        session_id=round_.session_id,
        room_id=room.id,
        actor=act.actor,
        now=act.now,
    )
