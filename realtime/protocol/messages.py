"""The messages of the live channel: one frozen class each, told apart by `type`.

Both the web application and the channel speak with these classes; `docs/protocol.md` is the
prose. Requests carry an `id` that a resend repeats; replies echo it. Logged events carry their
stream and its `seq`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from realtime.protocol.base import VERSION, Logged, Message
from realtime.protocol.rounds import (
    BoardDigest,
    RoomDoor,
    RoomTold,
    RoundChanged,
    RoundClosed,
    RoundFacts,
    RoundOpened,
    RoundReturning,
    RoundWarned,
    SeatMoved,
)
from realtime.protocol.visits import (
    HelpCalled,
    HelpClosed,
    HelpTaken,
    MentorComing,
    MentorLate,
    MentorReplaced,
    NoteSaved,
)


class Welcome(Message):
    """The answer to the hello."""

    type: Literal["page.welcome"] = "page.welcome"
    version: int = VERSION
    server_now: datetime
    you: UUID  # participation
    beat_seconds: float  # the page reconnects when it hears nothing for three of them


class Person(Message):
    """Somebody in a room, as others see them."""

    participation: UUID
    name: str
    role: str
    mic: bool
    camera: bool


class ChatLine(Message):
    """A line of the chat. `body` is empty when it was taken back."""

    message: UUID
    author: UUID
    name: str
    role: str
    body: str
    at: datetime
    deleted: bool = False


class RoomSnapshot(Message):
    """The state of a `room:` stream at `seq`; events after it follow as they happen."""

    type: Literal["room.snapshot"] = "room.snapshot"
    stream: str
    seq: int
    server_now: datetime
    room: UUID
    chat: list[ChatLine]  # the newest 200, oldest first


class SessionSnapshot(Message):
    """The state of a `session:` stream at `seq`: the round that runs, if one does, and the room
    that the person belongs in.
    """

    type: Literal["session.snapshot"] = "session.snapshot"
    stream: str
    seq: int
    server_now: datetime
    round: RoundFacts | None
    door: RoomDoor


class Snapshot(Message):
    """The state of a stream whose snapshot is only its head."""

    type: Literal["stream.snapshot"] = "stream.snapshot"
    stream: str
    seq: int
    server_now: datetime


class ChatPosted(Logged):
    """Somebody wrote into the chat."""

    type: Literal["chat.posted"] = "chat.posted"
    data: ChatLine


class ChatDeletedData(Message):
    """Which line was taken back."""

    message: UUID


class ChatDeleted(Logged):
    """A line of the chat was taken back."""

    type: Literal["chat.deleted"] = "chat.deleted"
    data: ChatDeletedData


class SeatTakenData(Message):
    """Which page holds the seat in a session now."""

    session: UUID
    connection: UUID | None


class SeatTaken(Logged):
    """On `person:`: another page of this person took the seat."""

    type: Literal["seat.taken"] = "seat.taken"
    data: SeatTakenData


class SeatRevoked(Logged):
    """On `person:`: access to the room was taken away."""

    type: Literal["seat.revoked"] = "seat.revoked"
    data: SeatTakenData


LoggedEvent = Annotated[
    ChatPosted
    | ChatDeleted
    | SeatTaken
    | SeatRevoked
    | SeatMoved
    | RoundOpened
    | RoundChanged
    | RoundReturning
    | RoundWarned
    | RoundClosed
    | RoomTold
    | HelpCalled
    | HelpTaken
    | HelpClosed
    | MentorComing
    | MentorLate
    | MentorReplaced
    | NoteSaved,
    Field(discriminator="type"),
]
logged_event: TypeAdapter[LoggedEvent] = TypeAdapter(LoggedEvent)


class Presence(Message):
    """Who is in a room now, at most twice a second. Losable."""

    type: Literal["presence.digest"] = "presence.digest"
    room: UUID
    server_now: datetime
    people: list[Person]
    count: int  # may be larger than the list in a large room


class SeatLost(Message):
    """This page no longer holds the seat."""

    type: Literal["seat.lost"] = "seat.lost"
    reason: Literal["elsewhere", "removed"]


class SeatTicket(Message):
    """Leave to join the media of the room to which this page's person was moved. Losable."""

    type: Literal["seat.ticket"] = "seat.ticket"
    url: str
    token: str
    room: UUID
    identity: UUID
    mic: bool
    camera: bool


class Refusal(Message):
    """Why a request was refused, in the person's language."""

    code: str
    text: str


class Reply(Message):
    """The answer to a request. A resent request gets its first answer."""

    type: Literal["reply"] = "reply"
    id: UUID
    ok: bool
    result: dict[str, Any] = Field(default_factory=dict)
    error: Refusal | None = None


class Beat(Message):
    """Nothing happened, and the line is alive."""

    type: Literal["beat"] = "beat"
    server_now: datetime


ToPage = (
    Welcome
    | RoomSnapshot
    | SessionSnapshot
    | Snapshot
    | LoggedEvent
    | Presence
    | BoardDigest
    | SeatLost
    | SeatTicket
    | Reply
    | Beat
)
