"""Pure decisions about one's own page: what comes next, and what after it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.events.models import Event, Role, Session
from server.events.rules import Door, Phase, door, phase
from server.registration.models import Registration, RegistrationState


class Mine(NamedTuple):
    """An event in which a person has a part. `own` are the registrations; None is the event's."""

    event: Event
    roles: frozenset[Role]
    own: Mapping[UUID | None, Registration]


class Ahead(NamedTuple):
    """A session that a person goes to."""

    event: Event
    session: Session
    door: Door
    phase: Phase

    @property
    def day(self) -> date:
        """The day on which it begins, in the event's zone."""
        return self.session.starts_at.astimezone(ZoneInfo(self.event.zone)).date()


def in_order(mine: Collection[Mine], now: datetime) -> list[Mine]:
    """Events in the order of time: those to come, the next first; then the past, the last first."""
    by_start = sorted(mine, key=lambda each: each.event.starts_at)
    coming = [each for each in by_start if each.event.ends_at > now]
    return coming + [each for each in reversed(by_start) if each.event.ends_at <= now]


def goes_to(session: Session, mine: Mine) -> bool:
    """Whether a person goes to a session: by role, or (participants, by seat) with an own seat."""
    if session.cancelled_at is not None or not mine.roles:
        return False
    if not session.by_seat or mine.roles != {Role.PARTICIPANT}:
        return True
    own = mine.own.get(session.id)
    return own is not None and own.state is RegistrationState.SEATED


def ahead(mine: Collection[Mine], sessions: Collection[Session], now: datetime) -> list[Ahead]:
    """The sessions that a person goes to and that are not over, the next one first."""
    by_event = {each.event.id: each for each in mine}
    found = [
        Ahead(of.event, session, door(session, now), phase(session, now))
        for session in sessions
        if (of := by_event.get(session.event_id)) and goes_to(session, of)
    ]
    kept = [each for each in found if each.phase is not Phase.FINISHED]
    return sorted(kept, key=lambda each: (each.session.starts_at, each.session.number))
