"""Leave to join the media, for many pages at once: by what holds now, and for nobody else."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import col

from server.core import clock
from server.core.db import Database, Db
from server.events.models import EventState, ParticipationRole, Role
from server.rooms import tickets
from server.rooms.engine import MediaEngine
from server.rooms.entry import Entry
from server.rooms.models import SeatState
from server.rooms.places import open_main_room
from server.rooms.tickets import Asks
from tests.support.training import Held, Sizes, hold

ENGINE = MediaEngine("ws://media.example", "http://media.example", "key", "secret" * 8)
SIZES = Sizes(teams=1, members=1, mentors=1, rounds=1, slots=1)


async def seated(db: Db) -> tuple[Held, Asks]:
    """A training, and a page of a member that holds the seat in its main room."""
    held = await hold(db, SIZES, now=clock.now(), slug="tickets")
    person = held.members[held.teams[0].id][0]
    room = await open_main_room(db, held.session)
    page = uuid4()
    db.add(
        SeatState(
            participation_id=person.id,
            session_id=held.session.id,
            room_id=room.id,
            connection_id=page,
            last_seen=clock.now(),
        )
    )
    await db.flush()
    return held, Asks(Entry(held.event, held.session, person, frozenset()), page, "見本")


async def has_ticket(db: Db, page: Asks, *, late: timedelta = timedelta()) -> bool:
    (found,) = await tickets.for_pages(db, ENGINE, [page], now=clock.now() + late)
    return found is not None


async def test_only_the_page_that_holds_the_seat_gets_a_ticket(database: Database) -> None:
    async with database.writing() as db:
        _, page = await seated(db)
        assert await has_ticket(db, page)
        assert not await has_ticket(db, page._replace(connection_id=uuid4()))


async def test_nobody_gets_one_when_the_session_is_over(database: Database) -> None:
    async with database.writing() as db:
        _, page = await seated(db)
        assert not await has_ticket(db, page, late=timedelta(days=9))


async def test_what_was_true_when_the_page_opened_counts_not(database: Database) -> None:
    async with database.writing() as db:
        held, page = await seated(db)
        held.session.cancelled_at = clock.now()
        db.add(held.session)
        await db.flush()
        assert not await has_ticket(db, page)
        held.session.cancelled_at = None
        held.event.state = EventState.DRAFT
        db.add_all([held.session, held.event])
        await db.flush()
        assert not await has_ticket(db, page)


async def test_who_has_no_role_any_more_gets_none(database: Database) -> None:
    async with database.writing() as db:
        _, page = await seated(db)
        assert await has_ticket(db, page)
        theirs = col(ParticipationRole.participation_id) == page.entry.participation.id
        await db.exec(delete(ParticipationRole).where(theirs))
        before = replace(page.entry, roles=frozenset({Role.ORGANIZER}))
        assert not await has_ticket(db, page._replace(entry=before))
