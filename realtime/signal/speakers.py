"""Who is speaking, from the levels that browsers write beside each audio packet (RFC 6464)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room
    from realtime.signal.rooms import Rooms

EVERY = 0.3

# A level above this begins to count as speech, one below the lower bound ends it (-dBov).
_BEGINS_BELOW, _ENDS_ABOVE = 35, 45
_WEIGHT = 0.5


async def watch(rooms: Rooms) -> None:
    """Tell every room about its speakers as they change."""
    while True:
        await asyncio.sleep(EVERY)
        for room in list(rooms.rooms.values()):
            tell_changes(room)


def tell_changes(room: Room) -> None:
    """Send the speakers whose state changed since the last time."""
    changed = [info for p in room.participants.values() if (info := _changed(room, p)) is not None]
    if not changed:
        return
    speakers = rtc.SpeakersChanged(speakers=changed)
    room.broadcast(rtc.SignalResponse(speakers_changed=speakers))


def state(room: Room) -> list[models.SpeakerInfo]:
    """Everybody who sends sound, speaking or not."""
    people = [
        p for p in room.participants.values() if any(t.kind == "audio" for t in p.published())
    ]
    return [room.speaking.get(p.sid) or models.SpeakerInfo(sid=p.sid) for p in people]


def _changed(room: Room, participant: Participant) -> models.SpeakerInfo | None:
    audio = [t for t in participant.published() if t.kind == "audio"]
    quietness = min((t.publication.take_loudest() for t in audio if not t.info.muted), default=127)
    before = room.speaking.get(participant.sid)
    now = speaker(participant.sid, quietness, before)
    if now.active:
        room.speaking[participant.sid] = now
    else:
        room.speaking.pop(participant.sid, None)
    same = before is not None and now.active and abs(before.level - now.level) < 0.05
    return None if same or (before is None and not now.active) else now


def speaker(sid: str, quietness: int, before: models.SpeakerInfo | None) -> models.SpeakerInfo:
    """The state of a speaker after a loudest level of -`quietness` dBov.

    The level told is between 0 and 1, smoothed; speech begins louder than it ends, so that a
    voice near the bound does not flicker.
    """
    bound = _BEGINS_BELOW if before is None else _ENDS_ABOVE
    if quietness > bound:
        return models.SpeakerInfo(sid=sid, level=0.0, active=False)
    level = 10 ** (-quietness / 20)
    if before is not None:
        level = before.level + (level - before.level) * _WEIGHT
    return models.SpeakerInfo(sid=sid, level=min(level, 1.0), active=True)
