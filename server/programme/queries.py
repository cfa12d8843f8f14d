"""Reads of the public pages: so many queries, however many sessions an event has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from server.core.db import Db
from server.events import queries as events
from server.events.models import (
    Event,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionSpeaker,
    Topic,
)
from server.programme.rules import Standing, standing
from server.registration import seats
from server.registration.models import Registration, RegistrationState
from server.registration.seats import Seats


@dataclass(frozen=True, kw_only=True)
class Programme:
    """An event, all that is in it, and what the visitor is there."""

    event: Event
    sessions: list[Session]
    topics: list[Topic]
    speakers: list[SessionSpeaker]
    seats: Seats
    session_seats: dict[UUID, Seats]
    roles: frozenset[Role] = frozenset()
    own: dict[UUID | None, Registration] = field(default_factory=dict)  # by session, None: event
    turns: dict[UUID, int] = field(default_factory=dict)  # by registration that waits

    @property
    def standing(self) -> Standing:
        """Where the visitor stands at the event."""
        return standing(self.roles, self.own.get(None))

    @property
    def turn(self) -> int:
        """The visitor's number on the event's waitlist."""
        mine = self.own.get(None)
        return self.turns.get(mine.id, 0) if mine else 0


async def programme(db: Db, slug: str, account_id: UUID | None) -> Programme:
    """The published event at a slug as a visitor sees it.

    Raises:
        NotFound: there is none.
    """
    event = await events.published(db, slug)
    sessions = await events.sessions_of(db, event)
    own = await seats.own(db, event, account_id) if account_id else {}
    return Programme(
        event=event,
        sessions=sessions,
        topics=await topics_of(db, event),
        speakers=await speakers_of(db, event),
        seats=(await seats.of_events(db, [event]))[event.id],
        session_seats=await seats.of_sessions(db, sessions),
        roles=(await roles_in(db, [event], account_id))[event.id],
        own=own,
        turns=await turns(db, list(own.values())),
    )


async def topics_of(db: Db, event: Event) -> list[Topic]:
    """The topics of an event in their order."""
    found = select(Topic).where(Topic.event_id == event.id).order_by(col(Topic.number))
    return list((await db.exec(found)).all())


async def speakers_of(db: Db, event: Event) -> list[SessionSpeaker]:
    """Who speaks in the sessions of an event that will be, in the order of the sessions."""
    found = (
        select(SessionSpeaker)
        .join(Session, col(Session.id) == col(SessionSpeaker.session_id))
        .where(Session.event_id == event.id, col(Session.cancelled_at).is_(None))
        .order_by(col(Session.starts_at), col(Session.number), col(SessionSpeaker.number))
    )
    return list((await db.exec(found)).all())


async def roles_in(
    db: Db, of: Collection[Event], account_id: UUID | None
) -> dict[UUID, frozenset[Role]]:
    """The roles of an account in events."""
    roles: dict[UUID, set[Role]] = {event.id: set() for event in of}
    if account_id is not None:
        found = (
            select(Participation.event_id, ParticipationRole.role)
            .join(ParticipationRole, col(ParticipationRole.participation_id) == Participation.id)
            .where(
                Participation.account_id == account_id,
                col(Participation.event_id).in_(list(roles)),
            )
        )
        for event_id, role in await db.exec(found):
            roles[event_id].add(Role(role))
    return {event_id: frozenset(held) for event_id, held in roles.items()}


async def standings(db: Db, of: Collection[Event], account_id: UUID | None) -> dict[UUID, Standing]:
    """Where an account stands at each of the events."""
    roles = await roles_in(db, of, account_id)
    own: dict[UUID, Registration] = {}
    if account_id is not None:
        found = (
            select(Registration)
            .join(Participation, col(Participation.id) == col(Registration.participation_id))
            .where(
                Participation.account_id == account_id,
                col(Registration.session_id).is_(None),
                col(Registration.event_id).in_([event.id for event in of]),
            )
        )
        own = {each.event_id: each for each in (await db.exec(found)).all()}
    return {event.id: standing(roles[event.id], own.get(event.id)) for event in of}


async def turns(db: Db, registrations: Sequence[Registration]) -> dict[UUID, int]:
    """The numbers, from 1, of those registrations that wait, each on its own waitlist."""
    waiting = [each.id for each in registrations if each.state is RegistrationState.WAITING]
    if not waiting:
        return {}
    before = aliased(Registration)
    same = or_(
        col(before.session_id) == col(Registration.session_id),
        and_(col(before.session_id).is_(None), col(Registration.session_id).is_(None)),
    )
    found = (
        select(Registration.id, func.count())
        .join(before, and_(col(before.event_id) == col(Registration.event_id), same))
        .where(
            col(Registration.id).in_(waiting),
            col(before.state) == RegistrationState.WAITING,
            col(before.place) <= col(Registration.place),
        )
        .group_by(col(Registration.id))
    )
    return dict((await db.exec(found)).all())
