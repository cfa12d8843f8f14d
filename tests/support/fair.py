"""A full day in a running application: topics, seats, a waitlist, speakers, a cancelled session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlmodel import select

import server.tables  # noqa: F401 - the mapper must know every table
from server.accounts import queries as accounts
from server.accounts.actions import open_account
from server.accounts.models import Account
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Session,
    SessionKind,
    SessionSpeaker,
    Topic,
)
from server.registration import actions
from server.registration.actions import Act
from tests.support.app import App

SLUG: Final = "furusato-fair"
SOON: Final = "furusato-soon"
CAPACITY: Final = 60
GUESTS: Final = 37
WHO: Final = "participant@sample.example"  # the demo's, who has a seat and waits for another

TOPICS: Final = (
    ("食と農", "Food and farming", "畑の手入れ、直売所、台所でつながる。"),
    ("空き家と住まい", "Homes", "直す、借りる、泊まる。家をひらく人の話。"),
    ("学びと子ども", "Learning", "山村留学、大学のゼミ、部活動の遠征。"),
    ("文化と観光", "Culture", "祭りの担い手と、通いつづける旅人。"),
)


class Plan(NamedTuple):
    """A session by its distance from the start, in minutes. `seats` 0: everyone may come."""

    kind: SessionKind
    ja: str
    en: str
    starts: int
    lasts: int
    topic: int = 0
    seats: int = 0
    speaker: str = ""


STAGE, TALK, LOBBY = SessionKind.STAGE, SessionKind.DISCUSSION, SessionKind.LOBBY
PLANS: Final = (
    Plan(LOBBY, "開場", "Doors", -30, 30),
    Plan(
        STAGE, "開会・基調の話「関わりしろの見つけ方」", "Opening talk", 0, 45, speaker="鵜飼 隆二"
    ),
    Plan(TALK, "畑の休日を分けあう", "Sharing a field", 60, 60, 1, 12, "三枝 直"),
    Plan(TALK, "直しながら泊まる", "Staying while mending", 60, 60, 2, 12, "真鍋 志乃"),
    Plan(TALK, "留学のあと、どうなる", "After the year away", 60, 60, 3, 12),
    Plan(LOBBY, "昼の立ち話", "Lunch", 120, 60),
    Plan(STAGE, "七つの地域のリレー中継", "Seven places", 180, 105, speaker="相沢 千景"),
    Plan(TALK, "直売所の台所", "The market kitchen", 300, 45, 1, 12),
    Plan(TALK, "屋根の上で会う", "Meeting on the roof", 300, 45, 2, 12, "瀬戸口 まり"),
    Plan(TALK, "大学と山村", "University and village", 300, 45, 3, 30),
    Plan(TALK, "通う旅人たち", "Travellers who return", 300, 45, 4, 1, "ダニエル・オカ"),
    Plan(STAGE, "まとめ・閉会", "Closing", 350, 40),
    Plan(TALK, "語り部の時間", "Storytellers", 300, 45, 4),
)
SEATED_IN, WAITING_IN, CANCELLED = 9, 11, 13  # numbers of sessions


@asynccontextmanager
async def fair(app: App, _browser: object) -> AsyncIterator[None]:
    """The day is on, half of it over, and another event is announced, until the block ends."""
    settings = Settings.model_validate({k.lower(): v for k, v in app.environment.items()})
    database = Database(settings.database)
    try:
        async with database.writing() as db:
            await _publish(db, clock.now())
        yield
        async with database.writing() as db:
            await _hide(db)
    finally:
        await database.close()


async def _publish(db: Db, now: datetime) -> None:
    known = (await db.exec(select(Event).where(Event.slug == SLUG))).one_or_none()
    event = known or await _event(db, now)
    soon = (await db.exec(select(Event).where(Event.slug == SOON))).one()
    for each in (event, soon):
        each.state = EventState.PUBLISHED
        db.add(each)


async def _hide(db: Db) -> None:
    for slug in (SLUG, SOON):
        event = (await db.exec(select(Event).where(Event.slug == slug))).one()
        event.state = EventState.DRAFT
        db.add(event)


async def _event(db: Db, now: datetime) -> Event:
    starts = now.replace(minute=0, second=0, microsecond=0) - timedelta(minutes=180)
    event = Event(
        slug=SLUG,
        kind=EventKind.FORUM,
        title={"ja": "ふるさとの輪 全国フォーラム", "en": "Hometown Circle, national forum"},
        summary={
            "ja": "離れて暮らしていても、気にかけている土地がある。"
            "そんな人が、一日、同じ火を囲みます。",
            "en": "One day round one fire, for people who care for a place from afar.",
        },
        description={
            "ja": "はじめての方も、**「聞くだけ」**で参加できます。\n\n"
            "# 持ちもの\n\n- パソコンかスマートフォン\n- 飲みもの\n\n"
            "くわしくは[町のページ](https://town.example/)へ。"
        },
        host={"ja": "地域つなぎ推進室", "en": "Office of Ties"},
        contact={"ja": "地域つなぎ推進室 フォーラム係\n電話 000-0000-0000（平日 9:00–17:00）"},
        starts_at=starts,
        ends_at=starts + timedelta(minutes=390),
        capacity=CAPACITY,
    )
    soon = Event(
        slug=SOON,
        kind=EventKind.TRAINING,
        title={"ja": "関係人口 実践研修", "en": "Ties in practice, a training"},
        summary={"ja": "それぞれのアイデアを持ちよります。どの団体にもメンターがつきます。"},
        host={"ja": "地域つなぎ推進室", "en": "Office of Ties"},
        starts_at=starts + timedelta(days=30),
        ends_at=starts + timedelta(days=30, hours=3),
        opens_at=starts + timedelta(days=3),
        capacity=40,
    )
    db.add_all([event, soon])
    await db.flush()
    sessions = await _sessions(db, event)
    await _people(db, event, sessions, now)
    return event


async def _sessions(db: Db, event: Event) -> dict[int, Session]:
    topics = [
        Topic(event_id=event.id, number=n, title={"ja": ja, "en": en}, summary={"ja": about})
        for n, (ja, en, about) in enumerate(TOPICS, start=1)
    ]
    db.add_all(topics)
    await db.flush()
    made: dict[int, Session] = {}
    for number, plan in enumerate(PLANS, start=1):
        starts = event.starts_at + timedelta(minutes=plan.starts)
        made[number] = session = Session(
            event_id=event.id,
            number=number,
            kind=plan.kind,
            title={"ja": plan.ja, "en": plan.en},
            topic_id=topics[plan.topic - 1].id if plan.topic else None,
            by_seat=plan.seats > 0,
            capacity=plan.seats or 9,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=plan.lasts),
            doors_at=starts - timedelta(minutes=10),
            cancelled_at=event.starts_at if number == CANCELLED else None,
        )
        db.add(session)
        await db.flush()
        if plan.speaker:
            about = {"ja": "雪待村 山村留学センター"}
            name = {"ja": plan.speaker}
            db.add(SessionSpeaker(session_id=session.id, number=1, name=name, about=about))
    return made


async def _people(db: Db, event: Event, sessions: dict[int, Session], now: datetime) -> None:
    who = await accounts.by_address(db, WHO)
    assert who is not None
    for number in range(GUESTS):
        guest = await open_account(
            db,
            name=f"見本 {number}",
            address=f"fair{number}@sample.example",
            password_hash=None,
            now=now,
        )
        await _register(db, event, guest, None, now)
        await _register(db, event, guest, sessions[8 + number % 4], now)
    for place in (None, sessions[SEATED_IN], sessions[WAITING_IN]):
        await _register(db, event, who, place, now)


async def _register(
    db: Db, event: Event, who: Account, session: Session | None, now: datetime
) -> None:
    act = Act(actor=None, now=now, quiet=True)
    await actions.register(db, event=event, account=who, act=act, session=session)
