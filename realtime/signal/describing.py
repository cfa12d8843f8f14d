"""A publisher describes its tracks anew: sizes of its picture and layers, features of its sound.

Each function takes one request of a client; all raise `Refusal` for what cannot be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import rtc

from realtime.signal import subscribing
from realtime.signal.publishing import own_track
from realtime.signal.refusals import Refusal

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.rooms import Rooms
    from realtime.signal.tracks import Track


def update_video(rooms: Rooms, participant: Participant, update: rtc.UpdateLocalVideoTrack) -> None:
    """The picture has another size."""
    track = _track(participant, update.track_sid, "video")
    track.resize(update.width, update.height)
    subscribing.resized(participant, track)
    participant.room.tell(participant)


def update_layers(rooms: Rooms, participant: Participant, update: rtc.UpdateVideoLayers) -> None:
    """The layers have other sizes."""
    track = _track(participant, update.track_sid, "video")
    track.announce_layers(update.layers)
    subscribing.resized(participant, track)
    participant.room.tell(participant)


def update_audio(rooms: Rooms, participant: Participant, update: rtc.UpdateLocalAudioTrack) -> None:
    """The sound is processed in another way."""
    track = _track(participant, update.track_sid, "audio")
    track.announce_features(update.features)
    participant.room.tell(participant)


def _track(participant: Participant, sid: str, kind: str) -> Track:
    track = own_track(participant, sid)
    if track.kind != kind:
        raise Refusal(rtc.RequestResponse.INVALID_REQUEST, f"a track of {track.kind}")
    return track
