"""Jobs of registrations: what happens by itself."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import col, select

from server.core import clock
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Session
from server.events.told import EVENT_PUBLISHED, SESSION_CANCELLED, SESSION_MOVED
from server.live import readers
from server.live.models import StreamEvent
from server.mail import outbox
from server.registration import actions, guard, idempotency, mails, queries, rules
from server.registration.models import Registration

log = structlog.get_logger()

READER: Final = "registration"
ANSWERS_KEPT: Final = timedelta(days=7)


async def settle_addresses(context: dict[Any, Any]) -> None:
    """Make places final whose mail address was proven, and give up those never proven.

    Safe to run twice.
    """
    now = clock.now()
    async with context["database"].reading() as db:
        proven = [registration.id for registration in await queries.proven(db)]
        expired = await _expired(db, now)
    if proven:
        async with context["database"].writing() as db:
            for registration_id in proven:
                await actions.settle(db, await db.get_one(Registration, registration_id), now=now)
    for registration_id in expired:
        async with context["database"].writing() as db:
            await _give_up(db, registration_id, now)
    if proven or expired:
        log.info("places settled", proven=len(proven), given_up=len(expired))


async def _expired(db: Db, now: datetime) -> list[Any]:
    found = select(Registration.id).where(col(Registration.unverified_until) <= now).limit(200)
    return list((await db.exec(found)).all())


async def _give_up(db: Db, registration_id: Any, now: datetime) -> None:
    registration = await db.get_one(Registration, registration_id)
    event = await db.get_one(Event, registration.event_id)
    session = (
        await db.get_one(Session, registration.session_id) if registration.session_id else None
    )
    await guard.lock(db, event, session)  # the person may prove the address at this moment
    await db.refresh(registration)
    if registration.unverified_until is None or registration.unverified_until > now:
        return
    act = actions.Act(actor=None, now=now, reason=actions.NOT_PROVEN, quiet=True)
    await actions.cancel(db, registration, event=event, session=session, act=act)
    registration.unverified_until = None
    db.add(registration)


async def tell_moves(context: dict[Any, Any]) -> None:
    """Owe mails for what the programme's log says has moved or was called off; give seats that
    a larger capacity made free. Safe to run twice: the reader moves with what it does.
    """
    async with context["database"].reading() as db:
        behind = await readers.behind(db, READER, prefix="event:")
    for stream in behind:
        async with context["database"].writing() as db:
            for event in await readers.read(db, READER, stream):
                await _tell(db, event)


async def _tell(db: Db, told: StreamEvent) -> None:
    now = clock.now()
    if told.type in (SESSION_MOVED, SESSION_CANCELLED):
        session = await db.get_one(Session, UUID(told.payload["session"]))
        event = await db.get_one(Event, session.event_id)
        kind = mails.MOVED if told.type == SESSION_MOVED else mails.CANCELLED
        for account_id in await queries.seated_accounts(db, event, session):
            await outbox.order(
                db,
                kind=kind,
                subject=session.id,
                revision=told.payload["sequence"],
                account_id=account_id,
                now=now,
            )
    elif told.type == EVENT_PUBLISHED:
        event = await db.get_one(Event, UUID(told.payload["event"]))
        await actions.fill(db, event=event, session=None, now=now)
        for session in await events.sessions_of(db, event):
            if session.by_seat:
                await actions.fill(db, event=event, session=session, now=now)


async def remind(context: dict[Any, Any]) -> None:
    """Owe the reminders that are due: a day and an hour before, and when doors open."""
    now = clock.now()
    async with context["database"].reading() as db:
        due = [
            (event, first, kind, since)
            for event in await events.coming(db, now, limit=1000)
            for first in _first_of_days(event, await events.sessions_of(db, event))
            for kind, since in rules.reminders_due(first, now)
        ]
    for event, first, kind, since in due:
        async with context["database"].writing() as db:
            for account_id in await queries.seated_accounts(db, event, None, before=since):
                await outbox.order(
                    db,
                    kind=kind,
                    subject=first.id,
                    revision=first.starts_at.date().toordinal(),
                    account_id=account_id,
                    now=now,
                )


def _first_of_days(event: Event, sessions: list[Session]) -> list[Session]:
    """The first session of each day, in the event's zone."""
    zone, firsts = ZoneInfo(event.zone), dict[date, Session]()
    for session in sessions:
        if session.cancelled_at is None:
            firsts.setdefault(session.starts_at.astimezone(zone).date(), session)
    return list(firsts.values())


async def forget_answers(context: dict[Any, Any]) -> None:
    """Remove the answers to forms that nobody will send again. Safe to run twice."""
    async with context["database"].writing() as db:
        await idempotency.forget(db, before=clock.now() - ANSWERS_KEPT)
