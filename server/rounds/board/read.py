"""What the organizer's board is made from: everything about a round, in a fixed number of reads."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Participation, Topic
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, RoundForm, Slot
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.records.models import Attendance
from server.rooms.models import Placement, SeatState
from server.rounds import groups
from server.rounds import help as calls
from server.rounds.models import HelpCall, Lateness


class Somebody(NamedTuple):
    """A person as the board names one; without a participation nobody has an account yet."""

    participation_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A room of the round, before or after it was made, and who belongs there."""

    number: int
    name: str
    room_id: UUID | None
    team_id: UUID | None
    topic_id: UUID | None
    people: list[Somebody]


class Visit(NamedTuple):
    """A visit by the plan that holds."""

    slot: Slot
    team_id: UUID
    mentor_id: UUID
    person: UUID
    late: Lateness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A round as the database has it. `changed`: when somebody last came to or left a room."""

    event: Event
    round_: Round
    slots: list[Slot]
    topics: list[Topic]
    spots: list[Spot]
    visits: dict[UUID, list[Visit]]  # by team, in order
    names: dict[UUID, str]  # by participation
    seats: list[SeatState]
    placed: dict[UUID, Placement]  # by participation
    calls: list[HelpCall]
    changed: dict[UUID, datetime]  # by room


async def facts(db: Db, event: Event, round_: Round) -> Facts:
    """Read a round; the same number of statements for 3 and for 66 rooms."""
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    people = await _people(db, event)
    seats = await db.exec(select(SeatState).where(SeatState.session_id == round_.session_id))
    placed = select(Placement).where(Placement.session_id == round_.session_id)
    places = {row.participation_id: row for row in await db.exec(placed)}
    names = dict(people.values())
    if round_.form is RoundForm.TEAMS:
        spots = await _of_teams(db, event, people)
    else:
        spots = await _of_groups(db, round_, names, places)
    return Facts(
        event=event,
        round_=round_,
        slots=slots,
        topics=await events.topics_of(db, event),
        spots=spots,
        visits=await _visits(db, event, slots),
        names=names,
        seats=list(seats.all()),
        placed=places,
        calls=await calls.of_round(db, round_.id),
        changed=await _changed(db, round_, [spot.room_id for spot in spots if spot.room_id]),
    )


async def _people(db: Db, event: Event) -> dict[UUID, tuple[UUID, str]]:
    """Everybody in the event: account → participation, name."""
    found = (
        select(Participation.account_id, Participation.id, Account.name)
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(Participation.event_id == event.id)
    )
    return {account: (person, name) for account, person, name in (await db.exec(found)).all()}


async def _of_teams(db: Db, event: Event, people: dict[UUID, tuple[UUID, str]]) -> list[Spot]:
    teams = await queries.teams_of(db, event.id)
    members = await queries.members_of(db, [team.id for team in teams])
    return [
        Spot(
            team.number or 0,
            team.name,
            team.room_id,
            team.id,
            team.topic_id,
            [
                Somebody(*people[member.account_id])
                if member.account_id in people
                else Somebody(None, member.name)
                for member in members[team.id]
            ],
        )
        for team in teams
    ]


async def _of_groups(
    db: Db, round_: Round, names: dict[UUID, str], places: dict[UUID, Placement]
) -> list[Spot]:
    people: dict[UUID, list[Somebody]] = defaultdict(list)
    for person, place in sorted(places.items()):
        people[place.room_id].append(Somebody(person, names.get(person, "")))
    return [
        Spot(room.number or 0, "", room.id, None, None, people[room.id])
        for room in await groups.rooms_of(db, round_)
    ]


async def _visits(db: Db, event: Event, slots: list[Slot]) -> dict[UUID, list[Visit]]:
    by_id = {slot.id: slot for slot in slots}
    found = (
        select(Assignment, Mentor.participation_id, Lateness)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .join(
            Lateness,
            (col(Lateness.slot_id) == col(Assignment.slot_id))
            & (col(Lateness.mentor_id) == col(Mentor.id)),
            isouter=True,
        )
        .where(
            Plan.event_id == event.id,
            Plan.state == PlanState.PUBLISHED,
            col(Assignment.slot_id).in_(by_id),
        )
    )
    visits: dict[UUID, list[Visit]] = defaultdict(list)
    rows = (await db.exec(found)).all()
    for visit, person, late in sorted(rows, key=lambda row: by_id[row[0].slot_id].number):
        slot = by_id[visit.slot_id]
        visits[visit.team_id].append(Visit(slot, visit.team_id, visit.mentor_id, person, late))
    return visits


async def _changed(db: Db, round_: Round, rooms: Collection[UUID]) -> dict[UUID, datetime]:
    found = (
        select(
            Attendance.room_id,
            func.max(col(Attendance.joined_at)),
            func.max(col(Attendance.left_at)),
        )
        .where(col(Attendance.session_id) == round_.session_id, col(Attendance.room_id).in_(rooms))
        .group_by(col(Attendance.room_id))
    )
    return {
        room: max(joined, left or joined) for room, joined, left in (await db.exec(found)).all()
    }
