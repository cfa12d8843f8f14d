"""What tests of plans start from: a training whose plan is published, its organizer's browser, and
visits by the places of mentors, slots and teams.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import httpx2
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.columns import Row
from server.core.db import Database
from server.mail.models import OutgoingMail
from server.mentoring import queries
from server.mentoring.plans import actions as plans
from server.mentoring.plans.actions import Put
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import Planning, plan_of, planning_of
from server.mentoring.plans.rules import Visit
from tests.support.training import Held, Sizes, hold
from tests.support.web import Browser, Site

SLUG: Final = "planned"
BEGINS: Final = datetime(2099, 2, 20, 4, 5, tzinfo=UTC)  # 13:05 in Japan
SIZES: Final = Sizes(teams=6, members=2, mentors=3, rounds=2, slots=2)


@dataclass
class Desk:
    """A training and an organizer at the desk of its plans."""

    held: Held
    account: Account
    browser: Browser
    site: Site
    last: httpx2.Response = field(default_factory=lambda: httpx2.Response(0))

    async def send(self, path: str, **fields: object) -> int:
        """Send a form of the desk; the status of the answer."""
        texts = {name: str(value) for name, value in fields.items()}
        self.last = await self.browser.submit(
            "/licences", f"/manage/{self.held.event.slug}/{path}", **texts
        )
        return self.last.status_code

    async def look(self, path: str) -> httpx2.Response:
        """Open a page of the desk."""
        return await self.browser.get(f"/manage/{self.held.event.slug}/{path}")


@asynccontextmanager
async def at_desk(site: Site, sizes: Sizes = SIZES, *, slug: str = SLUG) -> AsyncIterator[Desk]:
    """A training with a published plan, and its organizer, logged in."""
    held = await training(site.database, sizes, slug=slug)
    async with site.database.reading() as db:
        account = await db.get_one(Account, held.organizer.account_id)
    async with site.browser() as browser:
        browser.hold(await site.login(account))
        yield Desk(held, account, browser, site)


async def training(database: Database, sizes: Sizes = SIZES, *, slug: str = SLUG) -> Held:
    """The training."""
    async with database.writing() as db:
        return await hold(db, sizes, now=BEGINS, slug=slug)


def slots_of(held: Held) -> list[UUID]:
    """All slots in the order of their times."""
    return [slot.id for round_ in held.rounds for slot in held.slots[round_.id]]


def visit(held: Held, mentor: int, slot: int, team: int) -> Visit:
    """A visit by places."""
    return Visit(slots_of(held)[slot], held.teams[team].id, held.mentors[mentor].id)


async def draft(database: Database, held: Held, visits: list[Visit] | None = None) -> int:
    """A draft; with `visits` it says these. Its number."""
    async with database.writing() as db:
        plan = await plans.begin(db, held.event, actor=held.organizer.account_id, now=BEGINS)
        if visits is not None:
            kept = await plans.held(db, held.event, plan.number)
            actor = held.organizer.account_id
            await plans.take(db, kept, visits, v=kept.plan.v, actor=actor, now=BEGINS)
        return plan.number


async def planning(database: Database, held: Held, number: int) -> Planning:
    """A plan as it is now."""
    async with database.reading() as db:
        return await planning_of(db, held.event, await plan_of(db, held.event, number))


async def visits_now(
    database: Database, held: Held, state: PlanState = PlanState.DRAFT
) -> set[Visit]:
    """What the draft, or the published plan, says."""
    async with database.reading() as db:
        plan = await queries.plan_in(db, held.event.id, state)
        return set(queries.visits_from(await queries.assignments_of(db, plan)))


def put(wanted: Visit, *, was: UUID | None = None) -> Put:
    """A visit as a wish."""
    return Put(mentor_id=wanted.mentor_id, slot_id=wanted.slot_id, team_id=wanted.team_id, was=was)


async def mailed(database: Database, kind: str) -> set[UUID]:
    """Who is owed a mail of a kind."""
    async with database.reading() as db:
        found = select(OutgoingMail.account_id).where(col(OutgoingMail.kind) == kind)
        return set((await db.exec(found)).all())


async def changed(database: Database, *rows: Row, **facts: object) -> None:
    """Let rows of the training be otherwise from now on."""
    async with database.writing() as db:
        for row in rows:
            kept = await db.get_one(type(row), row.id)
            for name, value in facts.items():
                setattr(kept, name, value)
            db.add(kept)
