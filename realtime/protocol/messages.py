"""The messages of the live channel: one frozen class each, told apart by `type`.

Both the web application and the channel speak with these classes; `docs/protocol.md` is the
prose. Requests carry an `id` that a resend repeats; replies echo it. Logged events carry their
stream and its `seq`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

VERSION = 1
MAX_FRAME_BYTES = 16 * 1024
MAX_CHAT_CHARACTERS = 2000
MAX_SEQ = 2**31 - 1  # as the database keeps it

Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]
StreamName = Annotated[str, Field(max_length=80)]


class Message(BaseModel):
    """What every message has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- from the page ---


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


# --- to the page ---


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


class RoomDoor(Message):
    """A room as it is written on its door."""

    room: UUID
    kind: str
    number: int | None
    name: str


class SlotTimes(Message):
    """When a slot is."""

    number: int
    starts_at: datetime
    ends_at: datetime


class RoundFacts(Message):
    """A round as it is now."""

    round: UUID
    number: int
    state: Literal["planned", "open", "returning", "closed"]
    form: str
    starts_at: datetime
    ends_at: datetime
    slots: list[SlotTimes]


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


class Logged(Message):
    """An event of a stream."""

    stream: str
    seq: int
    at: datetime
    actor: UUID | None
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


class SeatMovedData(RoomDoor):
    """Where the person belongs in a session now."""

    session: UUID


class SeatMoved(Logged):
    """On `person:`: the person belongs in another room of the session from now on."""

    type: Literal["seat.moved"] = "seat.moved"
    data: SeatMovedData


class RoundOpened(Logged):
    """On `session:`: the rooms of a round are open; everybody concerned is told of their own."""

    type: Literal["round.opened"] = "round.opened"
    data: RoundFacts


class RoundChanged(Logged):
    """On `session:`: the round has another end, or its next slot began."""

    type: Literal["round.changed"] = "round.changed"
    data: RoundFacts


class RoundReturning(Logged):
    """On `session:`: everybody is brought back at the round's new end, unless that is stopped."""

    type: Literal["round.returning"] = "round.returning"
    data: RoundFacts


class RoundWarning(RoundFacts):
    """How many seconds are left."""

    seconds: int


class RoundWarned(Logged):
    """On `session:`: the round ends soon."""

    type: Literal["round.warned"] = "round.warned"
    data: RoundWarning


class RoundClosed(Logged):
    """On `session:`: the round is over."""

    type: Literal["round.closed"] = "round.closed"
    data: RoundFacts


class Announcement(Message):
    """What an organizer says to rooms."""

    text: str
    name: str


class RoomTold(Logged):
    """On `session:` or `room:`: an organizer says something to all rooms, or to this one."""

    type: Literal["room.told"] = "room.told"
    data: Announcement


class HelpCallRef(Message):
    """A call for help, and the room that it comes from."""

    call: UUID
    room: UUID


class HelpCalledData(HelpCallRef):
    """Who calls from which door, and why."""

    number: int | None
    name: str
    words: str


class HelpCalled(Logged):
    """On `session-staff:` and `room:`: a room calls for an organizer."""

    type: Literal["help.called"] = "help.called"
    data: HelpCalledData


class HelpTakenData(HelpCallRef):
    """Who comes."""

    name: str


class HelpTaken(Logged):
    """On `session-staff:` and `room:`: an organizer is on the way."""

    type: Literal["help.taken"] = "help.taken"
    data: HelpTakenData


class HelpClosed(Logged):
    """On `session-staff:` and `room:`: the call is done with."""

    type: Literal["help.closed"] = "help.closed"
    data: HelpCallRef


class MentorSaid(Message):
    """A mentor, and the visit that is spoken of: the team's number and the slot's."""

    number: int | None
    slot: int
    name: str


class MentorComing(Logged):
    """On `session-staff:` and `room:`: the mentor is on the way."""

    type: Literal["mentor.coming"] = "mentor.coming"
    data: MentorSaid


class MentorLateData(MentorSaid):
    """When the mentor comes; None: not at all."""

    arrives_at: datetime | None


class MentorLate(Logged):
    """On `session-staff:` and `room:`: the mentor comes later, or cannot come."""

    type: Literal["mentor.late"] = "mentor.late"
    data: MentorLateData


class MentorReplacedData(MentorSaid):
    """Who was due before."""

    former: str


class MentorReplaced(Logged):
    """On `session-staff:` and `room:`: another mentor makes the visit."""

    type: Literal["mentor.replaced"] = "mentor.replaced"
    data: MentorReplacedData


class NoteSavedData(Message):
    """Which version of the shared note is new, and by whom; the page fetches the text."""

    v: int
    by: UUID
    name: str


class NoteSaved(Logged):
    """On `room:`: somebody has saved the note that the room shares."""

    type: Literal["note.saved"] = "note.saved"
    data: NoteSavedData


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


class BoardDigest(Message):
    """How a round stands on the organizer's board, at most every 2 s. Losable.

    `key` changes whenever the board would look different; `needs` is how many rooms need a hand;
    `known` is false while the pages' reports cannot be read.
    """

    type: Literal["board.digest"] = "board.digest"
    round: UUID
    server_now: datetime
    key: str
    needs: int
    known: bool


class SeatLost(Message):
    """This page no longer holds the seat."""

    type: Literal["seat.lost"] = "seat.lost"
    reason: Literal["elsewhere", "removed"]


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
    | Reply
    | Beat
)
