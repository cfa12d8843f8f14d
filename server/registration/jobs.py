"""Jobs of registrations: what happens by itself."""

from datetime import datetime
from typing import Any

import structlog
from sqlmodel import col, select

from server.core import clock
from server.core.db import Db
from server.events.models import Event, Session
from server.registration import actions, queries
from server.registration.models import Registration

log = structlog.get_logger()


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
    if registration.unverified_until is None or registration.unverified_until > now:
        return
    act = actions.Act(actor=None, now=now, reason=actions.NOT_PROVEN, quiet=True)
    await actions.cancel(db, registration, event=event, session=session, act=act)
    registration.unverified_until = None
    db.add(registration)
