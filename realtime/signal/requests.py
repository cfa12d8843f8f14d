"""What a client may ask over its signalling connection, one function per request."""

from __future__ import annotations

import time
from collections.abc import Mapping

from livekit.protocol import models, rtc

from realtime.media.publication import Publication
from realtime.signal import describing, dynacast, permitting, subscribing, tokens
from realtime.signal.participant import Participant, new_sid
from realtime.signal.rooms import Rooms
from realtime.signal.tracks import Track, info_from

_SCREEN = (models.SCREEN_SHARE, models.SCREEN_SHARE_AUDIO)


class Left(Exception):
    """The client said goodbye."""


def handle(rooms: Rooms, participant: Participant, request: rtc.SignalRequest) -> None:
    """Act on a request. Kinds that we do not know are ignored, as newer clients send them.

    Raises:
        Left: the client leaves.
        SdpError: it described its media in a way that cannot be understood.
    """
    kind = request.WhichOneof("message")
    if kind == "leave":
        raise Left
    if kind == "ping_req":
        _ping(participant, request.ping_req)
    elif kind == "ping":
        participant.send(rtc.SignalResponse(pong=int(time.time() * 1000)))
    elif kind == "update_metadata":
        _update_metadata(rooms, participant, request.update_metadata)
    elif kind == "add_track":
        _add_track(rooms, participant, request.add_track)
    elif kind is not None:
        _handle_media(participant, kind, request)


def _handle_media(participant: Participant, kind: str, request: rtc.SignalRequest) -> None:
    """Candidates ("trickle") are not even read: as ICE-lite we dial nobody (RFC 8445 §2.5)."""
    if kind == "offer":
        participant.connections.take_offer(request.offer)
    elif kind == "answer":
        participant.connections.take_answer(request.answer)
    elif kind == "mute":
        _mute(participant, request.mute)
    elif kind == "subscription":
        change_subscription(participant, request.subscription)
    elif kind == "track_setting":
        subscribing.apply_settings(participant, request.track_setting)
    elif kind == "subscription_permission":
        permitting.change(participant, request.subscription_permission)
    else:
        _describe(participant, kind, request)


def _describe(participant: Participant, kind: str, request: rtc.SignalRequest) -> None:
    if kind == "update_layers":
        describing.update_layers(participant, request.update_layers)
    elif kind == "update_video_track":
        describing.update_video(participant, request.update_video_track)
    elif kind == "update_audio_track":
        describing.update_audio(participant, request.update_audio_track)


def _mute(participant: Participant, request: rtc.MuteTrackRequest) -> None:
    track = participant.tracks.get(request.sid)
    if track is not None:
        track.muted_from_afar = False
        _set_muted(participant, track, request.muted)


def mute_from_afar(participant: Participant, track: Track) -> None:
    """Mute a track for its publisher, whose client is told until it confirms."""
    track.muted_from_afar = True
    _set_muted(participant, track, True)
    tell_to_mute(participant, track)


def tell_to_mute(participant: Participant, track: Track) -> None:
    """Tell a client that its track is muted."""
    mute = rtc.MuteTrackRequest(sid=track.sid, muted=True)
    participant.send(rtc.SignalResponse(mute=mute))


def _set_muted(participant: Participant, track: Track, muted: bool) -> None:
    if track.info.muted != muted:
        track.info.muted = muted
        participant.room.tell(participant)
        if not muted and track.kind == "video":
            dynacast.tell(participant, track)


def _ping(participant: Participant, ping: rtc.Ping) -> None:
    pong = rtc.Pong(last_ping_timestamp=ping.timestamp, timestamp=int(time.time() * 1000))
    participant.send(rtc.SignalResponse(pong_resp=pong))
    participant.send(rtc.SignalResponse(pong=pong.timestamp))


def _add_track(rooms: Rooms, participant: Participant, request: rtc.AddTrackRequest) -> None:
    if not request.cid:
        return
    known = next((t for t in participant.tracks.values() if t.cid == request.cid), None)
    if known is not None:
        if not known.published:  # asked again: our answer was lost with a signalling connection
            _tell_added(participant, known)
        return
    if not _may_add(rooms, participant, request):
        refused = rtc.RequestResponse(
            reason=rtc.RequestResponse.NOT_ALLOWED, message="not allowed", add_track=request
        )
        participant.send(rtc.SignalResponse(request_response=refused))
        return
    kind = "video" if request.type == models.VIDEO else "audio"
    sid = new_sid("TR_V" if kind == "video" else "TR_A")
    publication = Publication(sid, participant.connections.publisher, kind)
    track = Track(info_from(request, sid), request.cid, publication)
    participant.tracks[sid] = track
    _tell_added(participant, track)


def _tell_added(participant: Participant, track: Track) -> None:
    told = rtc.TrackPublishedResponse(cid=track.cid, track=track.info)
    participant.send(rtc.SignalResponse(track_published=told))


def _may_add(rooms: Rooms, participant: Participant, request: rtc.AddTrackRequest) -> bool:
    """The token's rights, and bounded numbers of tracks: screen sharing is counted apart."""
    if request.type not in (models.AUDIO, models.VIDEO):
        return False
    if not tokens.may_publish(participant.permission, request.source):
        return False
    screen = request.source in _SCREEN
    same = [t for t in participant.tracks.values() if (t.info.source in _SCREEN) == screen]
    limits = rooms.limits
    bound = limits.screen_tracks_per_participant if screen else limits.tracks_per_participant
    return len(same) < bound


def change_subscription(participant: Participant, update: rtc.UpdateSubscription) -> None:
    """Watch the named tracks of the room from now on, or no longer."""
    sids = [*update.track_sids]
    for tracks_of in update.participant_tracks:
        sids += tracks_of.track_sids
    tracks = participant.room.tracks()
    for sid in sids[:256]:
        track = tracks.get(sid)
        if track is None or not participant.permission.can_subscribe:
            continue
        if update.subscribe:
            participant.refused.discard(sid)
            participant.asked.add(sid)
        else:
            participant.asked.discard(sid)
            participant.refused.add(sid)
        subscribing.settle(participant, participant.room.owner_of(track), track)
    participant.connections.agree(tracks)


def _update_metadata(
    rooms: Rooms, participant: Participant, update: rtc.UpdateParticipantMetadata
) -> None:
    response = rtc.RequestResponse(request_id=update.request_id)
    if not participant.permission.can_update_metadata:
        response.reason = rtc.RequestResponse.NOT_ALLOWED
        response.message = "does not have permission to update own metadata"
    elif not change_texts(rooms, participant, update.name, update.metadata, update.attributes):
        response.reason = rtc.RequestResponse.LIMIT_EXCEEDED
        response.message = "too large"
    participant.send(rtc.SignalResponse(request_response=response))


def change_texts(
    rooms: Rooms,
    participant: Participant,
    name: str,
    metadata: str,
    attributes: Mapping[str, str],
) -> bool:
    """Change name, metadata and attributes where given; an empty attribute is taken away.

    Answers False, and changes nothing, when the result would be too large.
    """
    merged = {**participant.attributes, **attributes}
    merged = {key: value for key, value in merged.items() if value}
    size = len(metadata) + len(name) + sum(len(k) + len(v) for k, v in merged.items())
    limits = rooms.limits
    if size > limits.metadata_bytes or len(merged) > limits.attributes:
        return False
    participant.name = name or participant.name
    participant.metadata = metadata or participant.metadata
    participant.attributes = merged
    participant.room.tell(participant)
    return True
