"""People in the rooms of a training, as their pages would have it: for tests of the board."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Database
from server.events.models import Participation
from server.mentoring.models import Round, Team
from server.rooms.models import Placement, SeatState
from server.rounds import actions
from server.rounds.actions import Act
from server.rounds.board import state as board
from server.rounds.board.read import facts
from server.rounds.board.reports import Reports
from server.rounds.board.state import Board
from tests.support.training import Held
from tests.support.web import Browser, Site

UNKNOWN = Reports()


async def opened(database: Database, held: Held, now: datetime) -> None:
    """Open the first round."""
    async with database.writing() as db:
        await actions.open_round(db, held.rounds[0].id, Act(actor=held.organizer.id, now=now))


async def sit(
    database: Database, held: Held, people: Collection[UUID], now: datetime, *, here: bool = True
) -> None:
    """These people hold their seats where they belong, or have just given them back."""
    async with database.writing() as db:
        found = select(Placement).where(Placement.session_id == held.session.id)
        rooms = {row.participation_id: row.room_id for row in await db.exec(found)}
        for person in people:
            own = select(SeatState).where(SeatState.participation_id == person)
            seat = (await db.exec(own)).one_or_none() or SeatState(
                participation_id=person,
                session_id=held.session.id,
                room_id=rooms[person],
                last_seen=now,
            )
            seat.room_id, seat.last_seen = rooms[person], now
            seat.connection_id = uuid4() if here else None
            db.add(seat)


async def seen(
    database: Database,
    held: Held,
    now: datetime,
    reports: Reports = UNKNOWN,
    *,
    round_: Round | None = None,
) -> Board:
    """The board of a round, or of the first."""
    wanted = (round_ or held.rounds[0]).id
    async with database.reading() as db:
        found = (await db.exec(select(Round).where(Round.id == wanted))).one()
        return board.board(await facts(db, held.event, found), reports, now)


async def room_of(database: Database, held: Held, number: int) -> UUID:
    """The room of the team of a number."""
    async with database.reading() as db:
        found = select(Team.room_id).where(
            Team.event_id == held.event.id, col(Team.number) == number
        )
        room = (await db.exec(found)).one()
    assert room is not None
    return room


async def account_of(database: Database, person: UUID) -> Account:
    """The account of a participation."""
    async with database.reading() as db:
        return await db.get_one(Account, (await db.get_one(Participation, person)).account_id)


@asynccontextmanager
async def browser_of(site: Site, person: UUID) -> AsyncIterator[Browser]:
    """A browser in which somebody of the training has logged in."""
    token = await site.login(await account_of(site.database, person))
    async with site.browser() as browser:
        browser.hold(token)
        yield browser
