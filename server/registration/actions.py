"""What becomes of registrations, one verb each. Every change leaves a record: who, when, why.

Each action runs in the caller's write transaction and may be called again with the same effect.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from server.accounts.models import Account
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Participation, ParticipationRole, Role, Session
from server.mail import outbox
from server.registration import guard, mails, queries, rules
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.rules import EventSeatFirst, NoSeatFree, NotBySeat, StateChanged

SEAT_FREED: Final = "a seat became free"
PROVEN: Final = "the mail address was proven"
NOT_PROVEN: Final = "the mail address was not proven in time"
EVENT_CANCELLED: Final = "the place at the event was given back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts and why: `actor` None is the application itself. `quiet`: no mail is owed.

    `mail_after`: how long the mail waits, so that an act which is undone meanwhile leaves none.
    """

    actor: UUID | None
    now: datetime
    reason: str = ""
    quiet: bool = False
    mail_after: timedelta = timedelta(0)


async def register(
    db: Db,
    *,
    event: Event,
    account: Account,
    act: Act,
    session: Session | None = None,
    verified: bool = True,
    words: str = "",
    late: bool = False,
) -> Registration:
    """Take a seat at an event or in one of its sessions, or a place on its waitlist.

    Holds the row that decides, so two requests cannot take the last seat. Who has a place already
    keeps it. With the event's `approval` the first answer is "asked"; a session never asks again.
    The seat of an unproven mail address is held for 24 hours. `late`: the period does not bind,
    because the place was offered within it.

    Raises:
        RegistrationNotOpen, RegistrationClosed: the person acts, outside the period.
        NotBySeat, EventSeatFirst: the session takes no seats; no place at the event yet.
    """
    if act.actor == account.id and not late:
        rules.ensure_open(event, act.now)
    await guard.lock(db, event, session)
    participation = await _participation(db, event, account, act.now)
    if session is not None:
        await ensure_session_seat(db, participation.id, session)
    known = await queries.of_participation(db, participation.id, session.id if session else None)
    if known is not None and known.state is not RegistrationState.CANCELLED:
        return known
    registration = known or Registration(
        event_id=event.id,
        participation_id=participation.id,
        session_id=session.id if session else None,
        state=RegistrationState.CANCELLED,
        created_at=act.now,
        changed_at=act.now,
        v=0,
    )
    registration.words = words
    registration.unverified_until = None if verified else act.now + rules.UNVERIFIED_HOLD
    asks = event.approval and session is None and act.actor == account.id
    place = (
        guard.Place(RegistrationState.ASKED, None)
        if asks
        else await guard.next_place(db, event, session)
    )
    before = registration.state if known else None
    await move(db, registration, place, before=before, act=act)
    return registration


async def approve(db: Db, registration: Registration, *, event: Event, act: Act) -> None:
    """Say yes to who asked: a seat, or the next place on the waitlist when all are taken.

    Raises:
        StateChanged: it does not ask any more.
    """
    await guard.lock(db, event, None)
    await db.refresh(registration)
    if registration.state is not RegistrationState.ASKED:
        raise StateChanged
    place = await guard.next_place(db, event, None)
    await move(db, registration, place, before=registration.state, act=act)


async def promote(
    db: Db, registration: Registration, *, event: Event, session: Session | None, act: Act
) -> None:
    """Give a free seat to one who waits, out of turn.

    Raises:
        StateChanged: it does not wait any more.
        NoSeatFree: all seats are taken.
    """
    free = await guard.free_seats(db, event, session)
    await db.refresh(registration)
    if registration.state is not RegistrationState.WAITING:
        raise StateChanged
    if free == 0:
        raise NoSeatFree
    seat = guard.Place(RegistrationState.SEATED, registration.place)
    await move(db, registration, seat, before=registration.state, act=act)


async def cancel(
    db: Db, registration: Registration, *, event: Event, session: Session | None, act: Act
) -> None:
    """Give a place back. Who waits first gets the seat; a place at the event takes the seats in
    its sessions with it. Cancelling again changes nothing.
    """
    await guard.lock(db, event, session)
    await db.refresh(registration)
    if not rules.may_cancel(registration.state):
        return
    if session is None:
        await _cancel_sessions(db, registration, event=event, act=act)
    gone = guard.Place(RegistrationState.CANCELLED, registration.place)
    await move(db, registration, gone, before=registration.state, act=act)
    await fill(db, event=event, session=session, now=act.now)


async def fill(db: Db, *, event: Event, session: Session | None, now: datetime) -> int:
    """Give the free seats to those who wait, in their order; how many got one."""
    free = await guard.free_seats(db, event, session)
    promoted = await queries.first_waiting(db, event, session, free)
    for registration in promoted:
        seat = guard.Place(RegistrationState.SEATED, registration.place)
        act = Act(actor=None, now=now, reason=SEAT_FREED)
        await move(db, registration, seat, before=registration.state, act=act)
    return len(promoted)


async def settle(db: Db, registration: Registration, *, now: datetime) -> None:
    """The mail address is proven: the place is the person's for good, and the mail is owed."""
    if not rules.is_pending(registration):
        return
    registration.unverified_until = None
    place = guard.Place(registration.state, registration.place)
    act = Act(actor=None, now=now, reason=PROVEN)
    await move(db, registration, place, before=registration.state, act=act)


async def ensure_session_seat(db: Db, participation_id: UUID, session: Session) -> None:
    """Raise unless this person may take a seat in this session.

    Raises:
        NotBySeat, EventSeatFirst
    """
    if not session.by_seat:
        raise NotBySeat
    at_event = await queries.of_participation(db, participation_id, None)
    if at_event is None or at_event.state not in (
        RegistrationState.SEATED,
        RegistrationState.ASKED,
    ):
        raise EventSeatFirst


async def _participation(db: Db, event: Event, account: Account, now: datetime) -> Participation:
    known = await events.participation_of(db, event, account.id)
    if known is not None:
        return known
    participation = Participation(event_id=event.id, account_id=account.id, created_at=now)
    db.add(participation)
    await db.flush()
    return participation


async def _cancel_sessions(db: Db, at_event: Registration, *, event: Event, act: Act) -> None:
    sessions = {session.id: session for session in await events.sessions_of(db, event)}
    quiet = Act(actor=act.actor, now=act.now, reason=act.reason or EVENT_CANCELLED, quiet=True)
    for each in await queries.all_of_participation(db, at_event.participation_id):
        if each.session_id is not None:
            await cancel(db, each, event=event, session=sessions[each.session_id], act=quiet)


async def move(
    db: Db,
    registration: Registration,
    place: guard.Place,
    *,
    before: RegistrationState | None,
    act: Act,
) -> None:
    """The one way in which a registration changes: state, record, role and mail together."""
    registration.state, registration.place = place.state, place.number
    registration.changed_at = act.now
    registration.v += 1
    db.add(registration)
    await db.flush()
    db.add(
        RegistrationChange(
            registration_id=registration.id,
            at=act.now,
            actor_id=act.actor,
            before=before,
            after=place.state,
            reason=act.reason,
        )
    )
    if registration.session_id is None:
        await _fit_role(db, registration)
    if not (act.quiet or rules.is_pending(registration)):
        await outbox.order(
            db,
            kind=mails.STANDING,
            subject=registration.id,
            revision=registration.v,
            account_id=await queries.account_of(db, registration.participation_id),
            now=act.now,
            due_at=act.now + act.mail_after,
        )


async def _fit_role(db: Db, registration: Registration) -> None:
    """Who has a seat at the event is a participant, nobody else becomes one this way."""
    roles = await events.roles_of(db, registration.participation_id)
    if registration.state is RegistrationState.SEATED:
        if Role.PARTICIPANT not in roles:
            db.add(
                ParticipationRole(
                    participation_id=registration.participation_id, role=Role.PARTICIPANT
                )
            )
    elif Role.PARTICIPANT in roles:
        await db.exec(
            delete(ParticipationRole).where(
                col(ParticipationRole.participation_id) == registration.participation_id,
                col(ParticipationRole.role) == Role.PARTICIPANT,
            )
        )
