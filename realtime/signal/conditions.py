"""What changes by itself, noticed on a clock: layers nobody watches, silent tracks, bad lines."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

from realtime.media.health import Quality
from realtime.signal import dynacast

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room
    from realtime.signal.rooms import Rooms
    from realtime.signal.tracks import Track

_log = logging.getLogger(__name__)

_EVERY = 1.0
_JUDGE_EVERY = 5

# A picture of which neither packet nor report came for so many seconds counts as paused.
_SILENT_AFTER = 4.0

_QUALITIES = {
    Quality.LOST: models.ConnectionQuality.LOST,
    Quality.POOR: models.ConnectionQuality.POOR,
    Quality.GOOD: models.ConnectionQuality.GOOD,
    Quality.EXCELLENT: models.ConnectionQuality.EXCELLENT,
}


async def watch(rooms: Rooms) -> None:
    """Look at every room once a second, and at its lines every five."""
    turn = 0
    while True:
        await asyncio.sleep(_EVERY)
        turn += 1
        now = time.monotonic()
        for room in list(rooms.rooms.values()):
            try:
                look(room, now)
                if turn % _JUDGE_EVERY == 0:
                    judge(room, now)
            except Exception:
                _log.exception("the conditions of a room could not be told")


def look(room: Room, now: float) -> None:
    """Review demand, and notice tracks that fell silent or came back."""
    for owner in list(room.participants.values()):
        for track in owner.published():
            dynacast.review(owner, track, now)
            if track.kind == "video":
                _note_silence(owner, track, now)


def _note_silence(owner: Participant, track: Track, now: float) -> None:
    """A still picture may send nothing for long, but its reports come."""
    due = track.demand.told != dynacast.OFF and not track.info.muted
    if not due:
        track.due_since = None
    elif track.due_since is None:
        track.due_since = now
    heard_at = track.publication.heard_at
    since = max(heard_at, track.due_since or 0.0)
    paused = due and heard_at > 0 and now - since > _SILENT_AFTER
    if paused != track.paused:
        track.paused = paused
        for viewer in owner.room.others(owner):
            if track.sid in viewer.subscriptions:
                tell_state(viewer, owner, track)


def tell_state(viewer: Participant, owner: Participant, track: Track) -> None:
    """Tell a viewer whether anything of a track comes at the moment."""
    state = rtc.StreamStateInfo(
        participant_sid=owner.sid,
        track_sid=track.sid,
        state=rtc.StreamState.PAUSED if track.paused else rtc.StreamState.ACTIVE,
    )
    update = rtc.StreamStateUpdate(stream_states=[state])
    viewer.send(rtc.SignalResponse(stream_state_update=update))


def tell_again(participant: Participant) -> None:
    """A participant is back and may have missed something of all this."""
    participant.qualities = {}
    for owner in participant.room.others(participant):
        for track in owner.published():
            if track.paused and track.sid in participant.subscriptions:
                tell_state(participant, owner, track)


def judge(room: Room, now: float) -> None:
    """Tell people how their own lines are and those of whom they watch, what they do not know."""
    active = [p for p in room.participants.values() if p.connections.primary.is_open]
    qualities = {p.sid: _quality(p, now) for p in active}
    infos = {p.sid: _info(p, qualities[p.sid]) for p in active}
    owners = {track.sid: owner.sid for owner in active for track in owner.published()}
    for participant in active:
        seen = {participant.sid, *(owners.get(sid, "") for sid in participant.subscriptions)}
        before, now_known = participant.qualities, {s: qualities[s] for s in seen & infos.keys()}
        participant.qualities = now_known
        news = [infos[sid] for sid, quality in now_known.items() if before.get(sid) != quality]
        if news:
            update = rtc.ConnectionQualityUpdate(updates=news)
            participant.send(rtc.SignalResponse(connection_quality=update))


def _quality(participant: Participant, now: float) -> Quality:
    """How the line of a participant is: its worse one, when it has two."""
    peers = [peer for peer in participant.connections.peers if peer.is_open]
    return min(peer.health.judge(peer, now) for peer in peers)


def _info(participant: Participant, quality: Quality) -> rtc.ConnectionQualityInfo:
    """A mean opinion score from 1 to 4.5 goes with it (ITU-T G.107, annex B)."""
    rating = min(peer.health.score for peer in participant.connections.peers)
    score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating)
    return rtc.ConnectionQualityInfo(
        participant_sid=participant.sid, quality=_QUALITIES[quality], score=score
    )
