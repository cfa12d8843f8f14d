"""`/rtc/v1`: one WebSocket from join to leave."""

from __future__ import annotations

import asyncio
import contextlib
import time

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.media.retransmit import Allowance
from realtime.media.sdp import SdpError
from realtime.signal import negotiation, requests
from realtime.signal.joining import JoinRequestError, read_join_request
from realtime.signal.outbox import Outbox
from realtime.signal.participant import Participant
from realtime.signal.requests import Left
from realtime.signal.rooms import Rooms
from realtime.signal.space import NoSpace
from realtime.signal.tokens import Admission

PROTOCOL = 16
_CODECS = ("audio/opus", "video/VP8", "video/H264")


async def serve(websocket: WebSocket, rooms: Rooms, admission: Admission) -> None:
    """Serve one admitted client until it leaves, falls silent or is sent away."""
    try:
        request = read_join_request(websocket.query_params.get("join_request", ""))
    except JoinRequestError:
        await websocket.close()
        return
    await websocket.accept()
    if request.reconnect:
        # We keep nothing to resume: a leave as first message makes a client join from the start.
        await _send_away(websocket, models.STATE_MISMATCH, rtc.LeaveRequest.RECONNECT)
        return
    outbox = Outbox(rooms.limits.outbox_messages)
    try:
        participant = rooms.join(admission, outbox)
    except NoSpace:  # somebody else took the last place since the door was asked
        await _send_away(websocket, models.JOIN_FAILURE, rtc.LeaveRequest.DISCONNECT)
        return
    try:
        _welcome(rooms, participant, request)
        await _converse(websocket, rooms, participant)
    except (Left, SdpError):
        rooms.leave(participant, models.CLIENT_INITIATED)
    finally:
        rooms.leave(participant, models.CONNECTION_TIMEOUT)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()


async def _send_away(
    websocket: WebSocket, reason: models.DisconnectReason, action: rtc.LeaveRequest.Action
) -> None:
    again = action != rtc.LeaveRequest.DISCONNECT
    leave = rtc.LeaveRequest(reason=reason, action=action, can_reconnect=again)
    await websocket.send_bytes(rtc.SignalResponse(leave=leave).SerializeToString())
    await websocket.close()


def _welcome(rooms: Rooms, participant: Participant, request: rtc.JoinRequest) -> None:
    """The join response, the answer to the offer that came with the request, and a fresh token."""
    room = participant.room
    participant.auto_subscribe = request.connection_settings.auto_subscribe
    others = [p.info() for p in room.participants.values() if not p.hidden]
    participant.version = 1
    participant.state = models.ParticipantInfo.JOINED
    participant.send(rtc.SignalResponse(join=_join_response(rooms, participant, others)))
    room.enter(participant)
    for track in request.add_track_requests:
        requests.handle(rooms, participant, rtc.SignalRequest(add_track=track))
    if request.HasField("publisher_offer"):
        negotiation.answer_offer(participant, request.publisher_offer)
    rooms.refresh_token(participant)


def _join_response(
    rooms: Rooms, participant: Participant, others: list[models.ParticipantInfo]
) -> rtc.JoinResponse:
    server = models.ServerInfo(version="1.9.0", protocol=PROTOCOL, region="")
    return rtc.JoinResponse(
        room=participant.room.info(),
        participant=participant.info(),
        other_participants=others,
        server_version=server.version,
        server_info=server,
        ping_interval=rooms.limits.ping_interval,
        ping_timeout=rooms.limits.ping_timeout,
        client_configuration=models.ClientConfiguration(
            resume_connection=models.ClientConfigSetting.DISABLED
        ),
        enabled_publish_codecs=[models.Codec(mime=mime) for mime in _CODECS],
    )


async def _converse(websocket: WebSocket, rooms: Rooms, participant: Participant) -> None:
    """Read and write until one side ends."""
    writing = asyncio.create_task(participant.outbox.drain(websocket.send_bytes))
    reading = asyncio.create_task(_read(websocket, rooms, participant))
    done, pending = await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            task.result()


async def _read(websocket: WebSocket, rooms: Rooms, participant: Participant) -> None:
    allowance = Allowance(rooms.limits.messages_per_second)
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        now = time.monotonic()
        participant.heard_at = now
        body = message.get("bytes")
        if not body or len(body) > rooms.limits.message_bytes or not allowance.take(now):
            continue
        with contextlib.suppress(DecodeError):
            requests.handle(rooms, participant, rtc.SignalRequest.FromString(body))
