"""What a client may ask over its signalling connection, one function per request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message
from livekit.protocol import rtc
from livekit.protocol.room import UpdateSubscriptionsRequest

from realtime.signal import describing, permitting, publishing, subscribing
from realtime.signal.limits import Limits
from realtime.signal.participant import Participant
from realtime.signal.refusals import Refusal
from realtime.signal.rooms import Rooms

_MAX_TRACKS = 256


class Left(Exception):
    """The client said goodbye."""


def handle(rooms: Rooms, participant: Participant, request: rtc.SignalRequest) -> None:
    """Act on a request; the client is told why, if it cannot be done.

    Kinds that we do not know are ignored, as newer clients send them.

    Raises:
        Left: the client leaves.
        SdpError: it described its media in a way that cannot be understood.
    """
    kind = request.WhichOneof("message")
    act = _ACTIONS.get(kind or "")
    if kind is None or act is None:
        return
    try:
        act(rooms, participant, getattr(request, kind))
    except Refusal as refusal:
        participant.send(refusal.response_to(request))


def _leave(rooms: Rooms, participant: Participant, leave: rtc.LeaveRequest) -> None:
    raise Left


def _ping_of_old(rooms: Rooms, participant: Participant, sent_ms: int) -> None:
    participant.send(rtc.SignalResponse(pong=int(time.time() * 1000)))


def _ping(rooms: Rooms, participant: Participant, ping: rtc.Ping) -> None:
    pong = rtc.Pong(last_ping_timestamp=ping.timestamp, timestamp=int(time.time() * 1000))
    participant.send(rtc.SignalResponse(pong_resp=pong))
    participant.send(rtc.SignalResponse(pong=pong.timestamp))


def _offer(rooms: Rooms, participant: Participant, offer: rtc.SessionDescription) -> None:
    participant.connections.take_offer(offer)


def _answer(rooms: Rooms, participant: Participant, answer: rtc.SessionDescription) -> None:
    participant.connections.take_answer(answer)


def _subscription(rooms: Rooms, participant: Participant, update: rtc.UpdateSubscription) -> None:
    change_subscriptions(participant, update)


def change_subscriptions(
    participant: Participant, update: rtc.UpdateSubscription | UpdateSubscriptionsRequest
) -> None:
    """Let a participant watch tracks, or no longer; what it may not watch is left out."""
    sids = [*update.track_sids]
    for tracks_of in update.participant_tracks:
        sids += tracks_of.track_sids
    tracks = participant.room.tracks()
    for sid in sids[:_MAX_TRACKS]:
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


def _track_setting(
    rooms: Rooms, participant: Participant, settings: rtc.UpdateTrackSettings
) -> None:
    subscribing.apply_settings(participant, settings)


def _subscription_permission(
    rooms: Rooms, participant: Participant, permission: rtc.SubscriptionPermission
) -> None:
    permitting.change(participant, permission)


def _update_metadata(
    rooms: Rooms, participant: Participant, update: rtc.UpdateParticipantMetadata
) -> None:
    if not participant.permission.can_update_metadata:
        text = "no permission to update own name, metadata or attributes"
        raise Refusal(rtc.RequestResponse.NOT_ALLOWED, text)
    change_texts(rooms, participant, update.name, update.metadata, update.attributes)
    done = rtc.RequestResponse(request_id=update.request_id)
    participant.send(rtc.SignalResponse(request_response=done))


def change_texts(
    rooms: Rooms,
    participant: Participant,
    name: str,
    metadata: str,
    attributes: Mapping[str, str],
) -> None:
    """Change name, metadata and attributes where given; an empty attribute is taken away.

    Raises:
        Refusal: something would be too large; nothing is changed.
    """
    merged = {**participant.attributes, **attributes}
    merged = {key: value for key, value in merged.items() if value}
    _ensure_small(rooms.limits, name, metadata, merged)
    participant.name = name or participant.name
    participant.metadata = metadata or participant.metadata
    participant.attributes = merged
    participant.room.tell(participant)
    rooms.refresh_token(participant)


def _ensure_small(limits: Limits, name: str, metadata: str, attributes: Mapping[str, str]) -> None:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
    too_large = {
        "name": len(name.encode()) > limits.name_bytes,
        "metadata": len(metadata.encode()) > limits.metadata_bytes,
        "attributes": len(attributes) > limits.attributes or size > limits.attributes_bytes,
    }
    if any(too_large.values()):
        names = ", ".join(name for name, exceeds in too_large.items() if exceeds)
        raise Refusal(rtc.RequestResponse.LIMIT_EXCEEDED, f"too large: {names}")


def _not_carried(rooms: Rooms, participant: Participant, request: Message) -> None:
    text = "data tracks and data blobs are not carried"
    raise Refusal(rtc.RequestResponse.UNSUPPORTED_TYPE, text)


# Candidates ("trickle") are not even read: as ICE-lite we dial nobody (RFC 8445 §2.5).
_ACTIONS: dict[str, Callable[[Rooms, Participant, Any], None]] = {
    "leave": _leave,
    "ping": _ping_of_old,
    "ping_req": _ping,
    "offer": _offer,
    "answer": _answer,
    "add_track": publishing.add_track,
    "mute": publishing.mute,
    "update_audio_track": describing.update_audio,
    "update_video_track": describing.update_video,
    "update_layers": describing.update_layers,
    "subscription": _subscription,
    "subscription_permission": _subscription_permission,
    "track_setting": _track_setting,
    "update_metadata": _update_metadata,
    "publish_data_track_request": _not_carried,
    "unpublish_data_track_request": _not_carried,
    "store_data_blob_request": _not_carried,
    "get_data_blob_request": _not_carried,
}
