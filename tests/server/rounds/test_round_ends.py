"""A round ends in a running web process, with no worker anywhere."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from server.core import clock
from server.core.db import Database
from server.mentoring.models import Round, RoundState
from server.rounds import actions
from server.rounds.actions import Act
from tests.support.served import Served
from tests.support.training import Sizes, hold
from tests.support.waiting import until

SIZES = Sizes(teams=2, members=1, mentors=1, rounds=1, slots=1, slot=60)


async def test_a_web_process_alone_ends_a_round(served: Served) -> None:
    now = clock.now()
    async with served.database.writing() as db:
        held = await hold(db, SIZES, now=now, slug="ends")
        await actions.open_round(db, held.rounds[0].id, Act(actor=None, now=now))
        row = await db.get_one(Round, held.rounds[0].id)
        row.ends_at = ends_at = now + timedelta(seconds=1)
        db.add(row)
    await until(partial(_is_closed, served.database, held.rounds[0].id))
    print(f"seen closed {(clock.now() - ends_at).total_seconds():.2f} s after its end")


async def _is_closed(database: Database, round_id: UUID) -> bool:
    async with database.reading() as db:
        return (await db.get_one(Round, round_id)).state is RoundState.CLOSED
