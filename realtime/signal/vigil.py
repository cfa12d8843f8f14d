"""The clock that notices who has fallen silent, so that nobody stays as a ghost."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room
    from realtime.signal.rooms import Rooms

_log = logging.getLogger(__name__)

_EVERY = 1.0
# In turns. Who comes and goes is told at once; how many there are may wait.
_REFRESH_EVERY, _COUNT_EVERY = 240, 5
_RECONNECT = rtc.LeaveRequest.RECONNECT


async def keep(rooms: Rooms) -> None:
    """Look after everybody once a second."""
    turn = 0
    while True:
        await asyncio.sleep(_EVERY)
        turn += 1
        for room in list(rooms.rooms.values()):
            try:
                _look_after(rooms, room, turn)
            except Exception:
                _log.exception("a room could not be looked after")


def _look_after(rooms: Rooms, room: Room, turn: int) -> None:
    now = time.monotonic()
    for participant in list(room.participants.values()):
        check(rooms, participant, now)
        if turn % _REFRESH_EVERY == 0:
            rooms.refresh_token(participant)
    if turn % _COUNT_EVERY == 0:
        room.tell_room()
    if room.is_over(now=now):
        rooms.finish(room)


def check(rooms: Rooms, participant: Participant, now: float) -> None:
    """Act on the silence of one participant at `now` (seconds, monotonic)."""
    if participant.signal_lost_at is not None:
        if now - participant.signal_lost_at > rooms.limits.resume_within:
            rooms.leave(participant, models.CONNECTION_TIMEOUT)
    elif participant.connections.primary.is_open:
        _check_connected(rooms, participant, now)
    else:
        _check_joining(rooms, participant, now)


def _check_joining(rooms: Rooms, participant: Participant, now: float) -> None:
    limits = rooms.limits
    if now - participant.since > limits.connect_within:
        rooms.dismiss(participant, models.JOIN_FAILURE)
    elif now - participant.heard_at > limits.silent_signal:
        rooms.dismiss(participant, models.CONNECTION_TIMEOUT, action=_RECONNECT)


def _check_connected(rooms: Rooms, participant: Participant, now: float) -> None:
    """Media that fell silent is to be resumed, once; a new signalling connection gives it time."""
    limits, connections = rooms.limits, participant.connections
    heard_at = min(peer.heard_at for peer in connections.peers if peer.is_open)
    silent, attached = now - heard_at, now - participant.attached_at
    asked = participant.asked_to_resume_at > heard_at
    if connections.overdue(now, limits.answer_within):
        rooms.dismiss(participant, models.STATE_MISMATCH, action=_RECONNECT)
    elif silent > limits.silent_transport + limits.resume_within:
        rooms.dismiss(participant, models.CONNECTION_TIMEOUT, action=_RECONNECT)
    elif now - participant.heard_at > limits.silent_signal:
        participant.detach(now)
    elif min(silent, attached) > limits.silent_transport and not asked:
        rooms.ask_to_resume(participant, models.CONNECTION_TIMEOUT)
