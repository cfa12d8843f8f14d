"""Taking an organizer's act back, so that people only hear what is true in the end."""

from dataclasses import replace

from server.accounts import queries as accounts
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Session
from server.mail import outbox
from server.registration import actions, guard, mails, queries, rules
from server.registration.actions import Act
from server.registration.guard import Place
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.rules import StateChanged, UndoOver


async def unapprove(db: Db, registration: Registration, *, event: Event, act: Act) -> None:
    """Take a yes back within a minute: the registration asks again, its seat is free again.

    Raises:
        StateChanged: its last change was no yes.
        UndoOver: the yes is older than a minute.
    """
    await guard.lock(db, event, None)
    await db.refresh(registration)
    last = await queries.last_change(db, registration.id)
    if last.before is not RegistrationState.ASKED or not rules.may_cancel(registration.state):
        raise StateChanged
    if act.now - last.at > rules.UNDO_WITHIN:
        raise UndoOver
    await _back(db, registration, Place(RegistrationState.ASKED, registration.place), act=act)
    await actions.fill(db, event=event, session=None, now=act.now)


async def restore(
    db: Db, registration: Registration, *, event: Event, session: Session | None, act: Act
) -> None:
    """Give a cancelled place back: a seat if one is free, else a place on the waitlist.

    Who asked asks again; who waited gets the old turn. A place at the event brings the seats in
    sessions back that went with it.

    Raises:
        StateChanged: it is not cancelled any more.
        EventSeatFirst: a seat in a session, and no place at the event.
    """
    await guard.lock(db, event, session)
    await db.refresh(registration)
    if registration.state is not RegistrationState.CANCELLED:
        raise StateChanged
    if session is not None:
        await actions.ensure_session_seat(db, registration.participation_id, session)
    last = await queries.last_change(db, registration.id)
    place = await _former(db, registration, last, event=event, session=session)
    await _hold_unproven(db, registration, act)
    await _back(db, registration, place, act=act)
    if session is None and place.state is not RegistrationState.WAITING:
        await _restore_sessions(db, registration, last, event=event, act=act)


async def _former(
    db: Db,
    registration: Registration,
    cancelled: RegistrationChange,
    *,
    event: Event,
    session: Session | None,
) -> Place:
    if cancelled.before is RegistrationState.ASKED:
        return Place(RegistrationState.ASKED, registration.place)
    if cancelled.before is RegistrationState.SEATED or registration.place is None:
        return await guard.next_place(db, event, session)
    free = await guard.free_seats(db, event, session)
    state = RegistrationState.WAITING if free == 0 else RegistrationState.SEATED
    return Place(state, registration.place)


async def _restore_sessions(
    db: Db, at_event: Registration, cancelled: RegistrationChange, *, event: Event, act: Act
) -> None:
    """Bring back what the cancel of the event took with it; the event's mail says all."""
    quiet = replace(act, quiet=True)
    sessions = {session.id: session for session in await events.sessions_of(db, event)}
    for each in await queries.all_of_participation(db, at_event.participation_id):
        session = sessions.get(each.session_id) if each.session_id else None
        if session is None or session.cancelled_at or not session.by_seat:
            continue
        gone = await queries.last_change(db, each.id)
        if each.state is RegistrationState.CANCELLED and gone.at == cancelled.at:
            await restore(db, each, event=event, session=session, act=quiet)


async def _hold_unproven(db: Db, registration: Registration, act: Act) -> None:
    account_id = await queries.account_of(db, registration.participation_id)
    if not await accounts.is_verified(db, account_id):
        registration.unverified_until = act.now + rules.UNVERIFIED_HOLD


async def _back(db: Db, registration: Registration, place: Place, *, act: Act) -> None:
    """Letters not sent yet are withdrawn; one is owed only to who was told something else."""
    await outbox.withdraw(db, kind=mails.STANDING, subject=registration.id, now=act.now)
    revision = await outbox.told(db, kind=mails.STANDING, subject=registration.id)
    told = await queries.state_at(db, registration.id, revision) if revision else None
    silent = replace(act, quiet=act.quiet or told is place.state)
    await actions.move(db, registration, place, before=registration.state, act=silent)
