"""Notes: the one that everybody in a room shares, and the mentor's own on a visit.

Both are saved as they are written. Who saves says which version was read; a version that is not
the present one changes nothing and is answered with what stands there, so that nothing is lost.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError, Forbidden
from server.live import log
from server.mentoring.models import Mentor, Slot
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.records.models import Attendance
from server.rooms.chat import room_stream
from server.rooms.models import Placement
from server.rounds.models import Note, NoteReaders, RoomNote

LONGEST: Final = 8000  # characters
SAVED: Final = "note.saved"
_AFTERWARDS: Final = timedelta(seconds=120)


class NoteChanged(DomainError):
    """Somebody else has saved meanwhile; `body` and `v` are what stands there."""

    code = "note_changed"

    def __init__(self, body: str, v: int) -> None:
        super().__init__()
        self.body, self.v = body, v


class NoteTooLong(DomainError):
    """The note is longer than can be kept."""

    code = "note_too_long"


class NotInRoom(Forbidden):
    """The person is not in that room."""

    code = "not_in_room"


class NotYourVisit(Forbidden):
    """The visit is another mentor's."""

    code = "not_your_visit"


async def ensure_there(
    db: Db, *, session_id: UUID, person: UUID, room_id: UUID, now: datetime
) -> None:
    """Raise unless the person is in the room, or was a moment ago: a move must not cost a line.

    Raises:
        NotInRoom
    """
    placed = select(Placement.room_id).where(
        Placement.session_id == session_id, Placement.participation_id == person
    )
    if (await db.exec(placed)).one_or_none() == room_id:
        return
    been = select(Attendance.id).where(
        Attendance.session_id == session_id,
        Attendance.participation_id == person,
        Attendance.room_id == room_id,
        or_(col(Attendance.left_at).is_(None), col(Attendance.left_at) > now - _AFTERWARDS),
    )
    if (await db.exec(been.limit(1))).first() is None:
        raise NotInRoom


async def room_note(db: Db, room_id: UUID) -> RoomNote | None:
    """The shared note of a room; None while nobody has written."""
    return (await db.exec(select(RoomNote).where(RoomNote.room_id == room_id))).one_or_none()


async def save_room_note(
    db: Db, *, room_id: UUID, person: UUID, name: str, body: str, v: int, now: datetime
) -> int:
    """Save the shared note of a room over version `v` (0: the first); answers its new version.

    The room is told that there is a new version, and by whom; not the text.

    Raises:
        NoteChanged, NoteTooLong
    """
    _ensure_short(body)
    stream = room_stream(room_id)
    await log.hold(db, stream)  # two first notes do not both become the first
    found = select(RoomNote).where(RoomNote.room_id == room_id)
    note = (await db.exec(found.execution_options(populate_existing=True))).one_or_none()
    present = note.v if note else 0
    if v != present:
        raise NoteChanged(note.body if note else "", present)
    if note is None:
        note = RoomNote(room_id=room_id, saved_at=now, saved_by=person, v=0)
    if note.body == body and note.v:
        return note.v
    note.body, note.saved_at, note.saved_by, note.v = body, now, person, present + 1
    db.add(note)
    await db.flush()
    payload = {"v": note.v, "by": str(person), "name": name}
    await log.append(db, stream=stream, type=SAVED, payload=payload, now=now, actor=person)
    return note.v


async def own_visit(db: Db, assignment_id: UUID, person: UUID) -> tuple[Assignment, Slot]:
    """A visit of a mentor's own, by the plan that holds.

    Raises:
        NotYourVisit: there is none of this id, or it is another mentor's.
    """
    found = (
        select(Assignment, Slot)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .where(
            Assignment.id == assignment_id,
            Mentor.participation_id == person,
            Plan.state == PlanState.PUBLISHED,
        )
    )
    visit = (await db.exec(found)).one_or_none()
    if visit is None:
        raise NotYourVisit
    return visit


async def own_note(db: Db, visit: Assignment, person: UUID) -> Note | None:
    """What a mentor has written on a visit."""
    found = select(Note).where(
        Note.slot_id == visit.slot_id, Note.team_id == visit.team_id, Note.author_id == person
    )
    return (await db.exec(found)).one_or_none()


async def save_own_note(
    db: Db,
    visit: Assignment,
    *,
    event_id: UUID,
    person: UUID,
    body: str,
    readers: NoteReaders,
    v: int,
    now: datetime,
) -> int:
    """Save a mentor's own note on a visit over version `v` (0: the first); its new version.

    Raises:
        NoteChanged: the mentor has saved on another page meanwhile.
        NoteTooLong
    """
    _ensure_short(body)
    row = select(Mentor.id).where(Mentor.id == visit.mentor_id)
    await db.exec(row.with_for_update())  # two first notes do not both become the first
    note = await own_note(db, visit, person)
    present = note.v if note else 0
    if v != present:
        raise NoteChanged(note.body if note else "", present)
    if note is None:
        note = Note(
            event_id=event_id,
            slot_id=visit.slot_id,
            team_id=visit.team_id,
            author_id=person,
            saved_at=now,
            v=0,
        )
    note.body, note.readers, note.saved_at, note.v = body, readers, now, present + 1
    db.add(note)
    await db.flush()
    return note.v


def _ensure_short(body: str) -> None:
    if len(body) > LONGEST:
        raise NoteTooLong
