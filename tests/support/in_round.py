"""A round that runs now, in which people of the demo sit: three of a team, and their mentor."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from playwright.async_api import Browser, Page
from sqlalchemy import update
from sqlmodel import col

from server.accounts import queries as accounts
from server.accounts.models import MailAddress
from server.core import clock
from server.core.db import Database, Db
from server.events.models import Event, Participation, Session
from server.mentoring.models import Team, TeamMember
from server.rounds import actions
from server.rounds.actions import Act
from tests.support import steps
from tests.support.app import App, settings_of
from tests.support.browser import context_of
from tests.support.training import Held, Sizes, hold
from tests.support.visits import log_in

SLUG: Final = "round-now"
ROOM: Final = f"/e/{SLUG}/s/1/room"
MEMBERS: Final = ("participant", "participant2", "participant3")
MENTOR: Final = "mentor"
BEGUN: Final = timedelta(minutes=4)
SIZES: Final = Sizes(teams=1, members=len(MEMBERS), mentors=1, rounds=1, slots=2, slot=900)


@asynccontextmanager
async def seated(app: App, _browser: Browser) -> AsyncIterator[None]:
    """The round is open; nobody has come yet."""
    database = Database(settings_of(app).database)
    async with database.writing() as db:
        now = clock.now()
        held = await hold(db, SIZES, now=now - BEGUN, slug=SLUG)
        former = await _lend_all(db, app, held)
        team = await db.get_one(Team, held.teams[0].id)
        team.name = "雪待村チーム"
        session = await db.get_one(Session, held.session.id)
        session.starts_at = now - timedelta(days=1)  # before all else that is on now
        db.add_all([team, session])
        await actions.open_round(db, held.rounds[0].id, Act(actor=None, now=now - BEGUN))
    try:
        yield
    finally:
        async with database.writing() as db:
            for person, account in former.items():
                await _lend(db, held, person, account)
            mark = uuid4().hex[:8]
            gone = update(Event).where(col(Event.id) == held.event.id)
            await db.exec(gone.values(slug=f"{SLUG}-{mark}", state="draft"))
            address = col(MailAddress.address)
            theirs = update(MailAddress).where(address.like(f"%@{SLUG}.example"))
            await db.exec(theirs.values(address=f"{mark}-" + address))
        await database.close()


@asynccontextmanager
async def talking(app: App, browser: Browser) -> AsyncIterator[None]:
    """The others of the team and the mentor sit in the room already."""
    async with seated(app, browser), AsyncExitStack() as stack:
        for who in (*MEMBERS[1:], MENTOR):
            context = await stack.enter_async_context(context_of(browser))
            await log_in(context, app, who, locale="ja")
            other = await context.new_page()
            await other.goto(app.url + ROOM)
            await steps.inside(other)
        yield


async def with_all(page: Page) -> None:
    """Walk into the room and see the three others."""
    await steps.inside(page)
    await steps.playing(page, "yoriai-tile video", count=1 + len(MEMBERS))
    await page.locator("[data-part=room-name]", has_text="雪待村").wait_for()


async def _lend_all(db: Db, app: App, held: Held) -> dict[UUID, UUID]:
    """Let the demo's people be the first team and its first mentor; whose places those were."""
    places = [person.id for person in held.members[held.teams[0].id]]
    lent = dict(zip((*MEMBERS, MENTOR), (*places, held.mentors[0].participation_id), strict=True))
    former = {}
    for name, person in lent.items():
        account = await accounts.by_address(db, app.accounts[name][0])
        assert account
        former[person] = await _lend(db, held, person, account.id)
    return former


async def _lend(db: Db, held: Held, person: UUID, account: UUID) -> UUID:
    row = await db.get_one(Participation, person)
    owner, row.account_id = row.account_id, account
    db.add(row)
    await db.flush()
    own = update(TeamMember).where(
        col(TeamMember.account_id) == owner,
        col(TeamMember.team_id).in_([team.id for team in held.teams]),
    )
    await db.exec(own.values(account_id=account))
    return owner
