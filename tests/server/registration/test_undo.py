"""What an organizer takes back within a minute: people only hear what is true in the end."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from server.core import clock
from server.core.db import Database, Db
from server.events.models import Event
from server.mail import outbox
from server.registration import actions, queries, undo
from server.registration.actions import Act
from server.registration.models import Registration, RegistrationState
from server.registration.rules import UNDO_WITHIN, EventSeatFirst, StateChanged, UndoOver
from tests.server.registration import given

SEATED, WAITING = RegistrationState.SEATED, RegistrationState.WAITING
ASKED, CANCELLED = RegistrationState.ASKED, RegistrationState.CANCELLED
SECOND = timedelta(seconds=1)


def by_organizer(now: datetime) -> Act:
    return Act(actor=None, now=now, mail_after=UNDO_WITHIN)


async def told(db: Db, *, now: datetime) -> list[RegistrationState]:
    """Send what is due as the worker does; what the letters that are no old news say."""
    said: list[RegistrationState] = []
    for mail_id in await outbox.due(db, now=now, limit=100):
        mail = await outbox.claim(db, mail_id, now=now)
        assert mail
        registration = await db.get_one(Registration, UUID(mail.subject))
        if registration.v == mail.revision:
            said.append(registration.state)
            await outbox.sent(db, mail_id, now=now)
        else:
            await outbox.dropped(db, mail_id, now=now)
    return said


async def asked(
    db: Db, *, now: datetime, capacity: int | None = None
) -> tuple[Event, Registration]:
    event = await given.event(db, approval=True, capacity=capacity)
    return event, await given.registered(db, event, await given.account(db), now=now)


async def test_a_letter_waits_a_minute_for_the_organizers_act_to_be_undone(
    database: Database,
) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now)
        assert await told(db, now=now + SECOND) == [ASKED]
        await actions.approve(db, registration, event=event, act=by_organizer(now))
        assert await told(db, now=now + 59 * SECOND) == []
        assert await told(db, now=now + 60 * SECOND) == [SEATED]


async def test_a_yes_undone_within_the_minute_leaves_no_letter(database: Database) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now)
        assert await told(db, now=now + SECOND) == [ASKED]
        for again in range(2):  # and once more, to and fro
            then = now + again * SECOND
            await actions.approve(db, registration, event=event, act=by_organizer(then))
            await undo.unapprove(db, registration, event=event, act=by_organizer(then))
            assert registration.state is ASKED
        assert await told(db, now=now + 3600 * SECOND) == []
        changes = await queries.history(db, [registration.id])
        assert [change.after for change, _ in changes] == [ASKED, SEATED, ASKED, SEATED, ASKED]


async def test_who_had_heard_nothing_yet_gets_one_true_letter(database: Database) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now)  # its letter has not gone out yet
        await actions.approve(db, registration, event=event, act=by_organizer(now))
        await undo.unapprove(db, registration, event=event, act=by_organizer(now))
        assert await told(db, now=now + 3600 * SECOND) == [ASKED]


async def test_a_letter_in_a_workers_hands_is_followed_by_the_true_one(
    database: Database,
) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now)
        assert await told(db, now=now + SECOND) == [ASKED]
        await actions.approve(db, registration, event=event, act=Act(actor=None, now=now))
        (mail_id,) = await outbox.due(db, now=now, limit=9)
        assert await outbox.claim(db, mail_id, now=now)
        await undo.unapprove(db, registration, event=event, act=by_organizer(now))
        await outbox.sent(db, mail_id, now=now)
        assert await told(db, now=now + 3600 * SECOND) == [ASKED]


async def test_a_yes_is_taken_back_within_a_minute_only(database: Database) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now)
        with pytest.raises(StateChanged):
            await undo.unapprove(db, registration, event=event, act=by_organizer(now))
        await actions.approve(db, registration, event=event, act=by_organizer(now))
        late = by_organizer(now + UNDO_WITHIN + SECOND)
        with pytest.raises(UndoOver):
            await undo.unapprove(db, registration, event=event, act=late)


async def test_a_yes_taken_back_gives_its_seat_to_who_waits(database: Database) -> None:
    now = clock.now()
    async with database.writing() as db:
        event, registration = await asked(db, now=now, capacity=1)
        await actions.approve(db, registration, event=event, act=by_organizer(now))
        other = await given.account(db)
        waits = await actions.register(db, event=event, account=other, act=by_organizer(now))
        assert waits.state is WAITING
        await undo.unapprove(db, registration, event=event, act=by_organizer(now))
        assert (registration.state, waits.state) == (ASKED, SEATED)


async def test_a_cancel_undone_leaves_no_letter_and_brings_the_sessions_back(
    database: Database,
) -> None:
    now = clock.now()
    async with database.writing() as db:
        event = await given.event(db, capacity=1)
        session = await given.session(db, event)
        who = await given.account(db)
        registration = await given.registered(db, event, who, now=now)
        seat = await given.registered(db, event, who, session=session, now=now)
        assert sorted(await told(db, now=now + SECOND)) == [SEATED, SEATED]
        act = by_organizer(now)
        await actions.cancel(db, registration, event=event, session=None, act=act)
        assert (registration.state, seat.state) == (CANCELLED, CANCELLED)
        await undo.restore(db, registration, event=event, session=None, act=act)
        assert (registration.state, seat.state) == (SEATED, SEATED)
        with pytest.raises(StateChanged):
            await undo.restore(db, registration, event=event, session=None, act=act)
        assert await told(db, now=now + 3600 * SECOND) == []


async def test_a_cancelled_seat_that_another_has_by_now_comes_back_as_a_turn(
    database: Database,
) -> None:
    now = clock.now()
    async with database.writing() as db:
        event = await given.event(db, capacity=1)
        session = await given.session(db, event)
        first, second = [
            await given.registered(db, event, await given.account(db), now=now) for _ in range(2)
        ]
        assert sorted(await told(db, now=now + SECOND)) == [SEATED, WAITING]
        act = by_organizer(now)
        await actions.cancel(db, first, event=event, session=None, act=act)
        await undo.restore(db, first, event=event, session=None, act=act)
        assert (first.state, second.state, first.place) == (WAITING, SEATED, 2)
        assert sorted(await told(db, now=now + 3600 * SECOND)) == [SEATED, WAITING]
        gone = Registration(
            event_id=event.id,
            participation_id=first.participation_id,
            session_id=session.id,
            state=CANCELLED,
            created_at=now,
            changed_at=now,
        )
        db.add(gone)
        with pytest.raises(EventSeatFirst):
            await undo.restore(db, gone, event=event, session=session, act=act)


async def test_who_waited_gets_the_old_turn_back_and_who_asked_asks(database: Database) -> None:
    now = clock.now()
    async with database.writing() as db:
        event = await given.event(db, capacity=0)
        turns = [
            await given.registered(db, event, await given.account(db), now=now) for _ in range(3)
        ]
        act = by_organizer(now)
        await actions.cancel(db, turns[1], event=event, session=None, act=act)
        await undo.restore(db, turns[1], event=event, session=None, act=act)
        assert [each.place for each in turns] == [1, 2, 3]
        assert await queries.position(db, turns[1]) == 2
        event.approval = True
        asks = await given.registered(db, event, await given.account(db))
        await actions.cancel(db, asks, event=event, session=None, act=act)
        await undo.restore(db, asks, event=event, session=None, act=act)
        assert asks.state is ASKED
