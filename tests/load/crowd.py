"""People with logins who may all enter one session, made directly in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

import server.tables  # noqa: F401 - registers every table
from server.accounts import logins
from server.accounts.actions import open_account
from server.core import clock
from server.core.db import Database, Db
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
)
from server.rooms import chat
from server.rooms.places import place

SESSIONS: Final = 6
LINES: Final = 50  # in the chat before the crowd comes
SLUG: Final = "everybody"
PATH: Final = f"/e/{SLUG}/s/1/room"


@dataclass(frozen=True)
class Crowd:
    """The login tokens of the people."""

    tokens: Sequence[str]


async def gather_crowd(database: Database, count: int) -> Crowd:
    """An event whose first session is a stage with open doors, and its people."""
    async with database.writing() as db:
        event = await _event(db)
        stage = await _sessions(db, event)
        people = [await _person(db, event, number) for number in range(count)]
        await _talk(db, people[0][1], stage)
    return Crowd([token for token, _ in people])


async def _event(db: Db) -> Event:
    now = clock.now()
    event = Event(
        slug=SLUG,
        kind=EventKind.FORUM,
        title={"ja": "みなが来る催し", "en": "Everybody comes"},
        summary={"ja": "架空の催しです。", "en": "An invented event."},
        state=EventState.PUBLISHED,
        starts_at=now,
        ends_at=now + timedelta(hours=8),
    )
    db.add(event)
    await db.flush()
    return event


async def _sessions(db: Db, event: Event) -> Session:
    """The programme; the first session, a stage that has begun."""
    for number in range(SESSIONS, 0, -1):
        starts = event.starts_at + timedelta(hours=number - 1)
        session = Session(
            event_id=event.id,
            number=number,
            kind=SessionKind.STAGE,
            title={"ja": f"舞台 {number}", "en": f"Stage {number}"},
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            doors_at=starts - timedelta(minutes=10),
            capacity=2000,
        )
        db.add(session)
    await db.flush()
    return session


async def _person(db: Db, event: Event, number: int) -> tuple[str, Participation]:
    now = clock.now()
    address, name = f"{uuid4().hex}@sample.example", f"見本 {number}"
    account = await open_account(db, name=name, address=address, password_hash=None, now=now)
    participation = Participation(event_id=event.id, account_id=account.id, created_at=now)
    db.add(participation)
    await db.flush()
    db.add(ParticipationRole(participation_id=participation.id, role=Role.PARTICIPANT))
    return await logins.start(db, account=account, browser="crowd", now=now), participation


async def _talk(db: Db, speaker: Participation, session: Session) -> None:
    room = await place(db, participation=speaker, session=session)
    for number in range(LINES):
        await chat.post(
            db,
            room=room,
            author=speaker,
            name="見本",
            role=Role.PARTICIPANT,
            body=f"{number} 行目：みなさん、こんにちは。きょうはよろしくお願いします。",
            request_id=uuid4(),
            now=clock.now(),
        )
