"""The capacity guard: one function locks, counts and decides. Nobody gets a seat around it."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Event, Session
from server.registration import rules
from server.registration.models import Registration, RegistrationState
from server.registration.queries import at


class Place(NamedTuple):
    """What the next one gets: a seat, or the number on the waitlist."""

    state: RegistrationState
    number: int | None


async def next_place(db: Db, event: Event, session: Session | None) -> Place:
    """A seat while there is one, else the next place on the waitlist.

    Holds the event's (or session's) row until the transaction ends, so that places are given in
    the order of commits and no two requests can take the last seat.
    """
    await lock(db, event, session)
    capacity = await _capacity(db, event, session)
    state = rules.seat_or_waitlist(
        capacity=capacity, seated=await count(db, event, session, RegistrationState.SEATED)
    )
    if state is RegistrationState.SEATED:
        return Place(state, None)
    last = select(func.max(Registration.place)).where(*_of(event, session))
    return Place(state, ((await db.exec(last)).one() or 0) + 1)


async def free_seats(db: Db, event: Event, session: Session | None) -> int | None:
    """How many seats are free, None without a bound; holds the row as `next_place` does."""
    await lock(db, event, session)
    capacity = await _capacity(db, event, session)
    if capacity is None:
        return None
    return max(0, capacity - await count(db, event, session, RegistrationState.SEATED))


async def lock(db: Db, event: Event, session: Session | None) -> None:
    """Hold the row that decides. SQLite's write transaction holds everything anyway."""
    row = (
        select(Event.id).where(Event.id == event.id)
        if session is None
        else select(Session.id).where(Session.id == session.id)
    )
    # Weaker than FOR UPDATE: rows that only refer to this one can still be written.
    await db.exec(row.with_for_update(key_share=True))


async def count(db: Db, event: Event, session: Session | None, state: RegistrationState) -> int:
    """How many registrations stand in a state."""
    found = select(func.count()).select_from(Registration)
    return (
        await db.exec(found.where(*_of(event, session), col(Registration.state) == state))
    ).one()


async def _capacity(db: Db, event: Event, session: Session | None) -> int | None:
    """The capacity as it is now that the row is held; an organizer may have changed it."""
    if session is None:
        return (await db.exec(select(Event.capacity).where(Event.id == event.id))).one()
    return (await db.exec(select(Session.capacity).where(Session.id == session.id))).one()


def _of(event: Event, session: Session | None) -> tuple[ColumnElement[bool], ...]:
    return col(Registration.event_id) == event.id, at(session.id if session else None)
