"""What an application may decide about a room."""

from __future__ import annotations

from dataclasses import dataclass, replace

from livekit.protocol.room import CreateRoomRequest


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """Seconds that a room is kept before the first comes and after the last has gone, how many
    may be in it (0: as many as the process allows), and a text that every client is told.
    """

    empty_timeout: int
    departure_timeout: int
    max_participants: int = 0
    metadata: str = ""

    def with_wishes(self, wishes: CreateRoomRequest) -> RoomSettings:
        """Changed where the request says something; what it leaves out stays."""
        return RoomSettings(
            empty_timeout=wishes.empty_timeout or self.empty_timeout,
            departure_timeout=wishes.departure_timeout or self.departure_timeout,
            max_participants=wishes.max_participants or self.max_participants,
            metadata=wishes.metadata or self.metadata,
        )

    def with_metadata(self, metadata: str) -> RoomSettings:
        return replace(self, metadata=metadata)
