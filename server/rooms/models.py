"""Rooms, the seats people hold in them, and what they write there."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from server.core.columns import Row, choice, moment


class RoomKind(StrEnum):
    """Why a room exists."""

    MAIN = "main"
    TEAM = "team"
    GROUP = "group"
    BACKSTAGE = "backstage"


class Room(Row, table=True):
    """A place where live media flows. Its id is the name of the room at the media engine."""

    __table_args__ = (
        Index(  # a session has one main room
            "uq_room_main",
            "session_id",
            unique=True,
            sqlite_where=text("kind = 'main'"),
            postgresql_where=text("kind = 'main'"),
        ),
    )

    event_id: UUID = Field(foreign_key="event.id", index=True)
    session_id: UUID | None = Field(default=None, foreign_key="session.id", index=True)
    kind: RoomKind = choice(RoomKind)
    number: int | None = None  # on its door; a team's room has the team's
    name: str = ""


class SeatState(Row, table=True):
    """A person's seat in a session: the lease that one page holds over the live channel.

    `connection_id` is the page that holds the seat (None: nobody), `line_id` the socket over which
    it took it, `login_id` its device.
    `access_epoch` rises when access is taken away: join tokens of an older epoch are refused.
    """

    __tablename__ = "seat_state"
    __table_args__ = (UniqueConstraint("participation_id", "session_id"),)

    participation_id: UUID = Field(foreign_key="participation.id")
    session_id: UUID = Field(foreign_key="session.id", index=True)
    room_id: UUID = Field(foreign_key="room.id", index=True)
    connection_id: UUID | None = None
    line_id: UUID | None = None
    login_id: UUID | None = None
    mic: bool = False
    camera: bool = False
    last_seen: datetime = moment()
    access_epoch: int = 1


class PlacedBy(StrEnum):
    """Why somebody has a room other than the session's main room."""

    ROUND = "round"  # the round opened, or a slot of it began
    CHOICE = "choice"  # the person chose the room
    MOVE = "move"  # an organizer moved the person
    VISIT = "visit"  # an organizer or mentor looks in
    MERGED = "merged"  # the person's team is with another one for a slot


class Placement(SQLModel, table=True):
    """Where a person belongs in a session now; without a row, in its main room.

    It says so for everyone concerned, here or not: who comes late or on another device is in the
    right room at once.
    """

    session_id: UUID = Field(primary_key=True, foreign_key="session.id")
    participation_id: UUID = Field(primary_key=True, foreign_key="participation.id")
    room_id: UUID = Field(foreign_key="room.id", index=True)
    cause: PlacedBy = choice(PlacedBy)
    at: datetime = moment()


class ChatMessage(Row, table=True):
    """A line in a room's chat, by a participation. `seq` is its number in the room's stream."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("room_id", "seq"),)

    room_id: UUID = Field(foreign_key="room.id")
    author_id: UUID = Field(foreign_key="participation.id")
    seq: int
    body: str
    at: datetime = moment()
    deleted_at: datetime | None = moment(default=None)
