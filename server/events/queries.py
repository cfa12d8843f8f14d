"""Reads of events, their sessions and participations."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, func
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import (
    Event,
    EventState,
    EventVersion,
    FormerSlug,
    Participation,
    ParticipationRole,
    Role,
    Session,
    Topic,
    VersionState,
)
from server.events.roles import SHOWN, shown_role


async def by_slug(db: Db, slug: str) -> Event | None:
    """The event at a slug, draft or published."""
    return (await db.exec(select(Event).where(Event.slug == slug))).one_or_none()


async def published(db: Db, slug: str) -> Event:
    """The published event at a slug.

    Raises:
        NotFound: there is none.
    """
    event = await by_slug(db, slug)
    if event is None or event.state is not EventState.PUBLISHED:
        raise NotFound(event=slug)
    return event


async def present_slug(db: Db, former: str) -> str | None:
    """The slug of the published event that once had this one; a slug in use leads nowhere else."""
    found = (
        select(Event.slug)
        .join(FormerSlug, col(FormerSlug.event_id) == col(Event.id))
        .where(FormerSlug.slug == former, Event.state == EventState.PUBLISHED)
    )
    slug = (await db.exec(found)).one_or_none()
    if slug is None:
        return None
    used = select(Event.id).where(Event.slug == former, Event.state == EventState.PUBLISHED)
    return None if (await db.exec(used)).first() else slug


async def sessions_of(db: Db, event: Event) -> list[Session]:
    """The sessions of an event in the order of their times."""
    found = select(Session).where(Session.event_id == event.id)
    ordered = found.order_by(col(Session.starts_at), col(Session.number))
    return list((await db.exec(ordered)).all())


async def session_of(db: Db, event: Event, number: int) -> Session:
    """The session of an event with this number.

    Raises:
        NotFound: there is none.
    """
    found = select(Session).where(Session.event_id == event.id, Session.number == number)
    session = (await db.exec(found)).one_or_none()
    if session is None:
        raise NotFound(session=number)
    return session


async def standing(
    db: Db, *, slug: str, number: int, account_id: UUID
) -> tuple[Event, Session, Participation | None]:
    """A session of a published event, and what an account is there, in one query.

    Raises:
        NotFound: there is no such event or session.
    """
    own = and_(
        col(Participation.event_id) == col(Event.id), col(Participation.account_id) == account_id
    )
    found = (
        select(Event, Session, Participation)
        .join(Session, col(Session.event_id) == col(Event.id))
        .join(Participation, own, isouter=True)
        .where(Event.slug == slug, Event.state == EventState.PUBLISHED, Session.number == number)
    )
    row = (await db.exec(found)).one_or_none()
    if row is None:
        raise NotFound(event=slug, session=number)
    return row


async def published_sessions(db: Db, ids: Collection[UUID]) -> dict[UUID, tuple[Event, Session]]:
    """Those of the sessions that belong to a published event, each with it, by their ids."""
    found = (
        select(Event, Session)
        .join(Session, col(Session.event_id) == col(Event.id))
        .where(col(Session.id).in_(ids), Event.state == EventState.PUBLISHED)
    )
    return {session.id: (event, session) for event, session in await db.exec(found)}


async def session_by_id(db: Db, session_id: UUID) -> Session:
    """A session that is known to exist."""
    return (await db.exec(select(Session).where(Session.id == session_id))).one()


async def topics_of(db: Db, event: Event) -> list[Topic]:
    """The topics of an event by their numbers."""
    found = select(Topic).where(Topic.event_id == event.id)
    return list((await db.exec(found.order_by(col(Topic.number)))).all())


async def draft_of(db: Db, event: Event) -> EventVersion | None:
    """The version that is being written, or None."""
    found = select(EventVersion).where(
        EventVersion.event_id == event.id, col(EventVersion.state) == VersionState.DRAFT
    )
    return (await db.exec(found)).one_or_none()


class Saved(NamedTuple):
    """Who saved a draft, and when."""

    name: str
    at: datetime


async def last_saved(db: Db, event: Event, *, but: UUID) -> Saved | None:
    """Who saved the draft last; None if it was this account, or there is none."""
    found = (
        select(Account.name, EventVersion.saved_at)
        .join(EventVersion, col(EventVersion.saved_by) == col(Account.id))
        .where(
            EventVersion.event_id == event.id,
            col(EventVersion.state) == VersionState.DRAFT,
            Account.id != but,
        )
    )
    row = (await db.exec(found)).one_or_none()
    return Saved(*row) if row else None


async def owner_of_slug(db: Db, slug: str) -> UUID | None:
    """The event that has, or once had, this address."""
    present = await db.exec(select(Event.id).where(Event.slug == slug))
    former = select(FormerSlug.event_id).where(FormerSlug.slug == slug)
    return present.one_or_none() or (await db.exec(former)).one_or_none()


async def organized_by(db: Db, account_id: UUID) -> list[Event]:
    """The events that an account organizes, the latest first."""
    found = (
        select(Event)
        .join(Participation, col(Participation.event_id) == Event.id)
        .join(ParticipationRole, col(ParticipationRole.participation_id) == Participation.id)
        .where(
            Participation.account_id == account_id,
            col(ParticipationRole.role) == Role.ORGANIZER,
        )
    )
    return list((await db.exec(found.order_by(col(Event.starts_at).desc()))).all())


async def coming(db: Db, now: datetime, limit: int = 50) -> list[Event]:
    """Published events that have not ended, the next one first."""
    found = select(Event).where(Event.state == EventState.PUBLISHED, col(Event.ends_at) > now)
    return list((await db.exec(found.order_by(col(Event.starts_at)).limit(limit))).all())


async def past(db: Db, now: datetime, limit: int = 6) -> list[Event]:
    """Published events that have ended, the last one first."""
    found = select(Event).where(Event.state == EventState.PUBLISHED, col(Event.ends_at) <= now)
    return list((await db.exec(found.order_by(col(Event.ends_at).desc()).limit(limit))).all())


async def participation_of(db: Db, event: Event, account_id: UUID) -> Participation | None:
    """What an account is in an event, or None."""
    found = select(Participation).where(
        Participation.event_id == event.id, Participation.account_id == account_id
    )
    return (await db.exec(found)).one_or_none()


async def name_of(db: Db, participation_id: UUID) -> str:
    """The name of somebody who takes part."""
    found = select(Account.name).join(
        Participation, col(Participation.account_id) == col(Account.id)
    )
    return (await db.exec(found.where(Participation.id == participation_id))).one()


async def roles_of(db: Db, participation_id: UUID) -> frozenset[Role]:
    """The roles of a participation."""
    return (await roles_of_each(db, [participation_id]))[participation_id]


async def shown_roles(db: Db, participation_ids: Collection[UUID]) -> dict[UUID, Role]:
    """The one role of each participation that others see, in one query."""
    held = await roles_of_each(db, participation_ids)
    return {id_: shown_role(roles) for id_, roles in held.items()}


async def roles_of_each(db: Db, participation_ids: Collection[UUID]) -> dict[UUID, frozenset[Role]]:
    """The roles of each participation, in one query."""
    held: dict[UUID, set[Role]] = {id_: set() for id_ in participation_ids}
    found = select(ParticipationRole).where(
        col(ParticipationRole.participation_id).in_(participation_ids)
    )
    for row in await db.exec(found):
        held[row.participation_id].add(row.role)
    return {id_: frozenset(roles) for id_, roles in held.items()}


async def people_of(db: Db, events: Collection[Event]) -> dict[UUID, dict[Role, int]]:
    """How many people of each shown role the events have, in one query; none where nobody is."""
    rank = func.min(
        case({role: place for place, role in enumerate(SHOWN)}, value=col(ParticipationRole.role))
    )
    shown = (
        select(Participation.id, Participation.event_id, rank.label("rank"))
        .join(ParticipationRole, col(ParticipationRole.participation_id) == Participation.id)
        .where(col(Participation.event_id).in_([event.id for event in events]))
        .group_by(col(Participation.id), col(Participation.event_id))
        .subquery()
    )
    counted = select(shown.c.event_id, shown.c.rank, func.count()).group_by(
        shown.c.event_id, shown.c.rank
    )
    people: dict[UUID, dict[Role, int]] = {event.id: {} for event in events}
    for event_id, place, count in await db.exec(counted):
        people[event_id][SHOWN[place]] = count
    return people
