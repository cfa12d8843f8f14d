"""The live log: streams of numbered events, in the order in which they were committed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import moment


class Stream(SQLModel, table=True):
    """A stream and the number of its newest event (0: none yet)."""

    key: str = Field(primary_key=True)
    head: int = 0


class StreamEvent(SQLModel, table=True):
    """One event of a stream. `seq` starts at 1 and has no holes."""

    __tablename__ = "stream_event"
    __table_args__ = (UniqueConstraint("stream", "actor_id", "request_id"),)

    stream: str = Field(primary_key=True, foreign_key="stream.key")
    seq: int = Field(primary_key=True)
    type: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    actor_id: UUID | None = None
    request_id: UUID | None = None
    at: datetime = moment(index=True)


class StreamReader(SQLModel, table=True):
    """How far a job has read a stream. It moves in the transaction that does what it read asks."""

    __tablename__ = "stream_reader"

    name: str = Field(primary_key=True)
    stream: str = Field(primary_key=True, foreign_key="stream.key")
    seq: int = 0
