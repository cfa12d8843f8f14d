"""How many seats are taken and free, for many events or sessions in one query."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Event, Participation, Session
from server.registration.models import Registration, RegistrationState


class Seats(NamedTuple):
    """The seats of an event or session. `capacity` None: as many as come."""

    capacity: int | None
    seated: int = 0
    waiting: int = 0
    asked: int = 0

    @property
    def free(self) -> int | None:
        """How many are free; None without a bound."""
        return None if self.capacity is None else max(0, self.capacity - self.seated)

    @property
    def full(self) -> bool:
        """Whether the next one has to wait."""
        return self.free == 0


async def of_events(db: Db, events: Sequence[Event]) -> dict[UUID, Seats]:
    """The seats of events."""
    counted = (
        select(Registration.event_id, Registration.state, func.count())
        .where(
            col(Registration.event_id).in_([event.id for event in events]),
            col(Registration.session_id).is_(None),
        )
        .group_by(col(Registration.event_id), col(Registration.state))
    )
    return _seats({event.id: event.capacity for event in events}, (await db.exec(counted)).all())


async def of_sessions(db: Db, sessions: Sequence[Session]) -> dict[UUID, Seats]:
    """The seats of sessions; one that is not by seat has no bound."""
    counted = (
        select(Registration.session_id, Registration.state, func.count())
        .where(col(Registration.session_id).in_([session.id for session in sessions]))
        .group_by(col(Registration.session_id), col(Registration.state))
    )
    capacities = {each.id: each.capacity if each.by_seat else None for each in sessions}
    return _seats(capacities, (await db.exec(counted)).all())


async def own(db: Db, event: Event, account_id: UUID) -> dict[UUID | None, Registration]:
    """An account's registrations by session; None is the event itself."""
    found = (
        select(Registration)
        .join(Participation, col(Participation.id) == col(Registration.participation_id))
        .where(Participation.event_id == event.id, Participation.account_id == account_id)
    )
    return {each.session_id: each for each in (await db.exec(found)).all()}


def _seats(
    capacities: Mapping[UUID, int | None],
    counted: Iterable[tuple[UUID | None, str, int]],
) -> dict[UUID, Seats]:
    counts = {(of, state): count for of, state, count in counted}
    return {
        id_: Seats(
            capacity,
            counts.get((id_, RegistrationState.SEATED), 0),
            counts.get((id_, RegistrationState.WAITING), 0),
            counts.get((id_, RegistrationState.ASKED), 0),
        )
        for id_, capacity in capacities.items()
    }
