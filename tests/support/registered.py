"""People who registered for the demo's event, in every state that the organizer's desk shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from playwright.async_api import Browser, Page
from sqlmodel import select

import server.tables  # noqa: F401 - registers every table
from server.accounts.actions import account_for
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.demo.sample import SLUG
from server.events.models import Event, Session
from server.registration import actions
from server.registration.actions import Act
from tests.support.app import App

CAPACITY: Final = 6


class Came(NamedTuple):
    """Somebody invented, who registered some hours ago. `asks`: under approval."""

    name: str
    reading: str
    address: str
    hours: int
    asks: bool = False
    words: str = ""


PEOPLE: Final = (
    Came("苗代 ゆき", "なわしろ ゆき", "nawashiro@sample.example", 190),
    Came("小田切 誠", "おだぎり まこと", "odagiri@sample.example", 150),
    Came("野上 梓", "のがみ あずさ", "nogami@sample.example", 120),
    Came("ミラ・ソレンセン", "みら それんせん", "mira.sorensen@sample.example", 90),
    Came("古賀 たまき", "こが たまき", "koga@sample.example", 60),
    Came("関 亮平", "せき りょうへい", "seki@sample.example", 50),
    Came("波多 みつる", "はた みつる", "hata@sample.example", 30),
    Came("葉山 ひかる", "はやま ひかる", "hayama@sample.example", 20, asks=True),
    Came("岩切 周平", "いわきり しゅうへい", "iwakiri@sample.example", 17, asks=True),
    Came(
        "戸田 みのり",
        "とだ みのり",
        "toda@sample.example",
        15,
        asks=True,
        words="朝市の空き区画を使ってくれる人に会いたい。",
    ),
)


@asynccontextmanager
async def registered(app: App, _browser: Browser) -> AsyncIterator[None]:
    """The demo's event with its people while the block runs; afterwards it is as free as before."""
    settings = {name.lower(): value for name, value in app.environment.items()}
    database = Database(Settings.model_validate(settings).database)
    async with database.writing() as db:
        await _fill(db, clock.now())
    try:
        yield
    finally:
        async with database.writing() as db:
            event = await _event(db)
            talk = await _talk(db, event)
            event.capacity, event.approval, talk.by_seat = None, False, False
            db.add_all([event, talk])
        await database.close()


async def _fill(db: Db, now: datetime) -> None:
    event = await _event(db)
    event.capacity = CAPACITY
    talk = await _talk(db, event)
    talk.by_seat = True
    db.add_all([event, talk])
    await db.flush()
    for person in PEOPLE:
        await _come(db, event, talk, person, now - timedelta(hours=person.hours))


async def _come(db: Db, event: Event, talk: Session, person: Came, at: datetime) -> None:
    account, fresh = await account_for(
        db,
        address=person.address,
        name=person.name,
        reading=person.reading,
        locale="ja",
        zone=event.zone,
        now=at,
    )
    event.approval = person.asks
    db.add(event)
    if not fresh:
        return
    act = Act(actor=account.id, now=at)
    registration = await actions.register(
        db, event=event, account=account, act=act, words=person.words
    )
    if person.hours % 4 and registration.place is None:
        await actions.register(db, event=event, account=account, act=act, session=talk)
    if person.hours == PEOPLE[1].hours:
        gone = replace(act, now=at + timedelta(hours=40))
        await actions.cancel(db, registration, event=event, session=None, act=gone)


async def open_person(page: Page) -> None:
    """Open the first of those who ask."""
    async with page.expect_navigation():
        await page.click(".people-name a >> nth=0")
    await page.locator("#who").wait_for()


async def approve_two(page: Page) -> None:
    """Approve the first two, and see what the page tells."""
    await page.check(".people-box input >> nth=0")
    await page.check(".people-box input >> nth=1")
    async with page.expect_navigation():
        await page.click("#many .button-primary")
    await page.locator(".told").wait_for()


async def _talk(db: Db, event: Event) -> Session:
    found = select(Session).where(Session.event_id == event.id, Session.number == 3)
    return (await db.exec(found)).one()


async def _event(db: Db) -> Event:
    return (await db.exec(select(Event).where(Event.slug == SLUG))).one()
