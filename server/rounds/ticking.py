"""The clock of the rounds. Every web and worker process has one, and none owns a round's end."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, Never
from uuid import UUID

import anyio
import structlog
from sqlmodel import col, select

from server.core import clock
from server.core.db import Database, Db
from server.mentoring import queries
from server.mentoring.models import Round, RoundForm
from server.mentoring.schedule import timetable
from server.rounds import actions, groups

log = structlog.get_logger()

TICK_SECONDS: Final = 0.5


async def run(database: Database, acted: Callable[[], None] = lambda: None) -> Never:
    """Tick until cancelled; call `acted` when something was done."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        try:
            with anyio.CancelScope(shield=True):  # a tick that has begun is finished
                done = await tick(database, clock.now())
            if done:
                acted()
        except Exception as error:  # a loop that must not end: the database may be away
            log.warning("rounds could not be looked at", error=type(error).__name__)


async def tick(database: Database, now: datetime) -> bool:
    """Do what is due, and answer whether anything was. If not, it reads once and writes nothing."""
    async with database.reading() as db:
        due = [round_.id for round_ in await _running(db) if await _is_due(db, round_, now)]
    for round_id in due:
        await _act(database, round_id, now)
    return bool(due)


async def _running(db: Db) -> list[Round]:
    found = select(Round).where(col(Round.state).in_(timetable.RUNNING))
    return list((await db.exec(found)).all())


async def _is_due(db: Db, round_: Round, now: datetime) -> bool:
    if round_.ends_at <= now or timetable.warning_due(round_, now) is not None:
        return True
    if round_.form is RoundForm.GROUPS:
        return bool(await groups.waiting(db, round_.session_id, now=now))
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    return bool(timetable.due(round_, slots, now))


async def _act(database: Database, round_id: UUID, now: datetime) -> None:
    async with database.writing() as db:
        if await actions.close_due(db, round_id, now) is not None:
            log.info("round closed", round=str(round_id))
            return
        await actions.begin_slots(db, round_id, now)
        await actions.seat_latecomers(db, round_id, now)
        await actions.warn_due(db, round_id, now)
