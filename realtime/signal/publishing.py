"""What a participant publishes: tracks announced, muted and ended.

Each function takes one request of a client; all raise `Refusal` for what cannot be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

from realtime.media.publication import Publication
from realtime.signal import dynacast, tokens
from realtime.signal.participant import Participant, new_sid
from realtime.signal.refusals import Refusal
from realtime.signal.tracks import MAX_NAME, Track, info_from

if TYPE_CHECKING:
    from realtime.signal.limits import Limits
    from realtime.signal.rooms import Rooms

_SCREEN = (models.SCREEN_SHARE, models.SCREEN_SHARE_AUDIO)


def add_track(rooms: Rooms, participant: Participant, request: rtc.AddTrackRequest) -> None:
    """Take note of a track; it is published once a section carries it."""
    known = next((t for t in participant.tracks.values() if t.cid == request.cid), None)
    if known is not None and not known.published:
        _tell_added(participant, known)  # our answer was lost with a signalling connection
        return
    _ensure_allowed(participant, request)
    _ensure_new(participant, request, known)
    _ensure_room(rooms.limits, participant, request)
    kind = "video" if request.type == models.VIDEO else "audio"
    sid = new_sid("TR_V" if kind == "video" else "TR_A")
    publication = Publication(sid, participant.connections.publisher, kind)
    track = Track(info_from(request, sid), request.cid, publication)
    participant.tracks[sid] = track
    _tell_added(participant, track)


def _tell_added(participant: Participant, track: Track) -> None:
    told = rtc.TrackPublishedResponse(cid=track.cid, track=track.info)
    participant.send(rtc.SignalResponse(track_published=told))


def _ensure_allowed(participant: Participant, request: rtc.AddTrackRequest) -> None:
    if not tokens.may_publish(participant.permission, request.source):
        raise Refusal(rtc.RequestResponse.NOT_ALLOWED, "no permission to publish this source")
    if request.type not in (models.AUDIO, models.VIDEO):
        raise Refusal(rtc.RequestResponse.UNSUPPORTED_TYPE, "neither sound nor picture")


def _ensure_new(
    participant: Participant, request: rtc.AddTrackRequest, known: Track | None
) -> None:
    if request.sid:
        own_track(participant, request.sid)
        text = "a track is sent in one codec: no backup is taken"
        raise Refusal(rtc.RequestResponse.UNSUPPORTED_TYPE, text)
    if not 0 < len(request.cid) <= MAX_NAME:
        raise Refusal(rtc.RequestResponse.INVALID_REQUEST, "track id missing or too long")
    if known is not None:
        raise Refusal(rtc.RequestResponse.INVALID_REQUEST, "a track of this id is there already")


def _ensure_room(limits: Limits, participant: Participant, request: rtc.AddTrackRequest) -> None:
    """Tracks are bounded; those of a screen are counted apart."""
    screen = request.source in _SCREEN
    same = [t for t in participant.tracks.values() if (t.info.source in _SCREEN) == screen]
    bound = limits.screen_tracks_per_participant if screen else limits.tracks_per_participant
    if len(same) >= bound:
        raise Refusal(rtc.RequestResponse.LIMIT_EXCEEDED, f"at most {bound} tracks of this kind")


def mute(rooms: Rooms, participant: Participant, request: rtc.MuteTrackRequest) -> None:
    """The publisher mutes its track, or opens it."""
    track = own_track(participant, request.sid)
    track.muted_from_afar = False
    _set_muted(participant, track, request.muted)


def mute_from_afar(participant: Participant, track: Track) -> None:
    """Mute a track for its publisher, whose client is told until it confirms."""
    track.muted_from_afar = True
    _set_muted(participant, track, True)
    tell_to_mute(participant, track)


def tell_to_mute(participant: Participant, track: Track) -> None:
    """Tell a client that its track is muted."""
    told = rtc.MuteTrackRequest(sid=track.sid, muted=True)
    participant.send(rtc.SignalResponse(mute=told))


def _set_muted(participant: Participant, track: Track, muted: bool) -> None:
    if track.info.muted != muted:
        track.info.muted = muted
        participant.room.tell(participant)
        if not muted and track.kind == "video":
            dynacast.tell(participant, track)


def own_track(participant: Participant, sid: str) -> Track:
    """A participant's own track, published or only announced.

    Raises:
        Refusal: it has none of this sid.
    """
    track = participant.tracks.get(sid)
    if track is None:
        raise Refusal(rtc.RequestResponse.NOT_FOUND, "no such track of yours")
    return track
