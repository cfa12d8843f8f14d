"""A training with teams, mentors and rounds in a running application, beside the demo's event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from playwright.async_api import Page
from sqlmodel import col, delete, select

import server.tables  # noqa: F401 - registers every table
from server.accounts import queries as accounts
from server.accounts.actions import account_for
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link
from server.accounts.tokens import token_hash
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.demo import training, workshop
from server.demo.workshop_words import GROUPS, GUIDES
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
    Topic,
)
from server.mentoring import mails
from server.mentoring.models import Mentor, Round, Slot, Team, TeamMember, TeamState, Training
from server.mentoring.teams import actions as teams
from server.registration import actions
from server.registration.actions import Act
from tests.support.app import App

SLUG: Final = "furusato-workshop"
BARE: Final = "furusato-bare"  # a training that has begun with nothing yet
SEAT: Final = "a-seat-in-a-team"  # tokens of links
PAPER: Final = "a-printed-seat"
ASKED: Final = "a-mentor-is-asked"
MOST: Final = 5
LEAD, WRITER, MENTOR, HOST = (
    *("participant@sample.example", "participant2@sample.example"),
    *("mentor@sample.example", "organizer@sample.example"),
)
PEOPLE: Final = (
    *(
        ("小田切 誠", "おだぎり まこと"),
        ("苗代 ゆき", "なわしろ ゆき"),
        ("古賀 たまき", "こが たまき"),
    ),
    *(
        ("関 亮平", "せき りょうへい"),
        ("波多 みつる", "はた みつる"),
        ("岩切 周平", "いわきり しゅうへい"),
    ),
    *(
        ("戸田 みのり", "とだ みのり"),
        ("葉山 ひかる", "はやま ひかる"),
        ("野上 梓", "のがみ あずさ"),
    ),
)
DRAFT: Final = {
    "name": "雪待村 除雪組合",
    "about": "住民の団体",
    "region": "雪待村",
    "m1-name": "早瀬 彩",
    "m1-reading": "はやせ あや",
    "m2-name": "小田切 誠",
    "m2-address": "odagiri@yukimachi.example",
    "m3-name": "森川 とき子",
    "phone": "0120-000-00",
    "topic": "2",
    "q1": "雪を下ろす人が足りない。村を出た人は手伝いたいと言うが、頼み方が分からない。",
    "q3": "on",
}


@asynccontextmanager
async def held(app: App, _browser: object) -> AsyncIterator[None]:
    """Both trainings can be seen until the block ends."""
    settings = Settings.model_validate({k.lower(): v for k, v in app.environment.items()})
    database = Database(settings.database)
    try:
        async with database.writing() as db:
            await _show(db, clock.now())
        yield
        async with database.writing() as db:
            for slug in (SLUG, BARE):
                (await _event(db, slug)).state = EventState.DRAFT
    finally:
        await database.close()


async def check_draft(page: Page) -> None:
    """Want to register what is not ready yet."""
    async with page.expect_navigation():
        await page.click("[value=check]")
    await page.locator("#wrong").wait_for()


async def mend_and_check(page: Page) -> None:
    """Put right what is wrong, and look the team over."""
    await page.fill("[name=phone]", "0120-000-000")
    async with page.expect_navigation():
        await page.click("[value=check]")
    await page.locator("form[action$='/register']").wait_for()


async def print_seat(page: Page) -> None:
    """From the team's page to the printed invitation of a seat."""
    async with page.expect_navigation():
        await page.locator("form[action$='/paper'] button").first.click()
    await page.locator(".paper").wait_for()


async def first_mentor(page: Page) -> None:
    """From the list of mentors into the first of them."""
    await page.locator(".team-name a").first.click()
    await page.locator("#apart").wait_for()


async def open_forms(page: Page) -> None:
    """Open the forms that are folded."""
    await page.evaluate("document.querySelectorAll('main details').forEach((d) => (d.open = true))")


async def _show(db: Db, now: datetime) -> None:
    found = await db.exec(select(Event).where(Event.slug == SLUG))
    if found.one_or_none() is None:
        await _write(db, now)
    for slug in (SLUG, BARE):
        (await _event(db, slug)).state = EventState.PUBLISHED
    await _offer(db, now)


async def _event(db: Db, slug: str) -> Event:
    return (await db.exec(select(Event).where(Event.slug == slug))).one()


async def _write(db: Db, now: datetime) -> None:
    event, bare = _made(SLUG, now), _made(BARE, now)
    db.add_all([event, bare])
    await db.flush()
    held_ = Training(event_id=event.id, team_most=MOST)
    db.add_all([held_, Training(event_id=bare.id)])
    db.add_all(
        Topic(event_id=event.id, number=each.number, title=each.title, summary=each.summary)
        for each in training.TOPICS
    )
    session = Session(
        event_id=event.id,
        number=1,
        kind=SessionKind.ROUND,
        title={"ja": "一回目：だれと組むか", "en": "First round: who to work with"},
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        doors_at=event.starts_at - timedelta(minutes=30),
        capacity=200,
    )
    db.add(session)
    await db.flush()
    await _rounds(db, event, session)
    for each in (event, bare):
        await _with_role(db, each, await _account(db, HOST), Role.ORGANIZER, now)
    questions = await workshop.ask(db, event)
    crowd = [await _person(db, number, now) for number in range(len(PEOPLE))]
    lead = await _account(db, LEAD)
    groups = ([lead, *crowd[:2]], crowd[2:5], crowd[5:7])
    for number, people in enumerate(groups, start=1):
        for account in people:
            act = Act(actor=account.id, now=now, quiet=True)
            await actions.register(db, event=event, account=account, act=act)
        await workshop.seat(
            db,
            event,
            number,
            GROUPS[number - 1],
            [(account, now) for account in people],
            questions,
            waiting=number == 1,
        )
    mentors = [await _account(db, MENTOR), *crowd[7:9]]
    for number, account in enumerate(mentors):
        await workshop.guide(db, event, account, number, now)
    invited = await _person(db, len(PEOPLE), now)
    await workshop.guide(db, event, invited, len(GUIDES), now)
    await _writes(db, event, await _account(db, WRITER), now)


async def _writes(db: Db, event: Event, writer: Account, now: datetime) -> None:
    """Somebody has written half of a team down."""
    await teams.save(db, event, dict(DRAFT), base={}, lead=writer, now=now)


def _made(slug: str, now: datetime) -> Event:
    starts = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=120)
    return Event(
        slug=slug,
        kind=EventKind.TRAINING,
        title={"ja": "関係人口 実践研修 2027", "en": "Ties in practice 2027"},
        summary={"ja": "団体ごとに、自分たちのアイデアを三日で形にします。"},
        contact={"ja": "地域つなぎ推進室 研修係　training@tsunagi.example"},
        starts_at=starts,
        ends_at=starts + timedelta(days=2, hours=4),
        capacity=270,
    )


async def _rounds(db: Db, event: Event, session: Session) -> None:
    for number in range(1, 4):
        starts = event.starts_at + timedelta(days=number - 1, hours=1)
        round_ = Round(
            event_id=event.id,
            session_id=session.id,
            number=number,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=45),
        )
        db.add(round_)
        await db.flush()
        db.add_all(
            Slot(round_id=round_.id, number=n + 1, offset=n * 900, length=780) for n in range(3)
        )


async def _offer(db: Db, now: datetime) -> None:
    """Links with tokens that are known: to the seat that waits, and to the mentor who is asked."""
    event = await _event(db, SLUG)
    waiting = (
        select(TeamMember, Team)
        .join(Team, col(Team.id) == col(TeamMember.team_id))
        .where(
            Team.event_id == event.id,
            Team.state == TeamState.REGISTERED,
            col(TeamMember.account_id).is_(None),
        )
    )
    member, team = (await db.exec(waiting)).first() or (None, None)
    assert member is not None
    assert team is not None
    asked = (await db.exec(select(Mentor).where(Mentor.event_id == event.id))).all()[-1]
    part = await db.get_one(Participation, asked.participation_id)
    seat = mails.seat_target(event, team, member)
    await _link(db, LinkKind.TEAM_SEAT, SEAT, seat, part.account_id, now)
    await _link(db, LinkKind.TEAM_PAPER, PAPER, seat, None, now)
    place = f"/e/{SLUG}/mentor/profile#{asked.id}"
    await _link(db, LinkKind.MENTOR, ASKED, place, part.account_id, now)


async def _link(
    db: Db, kind: LinkKind, token: str, target: str, account_id: UUID | None, now: datetime
) -> None:
    await db.exec(delete(Link).where(col(Link.token_hash) == token_hash(token)))
    address = await accounts.address_of(db, account_id) if account_id else ""
    db.add(
        Link(
            kind=kind,
            token_hash=token_hash(token),
            account_id=account_id,
            address=address,
            target=target,
            expires_at=now + timedelta(hours=70),
        )
    )


async def _with_role(db: Db, event: Event, who: Account, role: Role, now: datetime) -> None:
    part = Participation(event_id=event.id, account_id=who.id, created_at=now)
    db.add(part)
    await db.flush()
    db.add(ParticipationRole(participation_id=part.id, role=role))


async def _account(db: Db, address: str) -> Account:
    found = await accounts.by_address(db, address)
    assert found, address
    return found


async def _person(db: Db, number: int, now: datetime) -> Account:
    name, reading = PEOPLE[number] if number < len(PEOPLE) else ("真鍋 渡", "まなべ わたる")
    account, _ = await account_for(
        db,
        address=f"team{number}@sample.example",
        name=name,
        reading=reading,
        locale="ja",
        zone="Asia/Tokyo",
        now=now,
    )
    return account
