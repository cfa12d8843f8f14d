"""A training beside the demo of a running application, and its people in browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from playwright.async_api import Browser
from sqlmodel import select

from server.accounts.models import MailAddress
from server.core import clock
from server.core.db import Database
from server.events.models import Participation
from server.mentoring.models import Round
from server.rounds import actions
from server.rounds.actions import Act
from tests.support.app import App, settings_of
from tests.support.people import Person, person
from tests.support.training import Held, Sizes, hold


@dataclass
class Training:
    """A training of a running application."""

    app: App
    held: Held
    database: Database

    @property
    def room(self) -> str:
        """The address of its rooms: one for all, the server chooses."""
        return f"{self.app.url}/e/{self.held.event.slug}/s/1/room"

    @asynccontextmanager
    async def member(
        self, browser: Browser, team: int, number: int = 0, **how: object
    ) -> AsyncIterator[Person]:
        """Somebody of a team in a browser context of their own."""
        found = self.held.members[self.held.teams[team].id][number]
        async with self.somebody(browser, found, **how) as who:
            yield who

    @asynccontextmanager
    async def mentor(
        self, browser: Browser, number: int = 0, **how: object
    ) -> AsyncIterator[Person]:
        """A mentor."""
        async with self.database.reading() as db:
            ids = Participation.id == self.held.mentors[number].participation_id
            found = (await db.exec(select(Participation).where(ids))).one()
        async with self.somebody(browser, found, **how) as who:
            yield who

    @asynccontextmanager
    async def somebody(
        self, browser: Browser, participation: Participation, **how: object
    ) -> AsyncIterator[Person]:
        """Anybody who takes part."""
        async with self.database.reading() as db:
            owner = MailAddress.account_id == participation.account_id
            address = (await db.exec(select(MailAddress.address).where(owner))).one()
        name = address.partition("@")[0]
        self.app.accounts[name] = (address, "")
        async with person(self.app, browser, name, **how) as who:  # type: ignore[arg-type]
            yield who

    async def open(self, number: int = 0) -> Round:
        """Open a round, as the board does."""
        async with self.database.writing() as db:
            act = Act(actor=self.held.organizer.id, now=clock.now())
            return await actions.open_round(db, self.held.rounds[number].id, act)

    async def end_in(self, seconds: float, number: int = 0) -> None:
        """Let the round end so soon; everybody hears of it, as when it is extended."""
        async with self.database.writing() as db:
            round_ = await db.get_one(Round, self.held.rounds[number].id)
            act = Act(actor=self.held.organizer.id, now=clock.now())
            by = act.now + timedelta(seconds=seconds) - round_.ends_at
            await actions.extend(db, round_.id, by, act)


@asynccontextmanager
async def training(app: App, sizes: Sizes) -> AsyncIterator[Training]:
    """A training that is on now."""
    database = Database(settings_of(app).database)
    async with database.writing() as db:
        held = await hold(db, sizes, now=clock.now(), slug=f"training-{uuid4().hex[:8]}")
    yield Training(app, held, database)
    await database.close()
