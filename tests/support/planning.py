"""A training for the pages of plans: 66 teams, 22 mentors, three rounds of three slots; a published
plan, and a draft with a gap, a conflict and a pair that meets twice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page
from sqlalchemy import update
from sqlmodel import col, select

import server.tables  # noqa: F401 - registers every table
from server.accounts import queries as accounts
from server.accounts.models import Account
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.events.models import (
    Event,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Topic,
)
from server.mentoring.models import Availability, Conflict, ConflictSource, Mentor, Team
from server.mentoring.plans import actions as plans
from server.mentoring.plans.actions import Put
from server.mentoring.plans.rules import Visit
from server.mentoring.wishes.models import Wish, WishBy
from tests.support.app import App
from tests.support.towns import PEOPLE, TOWNS
from tests.support.training import Held, Sizes, hold

SLUG: Final = "sample-plan"
TOPICS: Final = (
    ("すまいと空き家", "Homes and empty houses"),
    ("しごとと副業", "Work and side jobs"),
    ("まつりと文化", "Festivals and culture"),
    ("学びと若者", "Learning and the young"),
    ("山と海の手入れ", "Care for hills and sea"),
)
REGIONS: Final = ("北見本県", "東見本県", "南見本県", "西見本県", "中見本県", "見本島県")
ALL: Final = Sizes(teams=66, members=3, mentors=22, rounds=3, slots=3, pause=1020)


@asynccontextmanager
async def planned(app: App, _browser: Browser) -> AsyncIterator[None]:
    """The training while the block runs; afterwards only its organizers see it."""
    database = database_of(app)
    async with database.writing() as db:
        if (await db.exec(select(Event.id).where(Event.slug == SLUG))).first() is None:
            await lay_out(db, app, begins=_one_o_clock(clock.now()))
        await _be(db, EventState.PUBLISHED)
    try:
        yield
    finally:
        async with database.writing() as db:
            await _be(db, EventState.DRAFT)
        await database.close()


async def _be(db: Db, state: EventState) -> None:
    await db.exec(update(Event).where(col(Event.slug) == SLUG).values(state=state))


def database_of(app: App) -> Database:
    """The database of a running application."""
    settings = {name.lower(): value for name, value in app.environment.items()}
    return Database(Settings.model_validate(settings).database)


def _one_o_clock(now: datetime) -> datetime:
    """13:05 in Japan, a week from now."""
    local = (now + timedelta(days=7)).astimezone(ZoneInfo("Asia/Tokyo"))
    return local.replace(hour=13, minute=5, second=0, microsecond=0)


async def lay_out(db: Db, app: App, *, begins: datetime) -> None:
    """Write the training, which the demo's organizer may plan, with a draft that needs hands."""
    held, organizer = await _write(db, app, begins, ALL)
    await _wish(db, held)
    await _draft(db, held, organizer, begins)


async def begin(db: Db, app: App, *, sizes: Sizes) -> None:
    """Write another training in its place, with a draft that differs in nothing."""
    begins = _one_o_clock(clock.now())
    held, organizer = await _write(db, app, begins, sizes)
    await plans.begin(db, held.event, actor=organizer, now=begins)


async def _write(db: Db, app: App, begins: datetime, sizes: Sizes) -> tuple[Held, UUID]:
    """The training, and the account of its organizer."""
    held = await hold(db, sizes, now=begins, slug=SLUG)
    held.event.title = {"ja": "関係人口 実践研修", "en": "Ties in practice, a training"}
    db.add(held.event)
    await _name(db, held)
    await _talk_of(db, held)
    organizer = await accounts.by_address(db, app.accounts["organizer"][0])
    assert organizer
    await _organize(db, held.event, organizer.id, begins)
    return held, organizer.id


async def _name(db: Db, held: Held) -> None:
    for team, town in zip(held.teams, TOWNS, strict=False):
        await db.exec(update(Team).where(col(Team.id) == team.id).values(name=town))
    for mentor, name in zip(held.mentors, PEOPLE, strict=False):
        found = select(Participation.account_id).where(Participation.id == mentor.participation_id)
        account_id = (await db.exec(found)).one()
        await db.exec(update(Account).where(col(Account.id) == account_id).values(name=name))
        await db.exec(update(Mentor).where(col(Mentor.id) == mentor.id).values(capacity=9))


async def _talk_of(db: Db, held: Held) -> None:
    """Topics and regions, so that some fit better than others."""
    topics = [
        Topic(event_id=held.event.id, number=n, title={"ja": ja, "en": en})
        for n, (ja, en) in enumerate(TOPICS, start=1)
    ]
    db.add_all(topics)
    await db.flush()
    for n, team in enumerate(held.teams):
        facts = {"topic_id": topics[n % len(topics)].id, "region": REGIONS[n % len(REGIONS)]}
        await db.exec(update(Team).where(col(Team.id) == team.id).values(**facts))
    for n, mentor in enumerate(held.mentors):
        said: dict[str, list[int] | list[str]] = {
            "fields": sorted({n % len(topics) + 1, n * 3 % len(topics) + 1}),
            "regions": [REGIONS[n * 5 % len(REGIONS)]],
            "languages": ["ja"],
        }
        await db.exec(update(Mentor).where(col(Mentor.id) == mentor.id).values(**said))


async def _wish(db: Db, held: Held) -> None:
    for n, team in enumerate(held.teams[::3]):
        turned = [*held.mentors[n % len(held.mentors) :], *held.mentors]
        for weight, mentor in zip((2, 1, -2), turned, strict=False):
            at, by = held.event.starts_at, WishBy.TEAM
            db.add(Wish(mentor_id=mentor.id, team_id=team.id, by=by, weight=weight, at=at))


async def _organize(db: Db, event: Event, account_id: UUID, now: datetime) -> None:
    person = Participation(event_id=event.id, account_id=account_id, created_at=now)
    db.add(person)
    await db.flush()
    db.add(ParticipationRole(participation_id=person.id, role=Role.ORGANIZER))


async def _draft(db: Db, held: Held, actor: UUID, now: datetime) -> None:
    """A gap in the last slot, two teams who changed places, a conflict, and a pair twice."""
    plan = await plans.begin(db, held.event, actor=actor, now=now)
    draft = await plans.held(db, held.event, plan.number)
    slots = list(draft.board.slots)
    visits = {(v.mentor_id, v.slot_id): v for v in draft.held}
    gone = visits[held.mentors[0].id, slots[-1]]
    db.add(Availability(mentor_id=gone.mentor_id, slot_id=gone.slot_id, free=False))
    await _put(db, held, gone, None, actor, now)
    wrong = visits[held.mentors[4].id, slots[4]]
    team_id, at = wrong.team_id, now
    source = ConflictSource.MENTOR
    db.add(Conflict(mentor_id=wrong.mentor_id, team_id=team_id, source=source, at=at))
    once = visits[held.mentors[12].id, slots[0]]
    await _put(db, held, visits[once.mentor_id, slots[6]], once.team_id, actor, now)
    one, other = visits[held.mentors[6].id, slots[7]], visits[held.mentors[15].id, slots[2]]
    await _put(db, held, one, visits[held.mentors[7].id, slots[7]].team_id, actor, now)
    draft = await plans.held(db, held.event, plan.number)
    await plans.lock(db, draft, other, on=True, actor=actor, now=now)


async def _put(
    db: Db, held: Held, at: Visit, team_id: UUID | None, actor: UUID, now: datetime
) -> None:
    draft = await plans.held(db, held.event, 2)
    wanted = Put(mentor_id=at.mentor_id, slot_id=at.slot_id, team_id=team_id, was=at.team_id)
    await plans.put(db, draft, wanted, actor=actor, now=now)


async def choose(page: Page) -> None:
    """Choose the second visit of the first mentor's second round."""
    await page.locator("#c-0-4 a").click()
    await page.locator("#c-0-4 a[aria-current]").wait_for()


async def see_candidates(page: Page) -> None:
    """Look who can visit the team that has no visit."""
    await page.locator(".plan-needs .button-now").click()
    await page.locator("#chosen .plan-options").wait_for()


async def try_another(page: Page) -> None:
    """See what another mentor for the team would mean."""
    await page.locator(".match-others a").first.click()
    await page.locator("#trial").wait_for()


async def see_open_team(page: Page) -> None:
    """See what would have to give way for the team that has no mentor."""
    await page.locator(".match-open a").first.click()
    await page.locator(".match-relax").wait_for()


async def wrong_round(page: Page) -> None:
    """Set a round over the one before."""
    form = page.locator("#r0 .round-form").first
    await form.locator("[name=begins]").fill("13:30")
    await form.locator("[name=minutes]").fill("0")
    await form.locator("[type=submit]").first.click()
    await page.locator("#minutes-0-error").wait_for()


async def wrong_sheet(page: Page) -> None:
    """Bring a file with a room that is not there."""
    text = "ラウンド,枠,ルーム,メンターのアドレス\r\n1,1,99,\r\n4,1,1,\r\n"
    await _bring(page, text)
    await page.locator("#problems").wait_for()


async def good_sheet(page: Page) -> None:
    """Bring a file that changes the first round."""
    lines = [f"1,1,{room},mentor{room - 1}@{SLUG}.example" for room in range(1, 4)]
    await _bring(page, "\r\n".join(["ラウンド,枠,ルーム,メンターのアドレス", *lines]))
    await page.locator(".plan-changes").first.wait_for()


async def _bring(page: Page, text: str) -> None:
    content = text.encode("cp932")
    await page.locator("#file").set_input_files(
        {"name": "plan.csv", "mimeType": "text/csv", "buffer": content}
    )
    await page.locator(".plan-file [type=submit]").click()
