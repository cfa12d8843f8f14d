"""What happens in a round: calls for help, late mentors, notes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from server.core.columns import Row, choice, moment


class NoteReaders(StrEnum):
    """Who reads a mentor's note besides its author."""

    ORGANIZERS = "organizers"
    MENTORS = "mentors"  # the team's other mentors too


class HelpCall(Row, table=True):
    """Somebody in a room calls for an organizer, until one has closed the call."""

    __tablename__ = "help_call"
    __table_args__ = (
        Index(  # a room has one open call
            "uq_help_call_open",
            "room_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    round_id: UUID = Field(foreign_key="round.id", index=True)
    room_id: UUID = Field(foreign_key="room.id", index=True)
    caller_id: UUID = Field(foreign_key="participation.id")
    words: str = ""
    at: datetime = moment()
    taken_by: UUID | None = Field(default=None, foreign_key="participation.id")
    taken_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)


class Lateness(SQLModel, table=True):
    """A mentor has said to come later into a slot, or to be on the way (`arrives_at` None)."""

    slot_id: UUID = Field(primary_key=True, foreign_key="slot.id")
    mentor_id: UUID = Field(primary_key=True, foreign_key="mentor.id")
    arrives_at: datetime | None = moment(default=None)
    at: datetime = moment()


class RoomNote(SQLModel, table=True):
    """The note that everyone in a room shares. Who writes says which version was read."""

    __tablename__ = "room_note"

    room_id: UUID = Field(primary_key=True, foreign_key="room.id")
    body: str = ""
    saved_at: datetime = moment()
    saved_by: UUID = Field(foreign_key="participation.id")
    v: int = 1


class Note(Row, table=True):
    """A mentor's private note on a visit; it outlives the plan that the visit stood in."""

    __table_args__ = (UniqueConstraint("slot_id", "team_id", "author_id"),)

    event_id: UUID = Field(foreign_key="event.id", index=True)
    slot_id: UUID = Field(foreign_key="slot.id")
    team_id: UUID = Field(foreign_key="team.id", index=True)
    author_id: UUID = Field(foreign_key="participation.id", index=True)
    readers: NoteReaders = choice(NoteReaders, default=NoteReaders.ORGANIZERS)
    body: str = ""
    saved_at: datetime = moment()
    v: int = 1
