"""What all messages share, and their bounds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1
MAX_FRAME_BYTES = 16 * 1024
MAX_CHAT_CHARACTERS = 2000
MAX_SEQ = 2**31 - 1  # as the database keeps it

Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]
StreamName = Annotated[str, Field(max_length=80)]


class Message(BaseModel):
    """What every message has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Logged(Message):
    """An event of a stream."""

    stream: str
    seq: int
    at: datetime
    actor: UUID | None
    server_now: datetime
