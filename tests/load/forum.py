"""An event that people register for and whose session moves, for loads on mails."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.actions import open_account
from server.core import clock
from server.core.db import Database, Db
from server.events import actions, drafts, queries
from server.events.draft import Draft, fingerprints
from server.events.models import Event, EventKind
from server.live import readers
from server.mail.models import OutgoingMail
from server.registration.actions import Act
from server.registration.actions import register as take_seat
from server.registration.jobs import READER

log = structlog.get_logger()

SESSION: Final = {
    "s1-title-ja": "屋根の上で会う",
    "s1-from": "13:07",
    "s1-until": "14:07",
    "s1-kind": "discussion",
    "s1-capacity": "9",
}
MOVED: Final = {"s1-from": "16:43", "s1-until": "17:43"}
AT_ONCE: Final = 8


@dataclass(frozen=True)
class Forum:
    """A published event with one session, and who organizes it."""

    event_id: UUID
    session_id: UUID
    organizer_id: UUID
    zone: str


async def begin(database: Database) -> Forum:
    """Publish an event of one session, ten days from now, so that no reminder is due."""
    now = clock.now()
    day = (now + timedelta(days=10)).date().isoformat()
    async with database.writing() as db:
        address = f"{uuid4().hex}@sample.example"
        organizer = await open_account(
            db, name="見本の係", address=address, password_hash=None, now=now
        )
        event = await actions.create(
            db,
            organization_id=None,
            creator_id=organizer.id,
            slug=f"mails-{uuid4().hex[:12]}",
            kind=EventKind.FORUM,
            title={"ja": "見本のつどい"},
            starts_at=now + timedelta(days=10),
            ends_at=now + timedelta(days=10, hours=8),
            now=now,
        )
        texts = SESSION | {
            "day": day,
            "last_day": "",
            "from": "10:00",
            "until": "18:00",
            "summary-ja": "架空の催しです。",
        }
        await _publish(db, event, texts, organizer.id)
        (session,) = await queries.sessions_of(db, event)
    return Forum(event.id, session.id, organizer.id, event.zone)


async def register(
    database: Database, forum: Forum, addresses: Sequence[str], *, seconds: float
) -> int:
    """Each opens an account and registers, spread over some seconds; how many could not."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, address: str) -> None:
        await asyncio.sleep(seconds * number / len(addresses))
        async with gate, database.writing() as db:
            now = clock.now()
            account = await open_account(
                db, name=f"見本 {number}", address=address, password_hash=None, now=now
            )
            event = await db.get_one(Event, forum.event_id)
            await take_seat(db, event=event, account=account, act=Act(actor=account.id, now=now))

    done = await asyncio.gather(
        *(one(number, address) for number, address in enumerate(addresses)),
        return_exceptions=True,
    )
    wrong = [each for each in done if each is not None]
    for error in wrong:
        log.error("could not register", exc_info=error)
    return len(wrong)


async def move(database: Database, forum: Forum) -> tuple[datetime, datetime]:
    """Move the session in the draft and publish it; its old and its new beginning."""
    async with database.writing() as db:
        event = await db.get_one(Event, forum.event_id)
        (session,) = await queries.sessions_of(db, event)
        old = session.starts_at
        await _publish(db, event, MOVED, forum.organizer_id)
        (session,) = await queries.sessions_of(db, event)
        return old, session.starts_at


async def owed(database: Database) -> tuple[int, int]:
    """How many mails wait (news that no mail is made of yet count as one), and were given up."""
    waiting = select(func.count()).where(
        col(OutgoingMail.sent_at).is_(None), col(OutgoingMail.dropped_at).is_(None)
    )
    dropped = select(func.count()).where(col(OutgoingMail.dropped_at).is_not(None))
    async with database.reading() as db:
        untold = len(await readers.behind(db, READER, prefix="event:"))
        return untold + (await db.exec(waiting)).one(), (await db.exec(dropped)).one()


async def _publish(db: Db, event: Event, texts: Draft, actor: UUID) -> None:
    now = clock.now()
    base = fingerprints(await drafts.current(db, event))
    merged = await actions.save(db, event, texts, base=base, actor=actor, now=now)
    assert not merged.conflicts, merged.conflicts
    version = await queries.draft_of(db, event)
    assert version is not None
    await actions.publish(db, event, v=version.v, actor=actor, now=now)
