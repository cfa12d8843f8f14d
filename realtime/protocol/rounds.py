"""What is told of rounds, and of the rooms that people belong in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from realtime.protocol.base import Logged, Message


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
