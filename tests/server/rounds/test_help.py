"""Calls for help: one open call a room, told to the room and the organizers, taken and closed."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from server.core.db import Database
from server.core.errors import NotFound
from server.live.models import StreamEvent
from server.rooms.chat import room_stream
from server.rooms.models import Room
from server.rounds import actions
from server.rounds import help as calls
from server.rounds.actions import Act
from server.rounds.board import moves as board_moves
from server.rounds.board.desk_log import staff_stream
from server.rounds.help import HelpByAnother, HelpOver
from server.rounds.models import HelpCall
from tests.support.training import NOW, Held, Sizes, hold

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def held(database: Database) -> Held:
    async with database.writing() as db:
        made = await hold(db, Sizes(teams=2, mentors=1, rounds=2, slots=2), slug="help")
        await actions.open_round(db, made.rounds[0].id, Act(actor=made.organizer.id, now=NOW))
        return made


async def room(database: Database, held: Held, number: int = 0) -> Room:
    async with database.writing() as db:
        return (await board_moves.rooms_of(db, held.rounds[0]))[number + 1]


async def call(
    database: Database, held: Held, words: str = "", number: int = 0, *, round_: int = 0
) -> HelpCall:
    place = await room(database, held, number)
    async with database.writing() as db:
        return await calls.call(
            db,
            session_id=held.session.id,
            round_id=held.rounds[round_].id,
            room=place,
            caller=held.members[held.teams[number].id][0].id,
            name="見本 花",
            words=words,
            now=NOW,
        )


async def take(database: Database, held: Held, call_id: UUID, actor: UUID) -> HelpCall:
    async with database.writing() as db:
        return await calls.take(
            db, call_id, session_id=held.session.id, actor=actor, name="遠山 佑", now=NOW + MINUTE
        )


async def close(database: Database, held: Held, call_id: UUID) -> HelpCall:
    async with database.writing() as db:
        return await calls.close(
            db, call_id, session_id=held.session.id, actor=held.organizer.id, now=NOW + 2 * MINUTE
        )


async def told(database: Database, stream: str) -> list[tuple[str, object]]:
    found = select(StreamEvent).where(
        StreamEvent.stream == stream, col(StreamEvent.type).startswith("help.")
    )
    async with database.reading() as db:
        rows = (await db.exec(found.order_by(col(StreamEvent.seq)))).all()
    return [(row.type, row.payload) for row in rows]


async def test_a_call_is_told_to_the_room_and_the_organizers(
    database: Database, held: Held
) -> None:
    made = await call(database, held, "資料が映りません")
    await take(database, held, made.id, held.organizer.id)
    await close(database, held, made.id)
    place = {"call": str(made.id), "room": str(made.room_id)}
    expected = [
        ("help.called", place | {"number": 1, "name": "見本 花", "words": "資料が映りません"}),
        ("help.taken", place | {"name": "遠山 佑"}),
        ("help.closed", place),
    ]
    assert await told(database, room_stream(made.room_id)) == expected
    assert await told(database, staff_stream(held.session.id)) == expected


async def test_who_calls_while_a_call_is_open_gets_that_one(database: Database, held: Held) -> None:
    first, second = await call(database, held, "ひとつ"), await call(database, held, "ふたつ")
    assert (second.id, second.words) == (first.id, "ひとつ")
    assert len(await told(database, staff_stream(held.session.id))) == 1
    other = await call(database, held, number=1)
    assert other.id != first.id


async def test_calls_at_once_are_one_call(database: Database, held: Held) -> None:
    await room(database, held)
    made = await asyncio.gather(*(call(database, held, str(n)) for n in range(8)))
    assert len({each.id for each in made}) == 1
    assert len(await told(database, staff_stream(held.session.id))) == 1


async def test_without_the_rule_the_database_refuses_a_second_open_call(
    database: Database, held: Held
) -> None:
    first = await call(database, held)
    again = first.model_copy(update={"id": uuid4()})
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(HelpCall(**again.model_dump()))


async def test_after_a_close_a_room_calls_again(database: Database, held: Held) -> None:
    first = await call(database, held)
    await close(database, held, first.id)
    assert (await call(database, held)).id != first.id


async def test_a_call_left_open_in_an_earlier_round_is_over(database: Database, held: Held) -> None:
    before = await call(database, held)
    made = await call(database, held, round_=1)
    assert (made.id != before.id, made.round_id) == (True, held.rounds[1].id)
    async with database.reading() as db:
        assert (await db.get_one(HelpCall, before.id)).closed_at == NOW


async def test_one_organizer_takes_a_call(database: Database, held: Held) -> None:
    made = await call(database, held)
    another = held.mentors[0].participation_id
    await take(database, held, made.id, held.organizer.id)
    again = await take(database, held, made.id, held.organizer.id)
    assert (again.taken_by, again.taken_at) == (held.organizer.id, NOW + MINUTE)
    with pytest.raises(HelpByAnother):
        await take(database, held, made.id, another)
    assert len(await told(database, staff_stream(held.session.id))) == 2


async def test_a_closed_call_is_over(database: Database, held: Held) -> None:
    made = await call(database, held)
    await close(database, held, made.id)
    with pytest.raises(HelpOver):
        await take(database, held, made.id, held.organizer.id)
    with pytest.raises(HelpOver):
        await close(database, held, made.id)
    with pytest.raises(NotFound):
        await close(database, held, uuid4())


async def test_the_calls_of_a_round_are_known_in_their_order(
    database: Database, held: Held
) -> None:
    first, second = await call(database, held), await call(database, held, number=1)
    async with database.reading() as db:
        assert [c.id for c in await calls.of_round(db, held.rounds[0].id)] == [first.id, second.id]
        assert await calls.of_round(db, uuid4()) == []
