"""Where a page with a live channel is, and which streams it reads there."""

from dataclasses import dataclass
from uuid import UUID

from server.events.models import Event, Role
from server.events.roles import shown_role
from server.mentoring.models import Round
from server.rooms import chat, seat
from server.rooms.entry import Entry
from server.rooms.models import Room
from server.rounds.actions import session_stream
from server.rounds.board.desk_log import staff_stream
from server.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a person: where it is, and what it may read."""

    visitor: Visitor
    entry: Entry
    room: Room

    @property
    def you(self) -> UUID:
        """The participation."""
        return self.entry.participation.id

    @property
    def role(self) -> Role:
        """The role that others see."""
        return shown_role(self.entry.roles)

    @property
    def room_stream(self) -> str:
        """The stream of the room."""
        return chat.room_stream(self.room.id)

    @property
    def session_stream(self) -> str:
        """The stream of everybody in the session."""
        return session_stream(self.entry.session.id)

    @property
    def person_stream(self) -> str:
        """The stream that only this person reads."""
        return seat.person_stream(self.you)

    @property
    def streams(self) -> tuple[str, ...]:
        """All that the page reads."""
        return self.room_stream, self.session_stream, self.person_stream


@dataclass(frozen=True, slots=True)
class BoardPlace(Place):
    """The organizer's board of a round. It reads what organizers are told, and holds no seat."""

    event: Event
    round_: Round

    @property
    def streams(self) -> tuple[str, ...]:
        """All that the page reads."""
        return self.session_stream, staff_stream(self.entry.session.id)
