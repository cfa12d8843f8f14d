"""A round from its opening to its end: who is sent where, what is told, what survives."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.core.db import Database, Db
from server.live.models import StreamEvent
from server.mentoring.models import Round, RoundState
from server.rooms.models import Placement, SeatState
from server.rooms.places import open_main_room
from server.rooms.seat import person_stream
from server.rounds import actions, ticking
from server.rounds.actions import Act, RoundNotReady, session_stream
from tests.support.training import NOW, Held, Sizes, hold

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SIZES = Sizes(teams=6, members=2, mentors=2, rounds=2, slots=3)


@pytest.fixture
async def held(database: Database) -> Held:
    async with database.writing() as db:
        return await hold(db, SIZES, slug="rounds")


async def opened(database: Database, held: Held, *, number: int = 0) -> Round:
    async with database.writing() as db:
        return await actions.open_round(
            db, held.rounds[number].id, Act(actor=held.organizer.id, now=NOW)
        )


async def told(database: Database, stream: str) -> list[StreamEvent]:
    async with database.reading() as db:
        found = select(StreamEvent).where(StreamEvent.stream == stream)
        return list((await db.exec(found.order_by(col(StreamEvent.seq)))).all())


async def rooms_of(db: Db, held: Held) -> dict[object, object]:
    found = select(Placement).where(Placement.session_id == held.session.id)
    return {row.participation_id: row.room_id for row in await db.exec(found)}


async def now_is(database: Database, held: Held, number: int = 0) -> Round:
    async with database.reading() as db:
        return (await db.exec(select(Round).where(Round.id == held.rounds[number].id))).one()


async def test_each_team_is_sent_to_a_room_of_its_own_with_its_mentor(
    database: Database, held: Held
) -> None:
    await opened(database, held)
    async with database.reading() as db:
        rooms = await rooms_of(db, held)
    by_team = [{rooms[person.id] for person in people} for people in held.members.values()]
    assert all(len(of_one) == 1 for of_one in by_team)
    assert len(set().union(*by_team)) == len(held.teams)
    visited = [rooms[mentor.participation_id] for mentor in held.mentors]
    assert len(set(visited)) == len(held.mentors)
    assert set(visited) <= {rooms[p.id] for people in held.members.values() for p in people}


async def test_everybody_concerned_is_told_once_with_the_room(
    database: Database, held: Held
) -> None:
    await opened(database, held)
    async with database.reading() as db:
        rooms = await rooms_of(db, held)
    for person in held.everyone:
        events = await told(database, person_stream(person))
        assert [(e.type, e.payload["room"]) for e in events] == [("seat.moved", str(rooms[person]))]
    events = await told(database, session_stream(held.session.id))
    assert [event.type for event in events] == ["round.opened", "round.changed"]
    assert len(events[0].payload["slots"]) == SIZES.slots


async def test_mentors_travel_when_a_slot_begins_and_teams_stay(
    database: Database, held: Held
) -> None:
    await opened(database, held)
    async with database.reading() as db:
        first = await rooms_of(db, held)
    await ticking.tick(database, NOW + timedelta(seconds=SIZES.slot + SIZES.travel - 1))
    async with database.reading() as db:
        assert await rooms_of(db, held) == first
    await ticking.tick(database, NOW + timedelta(seconds=SIZES.slot + SIZES.travel))
    async with database.reading() as db:
        second = await rooms_of(db, held)
    moved = {person for person in first if first[person] != second[person]}
    assert moved == {mentor.participation_id for mentor in held.mentors}


async def test_a_round_ends_by_any_tick_once_and_all_return(database: Database, held: Held) -> None:
    round_ = await opened(database, held)
    await ticking.tick(database, round_.ends_at - SECOND)
    assert (await now_is(database, held)).state is RoundState.OPEN
    for _ in range(2):
        await ticking.tick(database, round_.ends_at)
    assert (await now_is(database, held)).state is RoundState.CLOSED
    async with database.reading() as db:
        assert await rooms_of(db, held) == {}
    types = Counter(event.type for event in await told(database, session_stream(held.session.id)))
    assert types["round.closed"] == 1


async def test_warnings_are_told_once_each(database: Database, held: Held) -> None:
    round_ = await opened(database, held)
    for left in (301, 300, 299, 61, 60, 11, 10, 9):
        await ticking.tick(database, round_.ends_at - timedelta(seconds=left))
    events = await told(database, session_stream(held.session.id))
    assert [e.payload["seconds"] for e in events if e.type == "round.warned"] == [300, 60, 10]


async def test_a_return_asked_for_by_hand_can_be_stopped(database: Database, held: Held) -> None:
    round_ = await opened(database, held)
    act = Act(actor=held.organizer.id, now=NOW + 5 * MINUTE)
    async with database.writing() as db:
        soon = await actions.ask_back(db, round_.id, act)
    assert (soon.state, soon.ends_at) == (RoundState.RETURNING, act.now + MINUTE)
    async with database.writing() as db:
        again = await actions.stop_return(db, round_.id, act)
    assert (again.state, again.ends_at) == (RoundState.OPEN, round_.ends_at)
    async with database.writing() as db:
        await actions.ask_back(db, round_.id, act)
    await ticking.tick(database, act.now + MINUTE)
    assert (await now_is(database, held)).state is RoundState.CLOSED


async def test_a_longer_slot_moves_what_follows(database: Database, held: Held) -> None:
    round_ = await opened(database, held)
    act = Act(actor=held.organizer.id, now=NOW + MINUTE)
    async with database.writing() as db:
        longer = await actions.extend(db, round_.id, 5 * MINUTE, act)
    assert longer.ends_at == round_.ends_at + 5 * MINUTE
    second = NOW + timedelta(seconds=SIZES.slot + SIZES.travel)
    await ticking.tick(database, second)
    async with database.reading() as db:
        before = await rooms_of(db, held)
    await ticking.tick(database, second + 5 * MINUTE)
    async with database.reading() as db:
        assert await rooms_of(db, held) != before


async def test_a_closed_round_opens_again_with_everybody(database: Database, held: Held) -> None:
    round_ = await opened(database, held)
    await ticking.tick(database, round_.ends_at)
    async with database.writing() as db:
        act = Act(actor=held.organizer.id, now=round_.ends_at + SECOND)
        again = await actions.reopen(db, round_.id, 10 * MINUTE, act)
    assert (again.state, again.ends_at) == (RoundState.OPEN, act.now + 10 * MINUTE)
    async with database.reading() as db:
        assert set(await rooms_of(db, held)) == set(held.everyone)


async def test_one_round_of_a_session_runs_at_a_time(database: Database, held: Held) -> None:
    await opened(database, held)
    for number in range(2):
        with pytest.raises(RoundNotReady):
            await opened(database, held, number=number)


async def test_a_seat_stands_in_the_new_room(database: Database, held: Held) -> None:
    person = held.everyone[0]
    async with database.writing() as db:
        main = await open_main_room(db, held.session)
        db.add(
            SeatState(
                participation_id=person,
                session_id=held.session.id,
                room_id=main.id,
                last_seen=NOW,
            )
        )
    await opened(database, held)
    async with database.reading() as db:
        seat = (await db.exec(select(SeatState))).one()
        assert seat.room_id == (await rooms_of(db, held))[person]
