"""A publisher says who may watch its tracks: subscriptions begin and end at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import rtc

from realtime.signal import subscribing
from realtime.signal.audience import audience_from

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room


def change(publisher: Participant, told: rtc.SubscriptionPermission) -> None:
    """Adopt a publisher's wish; it replaces the one before, also for tracks to come."""
    room = publisher.room
    before, publisher.audience = publisher.audience, audience_from(told, _identities(room).get)
    tracks = room.tracks()
    for other in room.others(publisher):
        for track in publisher.published():
            might = before is None or before.holds(other.identity, track.sid)
            may = publisher.lets_watch(other.identity, track.sid)
            if might == may or not other.wants(track):
                continue
            if may:
                subscribing.tell_permission(other, publisher, track, allowed=True)
            subscribing.settle(other, publisher, track)
        other.connections.agree(tracks)


def _identities(room: Room) -> dict[str, str]:
    return {each.sid: each.identity for each in room.participants.values()}
