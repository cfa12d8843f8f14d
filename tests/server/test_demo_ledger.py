"""The demo's ledger and the real actions leave the same rows, whatever people do."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Database, Db
from server.demo import ledger as ledgers
from server.demo.ledger import Ledger, Step, Verb
from server.events.models import Event, Participation, ParticipationRole, Role, Session
from server.registration import actions, queries
from server.registration.actions import Act
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.rules import EventSeatFirst, StateChanged
from tests.server.registration import given

BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
STEPS = 250
Rows = dict[tuple[UUID, UUID | None], tuple[Any, ...]]


async def world(db: Db, *, approval: bool) -> tuple[Event, list[Session], list[Account]]:
    """An event with twelve seats, two discussions with three, twenty people."""
    event = await given.event(
        db, capacity=12, approval=approval, closes_at=BEGUN + timedelta(days=900)
    )
    sessions = [await given.session(db, event, number=n, capacity=3) for n in (1, 2)]
    return event, sessions, [await given.account(db, f"見本 {n}") for n in range(20)]


def steps(seed: int, sessions: list[Session], people: list[Account]) -> Iterator[Step]:
    """What the people and an organizer (the last of them) do, by chance."""
    random = Random(seed)
    *members, organizer = people
    for number in range(STEPS):
        verb = random.choice([Verb.REGISTER, Verb.REGISTER, Verb.APPROVE, Verb.CANCEL])
        member = random.choice(members)
        session = random.choice([None, *sessions]) if verb is not Verb.APPROVE else None
        own = verb is not Verb.APPROVE and random.random() < 0.8
        yield Step(
            at=BEGUN + timedelta(minutes=number),
            verb=verb,
            account=member.id,
            actor=member.id if own else organizer.id,
            session=session.id if session else None,
            words=random.choice(["", "よろしくお願いします"]) if verb is Verb.REGISTER else "",
            reason=random.choice(["", "都合により"]) if verb is Verb.CANCEL else "",
        )


async def act(db: Db, step: Step, event: Event) -> None:
    """Do a step with the application's own actions."""
    session = await db.get(Session, step.session) if step.session else None
    by = Act(actor=step.actor, now=step.at, reason=step.reason, quiet=True)
    if step.verb is Verb.REGISTER:
        account = await db.get_one(Account, step.account)
        await actions.register(
            db, event=event, account=account, act=by, session=session, words=step.words
        )
        return
    found = (
        select(Registration)
        .join(Participation, col(Participation.id) == col(Registration.participation_id))
        .where(Participation.account_id == step.account, queries.at(step.session))
    )
    registration = (await db.exec(found)).one_or_none()
    if registration is None:
        return
    if step.verb is Verb.APPROVE:
        await actions.approve(db, registration, event=event, act=by)
    else:
        await actions.cancel(db, registration, event=event, session=session, act=by)


async def acted(database: Database, seed: int, *, approval: bool) -> tuple[Rows, Ledger]:
    """The rows that the actions leave, and a ledger in which the same happened."""
    async with database.writing() as db:
        event, sessions, people = await world(db, approval=approval)
        happening = list(steps(seed, sessions, people))
        for step in happening:
            with suppress(EventSeatFirst, StateChanged):  # then nothing of it is kept
                async with db.begin_nested():
                    await act(db, step, event)
        rows = await left(db)
    capacities: dict[UUID | None, int | None] = {None: event.capacity}
    capacities |= {session.id: session.capacity for session in sessions}
    ledger = Ledger(event.id, capacities, approval=approval)
    ledger.play(happening)
    return rows, ledger


async def left(db: Db) -> Rows:
    """The rows of the database."""
    participations = (await db.exec(select(Participation))).all()
    changes = (await db.exec(select(RegistrationChange))).all()
    roles = (await db.exec(select(ParticipationRole))).all()
    registrations = (await db.exec(select(Registration))).all()
    return told(list(participations), list(registrations), list(changes), list(roles))


def told(
    participations: list[Participation],
    registrations: list[Registration],
    changes: list[RegistrationChange],
    roles: list[ParticipationRole],
) -> Rows:
    """Rows without what is theirs alone, by account and session."""
    whose = {each.id: each for each in participations}
    held = {(each.participation_id, each.role) for each in roles}
    rows: Rows = {}
    for each in registrations:
        participation = whose[each.participation_id]
        happened = [
            (one.at, one.actor_id, one.before, one.after, one.reason)
            for one in sorted(changes, key=lambda one: (one.at, one.id))
            if one.registration_id == each.id
        ]
        rows[participation.account_id, each.session_id] = (
            participation.created_at,
            (each.participation_id, Role.PARTICIPANT) in held,
            *(each.state, each.place, each.words, each.v, each.created_at, each.changed_at),
            happened,
        )
    return rows


def of_ledger(ledger: Ledger) -> Rows:
    return told(
        list(ledger.participations.values()),
        list(ledger.registrations.values()),
        ledger.changes,
        list(ledger.roles()),
    )


@pytest.mark.parametrize("approval", [False, True])
async def test_ledger_leaves_what_the_actions_leave(database: Database, approval: bool) -> None:
    rows, ledger = await acted(database, 7, approval=approval)
    assert of_ledger(ledger) == rows
    states = {row[2] for row in rows.values()}
    assert states >= {*RegistrationState} - (set() if approval else {RegistrationState.ASKED})


async def test_a_ledger_without_the_rule_of_seats_differs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: what is compared would show a seat too many."""
    monkeypatch.setattr(ledgers, "seat_or_waitlist", lambda **_: RegistrationState.SEATED)
    rows, ledger = await acted(database, 7, approval=False)
    assert of_ledger(ledger) != rows
