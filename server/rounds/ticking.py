"""The clock of the rounds. Every web and worker process has one, and none owns a round's end."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple, Never
from uuid import UUID

import anyio
import structlog
from sqlmodel import col, select

from server.core import clock
from server.core.db import Database, Db
from server.mentoring import queries
from server.mentoring.models import Round, RoundForm
from server.mentoring.schedule import timetable
from server.rounds import actions, groups, merging

log = structlog.get_logger()

TICK_SECONDS: Final = 0.5


class Look(NamedTuple):
    """The rounds in which something is due, and when the next of the others ends."""

    due: list[UUID]
    next_end: datetime | None

    def pause(self, now: datetime) -> float:
        """Seconds until the next look: a tick, or less where a round ends before."""
        if self.next_end is None:
            return TICK_SECONDS
        return min(TICK_SECONDS, max(0.0, (self.next_end - now).total_seconds()))


async def run(database: Database, acted: Callable[[], None] = lambda: None) -> Never:
    """Tick until cancelled; call `acted` when something was done."""
    pause = TICK_SECONDS
    while True:
        await asyncio.sleep(pause)
        pause = TICK_SECONDS
        try:
            with anyio.CancelScope(shield=True):  # a tick that has begun is finished
                look = await _tick(database, clock.now())
            pause = look.pause(clock.now())
            if look.due:
                acted()
        except Exception as error:  # a loop that must not end: the database may be away
            log.warning("rounds could not be looked at", error=type(error).__name__)


async def tick(database: Database, now: datetime) -> bool:
    """Do what is due, and answer whether anything was. If not, it reads once and writes nothing."""
    return bool((await _tick(database, now)).due)


async def _tick(database: Database, now: datetime) -> Look:
    async with database.reading() as db:
        running = await _running(db)
        due = [round_.id for round_ in running if await _is_due(db, round_, now)]
    for round_id in due:
        await _act(database, round_id, now)
    return Look(due, min((r.ends_at for r in running if r.ends_at > now), default=None))


async def _running(db: Db) -> list[Round]:
    found = select(Round).where(col(Round.state).in_(timetable.RUNNING))
    return list((await db.exec(found)).all())


async def _is_due(db: Db, round_: Round, now: datetime) -> bool:
    if round_.ends_at <= now or timetable.warning_due(round_, now) is not None:
        return True
    if round_.form is RoundForm.GROUPS:
        return bool(await groups.waiting(db, round_.session_id, now=now))
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    if timetable.due(round_, slots, now):
        return True
    return bool(await merging.over(db, round_, slots, now))


async def _act(database: Database, round_id: UUID, now: datetime) -> None:
    async with database.writing() as db:
        if await actions.close_due(db, round_id, now) is not None:
            log.info("round closed", round=str(round_id))
            return
        await actions.bring_home(db, round_id, now)
        await actions.begin_slots(db, round_id, now)
        await actions.seat_latecomers(db, round_id, now)
        await actions.warn_due(db, round_id, now)
