"""Whether there is a place: in a room, and for one more room in this process."""

from __future__ import annotations

from collections.abc import Mapping

from realtime.signal.limits import Limits
from realtime.signal.room import Room
from realtime.signal.tokens import Admission


class NoSpace(Exception):
    """The bounds let nobody more in; the text may be shown to whoever wanted to."""


class RoomFull(NoSpace):
    """As many are in the room as may be."""


class ProcessFull(NoSpace):
    """As many rooms are open as this process carries."""


def ensure_place(rooms: Mapping[str, Room], admission: Admission, limits: Limits) -> None:
    """Whoever is in already may always come again: that replaces, and needs no place.

    Args:
        rooms: all of this process by name.

    Raises:
        RoomFull: the room has its participants.
        ProcessFull: the room would be one too many.
    """
    room = rooms.get(admission.grants.room)
    if room is None:
        ensure_one_more(rooms, limits)
    elif admission.identity not in room.participants and room.is_full(
        bound=limits.participants_per_room
    ):
        raise RoomFull("the room is full")


def ensure_one_more(rooms: Mapping[str, Room], limits: Limits) -> None:
    """Raises: ProcessFull: another room would be one too many."""
    if len(rooms) >= limits.rooms:
        raise ProcessFull("this server carries as many rooms as it can")
