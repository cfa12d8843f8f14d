"""Taking, waiting for and giving back places; every change leaves a record."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.accounts.models import MailAddress
from server.core import clock
from server.core.db import Database, Db
from server.events import queries as events
from server.events.models import Role
from server.mail.models import OutgoingMail
from server.registration import actions, jobs, queries
from server.registration.actions import Act
from server.registration.mails import STANDING
from server.registration.models import Registration, RegistrationState
from server.registration.rules import (
    EventSeatFirst,
    NoSeatFree,
    NotBySeat,
    RegistrationClosed,
    StateChanged,
)
from tests.server.registration import given

SEATED, WAITING = RegistrationState.SEATED, RegistrationState.WAITING
ASKED, CANCELLED = RegistrationState.ASKED, RegistrationState.CANCELLED


def by(account_id: object = None, **facts: object) -> Act:
    return Act(actor=account_id, now=clock.now(), **facts)  # type: ignore[arg-type]


async def mails(db: Db) -> list[tuple[str, int]]:
    found = select(OutgoingMail).where(col(OutgoingMail.kind) == STANDING)
    return [(mail.subject, mail.revision) for mail in await db.exec(found)]


async def test_seats_then_places_in_order_then_promotion_by_itself(database: Database) -> None:
    async with database.writing() as db:
        event = await given.event(db, capacity=1)
        people = [await given.account(db) for _ in range(3)]
        first, second, third = [await given.registered(db, event, who) for who in people]
        assert [(each.state, each.place) for each in (first, second, third)] == [
            (SEATED, None),
            (WAITING, 1),
            (WAITING, 2),
        ]
        assert await queries.position(db, third) == 2
    async with database.writing() as db:
        first = await db.get_one(Registration, first.id)
        await actions.cancel(db, first, event=event, session=None, act=by(people[0].id))
    async with database.reading() as db:
        now = [await db.get_one(Registration, each.id) for each in (first, second, third)]
        assert [each.state for each in now] == [CANCELLED, SEATED, WAITING]
        assert await queries.position(db, now[2]) == 1
        told = [(str(now[0].id), 1), (str(now[0].id), 2), (str(now[1].id), 1), (str(now[1].id), 2)]
        assert sorted(await mails(db)) == sorted([*told, (str(now[2].id), 1)])
        ((change, who), *_) = await queries.history(db, [now[1].id])
        assert (change.before, change.after, who) == (WAITING, SEATED, "")
        assert change.reason == actions.SEAT_FREED
        assert await events.roles_of(db, now[1].participation_id) == {Role.PARTICIPANT}
        assert await events.roles_of(db, now[0].participation_id) == frozenset()


async def test_registering_again_keeps_the_place_and_owes_no_second_mail(
    database: Database,
) -> None:
    async with database.writing() as db:
        event, who = await given.event(db, capacity=1), await given.account(db)
        first = await given.registered(db, event, who)
        again = await given.registered(db, event, who)
        assert again.id == first.id
        assert await mails(db) == [(str(first.id), 1)]


async def test_a_place_number_is_never_given_again(database: Database) -> None:
    async with database.writing() as db:
        event = await given.event(db, capacity=0)
        one, two = await given.account(db), await given.account(db)
        first = await given.registered(db, event, one)
        await actions.cancel(db, first, event=event, session=None, act=by(one.id))
        second = await given.registered(db, event, two)
        assert second.place == 2
        assert (await given.registered(db, event, one)).place == 3


async def test_approval_comes_before_the_seat(database: Database) -> None:
    async with database.writing() as db:
        event = await given.event(db, capacity=1, approval=True)
        organizer = await given.account(db, "主催")
        one, two = await given.account(db), await given.account(db)
        first, second = [await given.registered(db, event, who) for who in (one, two)]
        assert (first.state, second.state) == (ASKED, ASKED)
        act = by(organizer.id, reason="ようこそ")
        await actions.approve(db, second, event=event, act=act)
        await actions.approve(db, first, event=event, act=act)
        assert (second.state, first.state, first.place) == (SEATED, WAITING, 1)
        with pytest.raises(StateChanged):
            await actions.approve(db, second, event=event, act=act)
        with pytest.raises(NoSeatFree):
            await actions.promote(db, first, event=event, session=None, act=act)
        ((change, name), *_) = await queries.history(db, [second.id])
        assert (change.reason, name) == ("ようこそ", "主催")


async def test_an_organizer_registers_after_the_close_the_person_cannot(
    database: Database,
) -> None:
    async with database.writing() as db:
        event = await given.event(db, closes_at=clock.now() - timedelta(minutes=1))
        organizer, who = await given.account(db, "主催"), await given.account(db)
        with pytest.raises(RegistrationClosed):
            await given.registered(db, event, who)
        act = by(organizer.id, reason="電話で")
        registration = await actions.register(db, event=event, account=who, act=act)
        assert registration.state is SEATED


async def test_a_session_seat_needs_the_event_and_goes_with_it(database: Database) -> None:
    async with database.writing() as db:
        event = await given.event(db)
        session = await given.session(db, event, capacity=1)
        hall = await given.session(db, event, number=2)
        hall.by_seat = False
        one, two = await given.account(db), await given.account(db)
        with pytest.raises(EventSeatFirst):
            await given.registered(db, event, one, session=session)
        at_event = await given.registered(db, event, one)
        await given.registered(db, event, two)
        mine = await given.registered(db, event, one, session=session)
        theirs = await given.registered(db, event, two, session=session)
        with pytest.raises(NotBySeat):
            await given.registered(db, event, one, session=hall)
        assert (mine.state, theirs.state) == (SEATED, WAITING)
        await actions.cancel(db, at_event, event=event, session=None, act=by(one.id))
        await db.refresh(mine)
        await db.refresh(theirs)
        assert (mine.state, theirs.state) == (CANCELLED, SEATED)


async def test_an_unproven_seat_is_held_for_a_day_and_then_given_on(database: Database) -> None:
    then = clock.now() - timedelta(hours=25)
    async with database.writing() as db:
        event = await given.event(db, capacity=1)
        new, next_one = await given.account(db, "新しい人"), await given.account(db)
        act = Act(actor=new.id, now=then)
        held = await actions.register(db, event=event, account=new, act=act, verified=False)
        waits = await given.registered(db, event, next_one)
        assert (held.state, waits.state) == (SEATED, WAITING)
        assert held.unverified_until == then + timedelta(hours=24)
        assert await mails(db) == [(str(waits.id), 1)]  # nothing yet for an unproven address
        await _unprove(db, new.id)
    await jobs.settle_addresses({"database": database})
    async with database.reading() as db:
        held = await db.get_one(Registration, held.id)
        waits = await db.get_one(Registration, waits.id)
        assert (held.state, waits.state) == (CANCELLED, SEATED)


async def test_a_proven_address_makes_the_seat_final_and_owes_one_mail(database: Database) -> None:
    async with database.writing() as db:
        event, new = await given.event(db), await given.account(db)  # its address is proven
        held = await actions.register(db, event=event, account=new, act=by(new.id), verified=False)
    await jobs.settle_addresses({"database": database})
    await jobs.settle_addresses({"database": database})  # safe to run twice
    async with database.reading() as db:
        kept = await db.get_one(Registration, held.id)
        assert (kept.state, kept.unverified_until) == (SEATED, None)
        assert await mails(db) == [(str(held.id), 2)]


async def _unprove(db: Db, account_id: object) -> None:
    found = select(MailAddress).where(MailAddress.account_id == account_id)
    address = (await db.exec(found)).one()
    address.verified_at = None
    db.add(address)
