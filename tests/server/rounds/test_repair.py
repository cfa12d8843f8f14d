"""A visit whose mentor is replaced by hand: this one only, and nobody doubled or dropped."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from server.core.db import Database
from server.live.models import StreamEvent
from server.mentoring import queries
from server.mentoring.models import Availability, Conflict, ConflictSource, Mentor, Team
from server.mentoring.plans.models import Assignment, PlanState
from server.rooms.chat import room_stream
from server.rooms.models import Placement, Room, RoomKind, SeatState
from server.rooms.seat import person_stream
from server.rounds import actions, ticking
from server.rounds.actions import Act, RoundNotReady
from server.rounds.board import moves as board_moves
from server.rounds.board import repair
from server.rounds.board.amend import MentorCame, VisitChanged
from server.rounds.board.desk_log import staff_stream
from server.rounds.board.repair import MentorNotFree, Names, Wish
from tests.support.training import NOW, Held, Sizes, hold

MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE
SIZES = Sizes(teams=4, members=2, mentors=4, due=2, rounds=2, slots=2)
NAMES = Names(former="早川 透", new="久我 澄")


@pytest.fixture
async def held(database: Database) -> Held:
    async with database.writing() as db:
        made = await hold(db, SIZES, slug="repair")
        await actions.open_round(db, made.rounds[0].id, Act(actor=made.organizer.id, now=NOW))
        return made


async def visit_of(database: Database, held: Held, slot: int = 0) -> Assignment:
    wanted = held.slots[held.rounds[0].id][slot].id
    async with database.reading() as db:
        found = select(Assignment).where(Assignment.slot_id == wanted)
        return (await db.exec(found.order_by(col(Assignment.id)))).all()[0]


def wish(held: Held, visit: Assignment, mentor: UUID, **other: UUID) -> Wish:
    facts: dict[str, UUID] = {
        "round_id": held.rounds[0].id,
        "slot_id": visit.slot_id,
        "team_id": visit.team_id,
        "instead_of": visit.mentor_id,
        "mentor_id": mentor,
    }
    return Wish(**(facts | other))


async def replace(database: Database, held: Held, asked: Wish, now: datetime = LATER) -> set[UUID]:
    async with database.writing() as db:
        return await repair.replace(db, asked, NAMES, Act(actor=held.organizer.id, now=now))


async def everything(database: Database, held: Held) -> dict[tuple[UUID, UUID], UUID]:
    async with database.reading() as db:
        plan = await queries.plan_in(db, held.event.id, PlanState.PUBLISHED)
        return {
            (each.slot_id, each.team_id): each.mentor_id
            for each in await queries.assignments_of(db, plan)
        }


async def where(database: Database, person: UUID) -> UUID | None:
    async with database.reading() as db:
        found = select(Placement.room_id).where(Placement.participation_id == person)
        return (await db.exec(found)).one_or_none()


async def free(database: Database, held: Held, visit: Assignment) -> list[UUID]:
    async with database.reading() as db:
        found = await repair.free_mentors(db, held.event.id, visit.slot_id, visit.team_id)
    return [mentor.id for mentor in found]


async def change(database: Database, *rows: Any) -> None:
    async with database.writing() as db:
        db.add_all(rows)


async def test_the_free_mentor_goes_to_the_team_and_the_next_rounds_stay(
    database: Database, held: Held
) -> None:
    before, visit = await everything(database, held), await visit_of(database, held)
    former, new = visit.mentor_id, held.mentors[2]
    person = {mentor.id: mentor.participation_id for mentor in held.mentors}
    room = await where(database, person[former])
    moved = await replace(database, held, wish(held, visit, new.id))
    assert moved == {person[former], new.participation_id}
    assert await where(database, new.participation_id) == room
    assert await where(database, person[former]) is None
    changed = before | {(visit.slot_id, visit.team_id): new.id}
    assert await everything(database, held) == changed


async def test_board_room_and_both_mentors_are_told(database: Database, held: Held) -> None:
    visit = await visit_of(database, held)
    new = held.mentors[2]
    team = next(team for team in held.teams if team.id == visit.team_id)
    await replace(database, held, wish(held, visit, new.id))
    async with database.writing() as db:
        room = (await board_moves.rooms_of(db, held.rounds[0]))[team.number or 0]
    said = {"number": team.number, "slot": 1, "former": "早川 透", "name": "久我 澄"}
    for stream in (staff_stream(held.session.id), room_stream(room.id)):
        async with database.reading() as db:
            events = (await db.exec(select(StreamEvent).where(StreamEvent.stream == stream))).all()
        assert [(e.type, e.payload) for e in events] == [("mentor.replaced", said)]
    former = next(m for m in held.mentors if m.id == visit.mentor_id)
    for mentor in (former, new):
        async with database.reading() as db:
            stream = person_stream(mentor.participation_id)
            found = select(StreamEvent).where(StreamEvent.stream == stream)
            events = (await db.exec(found.order_by(col(StreamEvent.seq)))).all()
        assert events[-1].type == "seat.moved"


async def test_only_those_who_can_make_the_visit_are_offered(
    database: Database, held: Held
) -> None:
    visit = await visit_of(database, held)
    third, fourth = held.mentors[2:]
    assert set(await free(database, held, visit)) == {third.id, fourth.id}
    await change(database, Availability(mentor_id=third.id, slot_id=visit.slot_id, free=False))
    assert await free(database, held, visit) == [fourth.id]
    apart = Conflict(mentor_id=fourth.id, team_id=visit.team_id, source=ConflictSource.TEAM, at=NOW)
    await change(database, apart)
    assert await free(database, held, visit) == []


@pytest.mark.parametrize("reason", ["due elsewhere", "busy", "apart", "capacity", "nobody"])
async def test_who_cannot_make_the_visit_is_refused(
    database: Database, held: Held, reason: str
) -> None:
    before, visit, new = await everything(database, held), await visit_of(database, held), held
    chosen = new.mentors[2].id
    if reason == "due elsewhere":
        chosen = next(m.id for m in held.mentors[:2] if m.id != visit.mentor_id)
    if reason == "busy":
        await change(database, Availability(mentor_id=chosen, slot_id=visit.slot_id, free=False))
    if reason == "apart":
        source = ConflictSource.MENTOR
        apart = Conflict(mentor_id=chosen, team_id=visit.team_id, source=source, at=NOW)
        await change(database, apart)
    if reason == "capacity":
        async with database.writing() as db:
            await db.exec(update(Mentor).where(col(Mentor.id) == chosen).values(capacity=0))
    if reason == "nobody":
        chosen = uuid4()
    with pytest.raises(MentorNotFree):
        await replace(database, held, wish(held, visit, chosen))
    assert await everything(database, held) == before


async def test_a_mentor_who_came_meanwhile_stays(database: Database, held: Held) -> None:
    visit = await visit_of(database, held)
    former = next(m for m in held.mentors if m.id == visit.mentor_id)
    room = await where(database, former.participation_id)
    assert room
    seat = SeatState(
        participation_id=former.participation_id,
        session_id=held.session.id,
        room_id=room,
        connection_id=uuid4(),
        last_seen=LATER,
    )
    await change(database, seat)
    with pytest.raises(MentorCame):
        await replace(database, held, wish(held, visit, held.mentors[2].id))
    gone = LATER + MINUTE  # the lease has run out
    await replace(database, held, wish(held, visit, held.mentors[2].id), gone)


async def test_of_two_organizers_one_replaces_and_the_other_is_told(
    database: Database, held: Held
) -> None:
    visit = await visit_of(database, held)
    both = [wish(held, visit, mentor.id) for mentor in held.mentors[2:]]
    answers = await asyncio.gather(
        *(replace(database, held, asked) for asked in both), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["VisitChanged", "set"]


async def test_two_teams_do_not_get_the_same_mentor(database: Database, held: Held) -> None:
    async with database.reading() as db:
        slot = held.slots[held.rounds[0].id][0].id
        visits = (await db.exec(select(Assignment).where(Assignment.slot_id == slot))).all()
    chosen = held.mentors[2].id
    answers = await asyncio.gather(
        *(replace(database, held, wish(held, visit, chosen)) for visit in visits),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["MentorNotFree", "set"]
    load = Counter(m for (s, _), m in (await everything(database, held)).items() if s == slot)
    assert set(load.values()) == {1}


async def test_a_visit_to_come_is_changed_and_begins_with_the_new_mentor(
    database: Database, held: Held
) -> None:
    visit, new = await visit_of(database, held, slot=1), held.mentors[3]
    assert await replace(database, held, wish(held, visit, new.id)) == set()
    assert await where(database, new.participation_id) is None
    await ticking.tick(database, NOW + timedelta(seconds=SIZES.slot + SIZES.travel))
    team = next(team for team in held.teams if team.id == visit.team_id)
    async with database.reading() as db:
        room = (await db.exec(select(Team.room_id).where(Team.id == team.id))).one()
    assert await where(database, new.participation_id) == room


async def test_what_is_over_is_not_repaired(database: Database, held: Held) -> None:
    visit = await visit_of(database, held)
    asked = wish(held, visit, held.mentors[2].id)
    with pytest.raises(RoundNotReady):
        await replace(database, held, asked, NOW + timedelta(seconds=SIZES.slot))
    with pytest.raises(RoundNotReady):
        await replace(database, held, wish(held, visit, held.mentors[2].id, slot_id=uuid4()))
    await ticking.tick(database, held.rounds[0].ends_at)
    with pytest.raises(RoundNotReady):
        await replace(database, held, asked)


async def test_a_visit_that_nobody_planned_cannot_be_replaced(
    database: Database, held: Held
) -> None:
    visit = await visit_of(database, held)
    with pytest.raises(VisitChanged):
        await replace(
            database, held, wish(held, visit, held.mentors[2].id, instead_of=held.mentors[3].id)
        )


async def test_a_former_mentor_who_was_moved_elsewhere_stays_there(
    database: Database, held: Held
) -> None:
    visit = await visit_of(database, held)
    former = next(m for m in held.mentors if m.id == visit.mentor_id)
    room = Room(event_id=held.event.id, session_id=held.session.id, kind=RoomKind.BACKSTAGE)
    await change(database, room)
    async with database.writing() as db:
        own = col(Placement.participation_id) == former.participation_id
        await db.exec(update(Placement).where(own).values(room_id=room.id))
    await replace(database, held, wish(held, visit, held.mentors[2].id))
    assert await where(database, former.participation_id) == room.id
