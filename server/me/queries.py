"""Reads of one's own page: a constant number, however many events one is in."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Event, EventState, Participation, ParticipationRole, Role, Session
from server.me.rules import Mine
from server.registration.models import Registration


async def mine(db: Db, account_id: UUID) -> list[Mine]:
    """The published events in which an account has a part."""
    found = (
        select(Participation, Event)
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(Participation.account_id == account_id, Event.state == EventState.PUBLISHED)
    )
    parts = (await db.exec(found)).all()
    ids = [participation.id for participation, _ in parts]
    roles: dict[UUID, set[Role]] = {id_: set() for id_ in ids}
    for row in await db.exec(
        select(ParticipationRole).where(col(ParticipationRole.participation_id).in_(ids))
    ):
        roles[row.participation_id].add(row.role)
    own: dict[UUID, dict[UUID | None, Registration]] = {id_: {} for id_ in ids}
    for registration in await db.exec(
        select(Registration).where(col(Registration.participation_id).in_(ids))
    ):
        own[registration.participation_id][registration.session_id] = registration
    return [
        Mine(event, frozenset(roles[participation.id]), own[participation.id])
        for participation, event in parts
    ]


async def sessions_ahead(db: Db, events: list[UUID], now: datetime) -> list[Session]:
    """The sessions of some events that have not ended."""
    found = select(Session).where(col(Session.event_id).in_(events), col(Session.ends_at) > now)
    return list((await db.exec(found)).all())
