"""Another seat in place of the present one: never without one in between, never one too many."""

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Event, Session
from server.registration import actions, guard, queries
from server.registration.actions import Act
from server.registration.models import Registration, RegistrationState
from server.registration.rules import AlreadyRegistered, NoSeatFree, StateChanged


async def move(
    db: Db,
    registration: Registration,
    *,
    event: Event,
    source: Session,
    target: Session,
    act: Act,
) -> Registration:
    """Give a person's seat or place in one session for a free seat in another; the new one.

    Raises:
        StateChanged: there is nothing to give any more.
        NotBySeat: one takes no seat in the other session.
        NoSeatFree: all seats there are taken; the person keeps what there is.
        AlreadyRegistered: the person has a place there already.
    """
    await hold(db, event, source, target)
    await db.refresh(registration)
    if registration.state is RegistrationState.CANCELLED:
        raise StateChanged
    there = await queries.of_participation(db, registration.participation_id, target.id)
    if there is not None and there.state is not RegistrationState.CANCELLED:
        raise AlreadyRegistered
    if await guard.free_seats(db, event, target) == 0:
        raise NoSeatFree
    account_id = await queries.account_of(db, registration.participation_id)
    account = await db.get_one(Account, account_id)
    taken = await actions.register(db, event=event, account=account, session=target, act=act)
    await actions.cancel(db, registration, event=event, session=source, act=act)
    return taken


async def hold(db: Db, event: Event, source: Session, target: Session) -> None:
    """Hold both sessions, always in the same order: two moves cannot wait for each other."""
    for session in sorted((source, target), key=lambda each: each.id):
        await guard.lock(db, event, session)
