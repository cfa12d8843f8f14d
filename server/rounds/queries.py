"""Reads of what goes on in rounds."""

from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.mentoring import queries as mentoring
from server.mentoring.models import Round, Slot
from server.mentoring.schedule import timetable


async def running(db: Db, session_id: UUID) -> tuple[Round, list[Slot]] | None:
    """The round of a session that runs now, with its slots in order."""
    found = select(Round).where(
        Round.session_id == session_id, col(Round.state).in_(timetable.RUNNING)
    )
    round_ = (await db.exec(found)).one_or_none()
    if round_ is None:
        return None
    return round_, (await mentoring.slots_of(db, [round_.id]))[round_.id]
