"""What a client may ask over its signalling connection, one function per request."""

from __future__ import annotations

import time
from collections.abc import Mapping

from livekit.protocol import models, rtc

from realtime.media.publication import Publication
from realtime.media.sdp import SdpError
from realtime.signal import negotiation, subscribing, tokens
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
    if kind == "offer":
        _offer(participant, request.offer)
    elif kind == "mute":
        track = participant.tracks.get(request.mute.sid)
        if track is not None:
            set_muted(participant, track, request.mute.muted)
    elif kind == "subscription":
        _subscription(participant, request.subscription)
    elif kind == "track_setting":
        _track_setting(participant, request.track_setting)
    elif kind == "publish_data_track_request":
        _refuse_data_track(participant, request.publish_data_track_request)


def set_muted(participant: Participant, track: Track, muted: bool) -> None:
    """Note and tell that a track is muted or not."""
    if track.info.muted != muted:
        track.info.muted = muted
        participant.room.tell(participant)


def _ping(participant: Participant, ping: rtc.Ping) -> None:
    pong = rtc.Pong(last_ping_timestamp=ping.timestamp, timestamp=int(time.time() * 1000))
    participant.send(rtc.SignalResponse(pong_resp=pong))
    participant.send(rtc.SignalResponse(pong=pong.timestamp))


def _offer(participant: Participant, offer: rtc.SessionDescription) -> None:
    try:
        negotiation.answer_offer(participant, offer)
    except SdpError as error:
        raise Left from error


def _add_track(rooms: Rooms, participant: Participant, request: rtc.AddTrackRequest) -> None:
    if not request.cid or any(track.cid == request.cid for track in participant.tracks.values()):
        return
    if not _may_add(rooms, participant, request):
        refused = rtc.RequestResponse(
            reason=rtc.RequestResponse.NOT_ALLOWED, message="not allowed", add_track=request
        )
        participant.send(rtc.SignalResponse(request_response=refused))
        return
    kind = "video" if request.type == models.VIDEO else "audio"
    sid = new_sid("TR_V" if kind == "video" else "TR_A")
    track = Track(info_from(request, sid), request.cid, Publication(sid, participant.peer, kind))
    participant.tracks[sid] = track
    told = rtc.TrackPublishedResponse(cid=request.cid, track=track.info)
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


def _subscription(participant: Participant, update: rtc.UpdateSubscription) -> None:
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
            if sid not in participant.tracks:
                subscribing.watch(participant, track)
        else:
            participant.refused.add(sid)
            subscribing.unwatch(participant, track)
    subscribing.ask_for_offer(participant, tracks)


def _refuse_data_track(participant: Participant, request: rtc.PublishDataTrackRequest) -> None:
    refused = rtc.RequestResponse(
        reason=rtc.RequestResponse.NOT_ALLOWED,
        message="data tracks are not served here",
        publish_data_track=request,
    )
    participant.send(rtc.SignalResponse(request_response=refused))


def _track_setting(participant: Participant, settings: rtc.UpdateTrackSettings) -> None:
    room = participant.room
    for track in subscribing.apply_settings(participant, settings, room.tracks()):
        subscribing.tell_wanted_quality(track, room.owner_of(track))


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
