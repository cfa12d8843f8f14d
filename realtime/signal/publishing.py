"""What a participant publishes: tracks announced, muted, described anew.

Each function takes one request of a client; all raise `Refusal` for what cannot be done.
"""

from __future__ import annotations

from livekit.protocol import models, rtc

from realtime.media.publication import Publication
from realtime.signal import tokens
from realtime.signal.limits import Limits
from realtime.signal.participant import Participant, new_sid
from realtime.signal.refusals import Refusal
from realtime.signal.rooms import Rooms
from realtime.signal.tracks import MAX_FEATURES, MAX_NAME, MAX_PIXELS, Track, info_from

_SCREEN = (models.SCREEN_SHARE, models.SCREEN_SHARE_AUDIO)


def add_track(rooms: Rooms, participant: Participant, request: rtc.AddTrackRequest) -> None:
    """Take note of a track; it is published once a section carries it."""
    _ensure_allowed(participant, request)
    _ensure_new(participant, request)
    _ensure_room(rooms.limits, participant, request)
    kind = "video" if request.type == models.VIDEO else "audio"
    sid = new_sid("TR_V" if kind == "video" else "TR_A")
    track = Track(info_from(request, sid), request.cid, Publication(sid, participant.peer, kind))
    participant.tracks[sid] = track
    told = rtc.TrackPublishedResponse(cid=request.cid, track=track.info)
    participant.send(rtc.SignalResponse(track_published=told))


def _ensure_allowed(participant: Participant, request: rtc.AddTrackRequest) -> None:
    if not tokens.may_publish(participant.permission, request.source):
        raise Refusal(rtc.RequestResponse.NOT_ALLOWED, "no permission to publish this source")
    if request.type not in (models.AUDIO, models.VIDEO):
        raise Refusal(rtc.RequestResponse.UNSUPPORTED_TYPE, "neither sound nor picture")


def _ensure_new(participant: Participant, request: rtc.AddTrackRequest) -> None:
    if request.sid:
        own_track(participant, request.sid)
        text = "a track is sent in one codec: no backup is taken"
        raise Refusal(rtc.RequestResponse.UNSUPPORTED_TYPE, text)
    if not 0 < len(request.cid) <= MAX_NAME:
        raise Refusal(rtc.RequestResponse.INVALID_REQUEST, "track id missing or too long")
    if any(track.cid == request.cid for track in participant.tracks.values()):
        raise Refusal(rtc.RequestResponse.INVALID_REQUEST, "a track of this id is there already")


def _ensure_room(limits: Limits, participant: Participant, request: rtc.AddTrackRequest) -> None:
    """Tracks are bounded; those of a screen are counted apart."""
    screen = request.source in _SCREEN
    same = [t for t in participant.tracks.values() if (t.info.source in _SCREEN) == screen]
    bound = limits.screen_tracks_per_participant if screen else limits.tracks_per_participant
    if len(same) >= bound:
        raise Refusal(rtc.RequestResponse.LIMIT_EXCEEDED, f"at most {bound} tracks of this kind")


def mute(rooms: Rooms, participant: Participant, request: rtc.MuteTrackRequest) -> None:
    set_muted(participant, own_track(participant, request.sid), request.muted)


def set_muted(participant: Participant, track: Track, muted: bool) -> None:
    """Note and tell that a track is muted or not."""
    if track.info.muted != muted:
        track.info.muted = muted
        participant.room.tell(participant)


def update_audio(
    rooms: Rooms, participant: Participant, request: rtc.UpdateLocalAudioTrack
) -> None:
    """The publisher processes its sound differently from now on."""
    track = own_track(participant, request.track_sid)
    track.info.audio_features[:] = list(request.features)[:MAX_FEATURES]
    participant.room.tell(participant)


def update_video(
    rooms: Rooms, participant: Participant, request: rtc.UpdateLocalVideoTrack
) -> None:
    """The publisher's picture has another size from now on."""
    track = own_track(participant, request.track_sid)
    track.info.width = min(request.width, MAX_PIXELS)
    track.info.height = min(request.height, MAX_PIXELS)
    participant.room.tell(participant)


def own_track(participant: Participant, sid: str) -> Track:
    """A participant's own track, published or only announced.

    Raises:
        Refusal: it has none of this sid.
    """
    track = participant.tracks.get(sid)
    if track is None:
        raise Refusal(rtc.RequestResponse.NOT_FOUND, "no such track of yours")
    return track
