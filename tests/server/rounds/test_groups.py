"""Rounds without teams: random groups, again without meeting twice, and rooms to choose."""

from collections.abc import Collection
from datetime import timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select, update

from server.core.db import Database
from server.core.errors import NotFound
from server.mentoring.models import Round, RoundForm
from server.records.models import Attendance, Via
from server.rooms.models import Placement, Room, RoomKind, SeatState
from server.rooms.places import open_main_room
from server.rounds import actions, groups, ticking
from server.rounds.actions import Act, RoundNotReady
from tests.server.rounds.boarding import seen, sit
from tests.support.training import NOW, Held, Sizes, hold

MINUTE = timedelta(minutes=1)
SIZES = Sizes(teams=6, members=2, mentors=1, rounds=2)
SIZE = 3


async def arranged(database: Database, form: RoundForm, *, here: int = 12) -> Held:
    """Two rounds of a form; the first so many people are in the main room, and an organizer."""
    async with database.writing() as db:
        held = await hold(db, SIZES, slug="groups")
        await db.exec(update(Round).values(form=form, group_size=SIZE))
        main = await open_main_room(db, held.session)
        for person in [*people(held)[:here], held.organizer.id]:
            db.add(
                SeatState(
                    participation_id=person,
                    session_id=held.session.id,
                    room_id=main.id,
                    connection_id=uuid4(),
                    last_seen=NOW,
                )
            )
    return held


def people(held: Held) -> list[UUID]:
    return [person.id for own in held.members.values() for person in own]


async def opened(database: Database, held: Held, number: int = 0) -> None:
    async with database.writing() as db:
        await actions.open_round(db, held.rounds[number].id, Act(actor=None, now=NOW))


async def grouped(database: Database) -> list[set[UUID]]:
    """Who is placed together now."""
    async with database.reading() as db:
        found = select(Placement).order_by(col(Placement.room_id))
        rooms: dict[UUID, set[UUID]] = {}
        for row in await db.exec(found):
            rooms.setdefault(row.room_id, set()).add(row.participation_id)
    return list(rooms.values())


def pairs(found: Collection[set[UUID]]) -> set[frozenset[UUID]]:
    return {frozenset(pair) for group in found for pair in combinations(sorted(group), 2)}


async def test_who_is_here_is_sent_to_groups_and_organizers_stay(database: Database) -> None:
    held = await arranged(database, RoundForm.GROUPS, here=11)
    await opened(database, held)
    found = await grouped(database)
    assert set().union(*found) == set(people(held)[:11])
    assert sorted(map(len, found)) == [3, 4, 4]  # as even as it goes


async def test_mixed_again_nobody_meets_twice(database: Database) -> None:
    held = await arranged(database, RoundForm.GROUPS, here=9)
    await opened(database, held)
    first = await grouped(database)
    async with database.writing() as db:  # they have been there, as the record says
        for row in (await db.exec(select(Placement))).all():
            db.add(
                Attendance(
                    event_id=held.event.id,
                    session_id=held.session.id,
                    participation_id=row.participation_id,
                    room_id=row.room_id,
                    via=Via.MEDIA,
                    source_key=uuid4().hex,
                    joined_at=NOW,
                    seen_at=NOW + MINUTE,
                )
            )
        await actions.close_due(db, held.rounds[0].id, NOW + timedelta(hours=2))
    assert await grouped(database) == []
    await opened(database, held, 1)
    second = await grouped(database)
    assert set().union(*second) == set().union(*first)
    assert not pairs(first) & pairs(second)


async def test_who_comes_late_is_sent_to_the_smallest_group(database: Database) -> None:
    held = await arranged(database, RoundForm.GROUPS, here=11)
    await opened(database, held)
    before = await grouped(database)
    (small,) = [group for group in before if len(group) == 3]
    late = people(held)[11]
    async with database.writing() as db:
        main = await open_main_room(db, held.session)
        db.add(
            SeatState(
                participation_id=late,
                session_id=held.session.id,
                room_id=main.id,
                connection_id=uuid4(),
                last_seen=NOW,
            )
        )
    assert await ticking.tick(database, NOW + timedelta(seconds=1))
    assert small | {late} in await grouped(database)
    assert not await ticking.tick(database, NOW + timedelta(seconds=2))


async def test_rooms_are_chosen_and_left_for_others(database: Database) -> None:
    held = await arranged(database, RoundForm.CHOICE, here=12)
    await opened(database, held)
    one, other = people(held)[:2]
    assert await grouped(database) == []  # until they choose, all stay where they are
    async with database.writing() as db:
        rooms = await groups.rooms_of(db, held.rounds[0])
        assert [room.number for room in rooms] == [1, 2, 3, 4]
        for person, number in ((one, 2), (other, 2), (one, 4)):
            await actions.choose(db, held.rounds[0].id, person, number, NOW)
        with pytest.raises(NotFound):
            await actions.choose(db, held.rounds[0].id, one, 5, NOW)
    assert await grouped(database) in ([{one}, {other}], [{other}, {one}])
    async with database.writing() as db:
        await actions.close_due(db, held.rounds[0].id, NOW + timedelta(hours=2))
        with pytest.raises(RoundNotReady):
            await actions.choose(db, held.rounds[0].id, one, 1, NOW)
    assert await grouped(database) == []


async def test_in_a_round_of_groups_nobody_chooses(database: Database) -> None:
    held = await arranged(database, RoundForm.GROUPS)
    await opened(database, held)
    async with database.writing() as db:
        with pytest.raises(RoundNotReady):
            await actions.choose(db, held.rounds[0].id, people(held)[0], 1, NOW)


@pytest.mark.parametrize("form", [RoundForm.GROUPS, RoundForm.CHOICE])
async def test_the_board_shows_the_rooms_with_who_belongs_there(
    database: Database, form: RoundForm
) -> None:
    held = await arranged(database, form)
    await opened(database, held)
    if form is RoundForm.CHOICE:
        async with database.writing() as db:
            for person in people(held):
                await actions.choose(db, held.rounds[0].id, person, 3, NOW)
    await sit(database, held, people(held), NOW + MINUTE)
    board = await seen(database, held, NOW + MINUTE)
    seats = {room.spot.number: len(room.spot.people) for room in board.rooms}
    by_form = {
        RoundForm.GROUPS: {1: 3, 2: 3, 3: 3, 4: 3},
        RoundForm.CHOICE: {1: 0, 2: 0, 3: 12, 4: 0},
    }
    assert seats == by_form[form]
    assert {room.spot.name for room in board.rooms} == {""}


async def test_groups_of_another_round_have_rooms_of_their_own(database: Database) -> None:
    held = await arranged(database, RoundForm.GROUPS)
    await opened(database, held)
    async with database.writing() as db:
        await actions.close_due(db, held.rounds[0].id, NOW + timedelta(hours=2))
    await opened(database, held, 1)
    async with database.reading() as db:
        found = (await db.exec(select(Room).where(Room.kind == RoomKind.GROUP))).all()
        own = [{room.id for room in await groups.rooms_of(db, each)} for each in held.rounds]
    assert len(found) == 8
    assert not own[0] & own[1]
