"""A publisher describes its tracks anew: sizes of its picture and layers, features of its sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import rtc

from realtime.signal import subscribing

if TYPE_CHECKING:
    from realtime.signal.participant import Participant


def update_video(participant: Participant, update: rtc.UpdateLocalVideoTrack) -> None:
    """The picture has another size."""
    track = participant.tracks.get(update.track_sid)
    if track is not None and track.kind == "video":
        track.resize(update.width, update.height)
        subscribing.resized(participant, track)
        participant.room.tell(participant)


def update_layers(participant: Participant, update: rtc.UpdateVideoLayers) -> None:
    """The layers have other sizes."""
    track = participant.tracks.get(update.track_sid)
    if track is not None and track.kind == "video":
        track.announce_layers(update.layers)
        subscribing.resized(participant, track)
        participant.room.tell(participant)


def update_audio(participant: Participant, update: rtc.UpdateLocalAudioTrack) -> None:
    """The sound is processed in another way."""
    track = participant.tracks.get(update.track_sid)
    if track is not None and track.kind == "audio":
        track.announce_features(update.features)
        participant.room.tell(participant)
