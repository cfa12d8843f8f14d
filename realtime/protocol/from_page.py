"""What a page says."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from realtime.protocol.base import MAX_CHAT_CHARACTERS, Message, Seq, StreamName


class Hello(Message):
    """The first message of a page: where it is, and what it has already read."""

    type: Literal["page.hello"] = "page.hello"
    version: int
    connection: UUID  # made by the page when it loads; it holds the seat by this name
    path: str = Field(max_length=200)
    have: dict[StreamName, Seq] = Field(default_factory=dict, max_length=16)


class EventsSince(Message):
    """Everything of a stream after `seq`."""

    type: Literal["events.since"] = "events.since"
    id: UUID
    stream: StreamName
    seq: Seq


class SeatTake(Message):
    """Take the person's seat for this page. `here` answers the question "use here?"."""

    type: Literal["seat.take"] = "seat.take"
    id: UUID
    here: bool = False


class SeatLeave(Message):
    """Give the seat back: the person has left the room."""

    type: Literal["seat.leave"] = "seat.leave"
    id: UUID


class SeatReport(Message):
    """Every 5 s from the page that holds the seat: how it goes. Losable, no reply."""

    type: Literal["seat.report"] = "seat.report"
    mic: bool
    camera: bool
    talk_ms: int = Field(ge=0, le=60_000)
    quality: Literal["good", "fair", "poor", "lost", "unknown"]
    transport: Literal["udp", "tcp", "relay", "none"]


class ChatPost(Message):
    """Write a line into the room's chat."""

    type: Literal["chat.post"] = "chat.post"
    id: UUID
    body: str = Field(min_length=1, max_length=MAX_CHAT_CHARACTERS)


class ChatDelete(Message):
    """Take a line back: one's own, or anybody's by a moderator."""

    type: Literal["chat.delete"] = "chat.delete"
    id: UUID
    message: UUID


Request = EventsSince | SeatTake | SeatLeave | ChatPost | ChatDelete
FromPage = Annotated[Hello | SeatReport | Request, Field(discriminator="type")]
from_page: TypeAdapter[FromPage] = TypeAdapter(FromPage)
