"""Calls for help from a room: one open call a room, taken and closed by an organizer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.rooms.models import Room
from server.rounds.board import desk_log
from server.rounds.models import HelpCall

LONGEST: Final = 200  # characters
CALLED: Final = "help.called"
TAKEN: Final = "help.taken"
CLOSED: Final = "help.closed"


class HelpOver(DomainError):
    """The call has been closed already."""

    code = "help_over"


class HelpByAnother(DomainError):
    """Another organizer is on the way; `name` says who."""

    code = "help_by_another"


async def call(
    db: Db,
    *,
    session_id: UUID,
    round_id: UUID,
    room: Room,
    caller: UUID,
    name: str,
    words: str = "",
    now: datetime,
) -> HelpCall:
    """Call for help; who calls while a call is open gets that one, and nothing more is told.

    A call that was left open in an earlier round is over.

    Args:
        caller: a participation, `name` its person's.
    """
    await _hold(db, room.id)
    known = await open_in(db, room.id)
    if known is not None and known.round_id == round_id:
        return known
    if known is not None:
        known.closed_at = now
        db.add(known)
        await db.flush()
    made = HelpCall(
        round_id=round_id, room_id=room.id, caller_id=caller, words=words.strip()[:LONGEST], at=now
    )
    db.add(made)
    await db.flush()
    said = {"number": room.number, "name": name, "words": made.words}
    await _tell(db, CALLED, made, session_id, said, actor=caller, now=now)
    return made


async def take(
    db: Db, call_id: UUID, *, session_id: UUID, actor: UUID, name: str, now: datetime
) -> HelpCall:
    """An organizer is on the way. Who has taken it may say so again.

    Raises:
        NotFound: there is no such call.
        HelpOver: it was closed meanwhile.
        HelpByAnother: somebody else has taken it.
    """
    made = await _held(db, call_id)
    if made.taken_by is not None and made.taken_by != actor:
        raise HelpByAnother
    if made.taken_by is None:
        made.taken_by, made.taken_at = actor, now
        db.add(made)
        await _tell(db, TAKEN, made, session_id, {"name": name}, actor=actor, now=now)
    return made


async def close(db: Db, call_id: UUID, *, session_id: UUID, actor: UUID, now: datetime) -> HelpCall:
    """The call is done with: by an organizer, or by who called and needs nothing any more.

    Raises:
        NotFound: there is no such call.
        HelpOver: it was closed already.
    """
    made = await _held(db, call_id)
    made.closed_at = now
    db.add(made)
    await _tell(db, CLOSED, made, session_id, {}, actor=actor, now=now)
    return made


async def open_in(db: Db, room_id: UUID) -> HelpCall | None:
    """The open call of a room."""
    found = select(HelpCall).where(HelpCall.room_id == room_id, col(HelpCall.closed_at).is_(None))
    return (await db.exec(found)).one_or_none()


async def of_round(db: Db, round_id: UUID) -> list[HelpCall]:
    """All calls of a round in their order, also those that are closed."""
    found = select(HelpCall).where(HelpCall.round_id == round_id)
    return list((await db.exec(found.order_by(col(HelpCall.at), col(HelpCall.id)))).all())


async def _hold(db: Db, room_id: UUID) -> None:
    """Two calls from one room come one after the other."""
    await db.exec(select(Room.id).where(col(Room.id) == room_id).with_for_update())


async def _held(db: Db, call_id: UUID) -> HelpCall:
    found = select(HelpCall).where(HelpCall.id == call_id).with_for_update()
    made = (await db.exec(found.execution_options(populate_existing=True))).one_or_none()
    if made is None:
        raise NotFound(call=str(call_id))
    if made.closed_at is not None:
        raise HelpOver
    return made


async def _tell(
    db: Db,
    what: str,
    made: HelpCall,
    session_id: UUID,
    more: Mapping[str, object],
    *,
    actor: UUID,
    now: datetime,
) -> None:
    payload = {"call": str(made.id), "room": str(made.room_id), **more}
    await desk_log.tell(
        db, what, payload, session_id=session_id, room_id=made.room_id, actor=actor, now=now
    )
