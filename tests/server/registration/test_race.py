"""The last seat under a race, and what the guard is good for.

`make drill NAME=last-seat` runs the first two with 500 logins, 20 times.
"""

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from server.core import clock
from server.core.db import Database, Db
from server.events.models import Participation
from server.registration.models import Registration, RegistrationState
from tests.load.last_seat import on_servers, on_sqlite
from tests.server.registration import given

LOGINS, ROUNDS, CROWD = 40, 2, 8  # fewer than the connections of a pool


async def test_one_gets_the_last_seat_and_the_others_wait_in_order(
    tmp_path: Path, shape: str
) -> None:
    run = on_sqlite if shape == "embedded" else on_servers
    outcome = await run(tmp_path, count=LOGINS, rounds=ROUNDS)
    assert outcome.rounds == ROUNDS
    assert (outcome.errors, outcome.wrong_seats, outcome.wrong_places) == (0, 0, 0)


async def test_control_without_the_guard_seats_are_sold_twice(database: Database) -> None:
    """The same count and insert, without holding the row, each statement for itself."""
    async with database.writing() as db:
        event = await given.event(db, capacity=1)
        people = [await given.account(db) for _ in range(CROWD)]
        participations = [await _participation(db, event.id, who.id) for who in people]
    counted = asyncio.Barrier(CROWD)
    await asyncio.gather(
        *(_unguarded(database, event.id, each, counted) for each in participations)
    )
    async with database.reading() as db:
        seated = await (await db.connection()).execute(
            text("SELECT count(*) FROM registration WHERE state = 'seated'")
        )
        assert seated.scalar_one() > 1


async def _unguarded(
    database: Database, event_id: UUID, participation_id: UUID, counted: asyncio.Barrier
) -> None:
    async with database.reading() as db:
        found = await (await db.connection()).execute(
            text("SELECT count(*) FROM registration WHERE state = 'seated'")
        )
        free = found.scalar_one() < 1
    await counted.wait()
    if free:
        async with database.writing() as db:
            db.add(_seat(event_id, participation_id))


def _seat(event_id: UUID, participation_id: UUID) -> Registration:
    now = clock.now()
    return Registration(
        event_id=event_id,
        participation_id=participation_id,
        state=RegistrationState.SEATED,
        created_at=now,
        changed_at=now,
    )


async def _participation(db: Db, event_id: UUID, account_id: UUID) -> UUID:
    made = Participation(event_id=event_id, account_id=account_id, created_at=clock.now())
    db.add(made)
    await db.flush()
    return made.id
