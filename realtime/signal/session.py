"""One signalling connection (WebSocket), from its first word to its last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.media.allowance import Allowance
from realtime.media.sdp import SdpError
from realtime.signal import greeting, requests, resuming, simulating
from realtime.signal.joining import Arrival
from realtime.signal.outbox import Outbox
from realtime.signal.participant import Participant
from realtime.signal.requests import Left
from realtime.signal.rooms import Rooms
from realtime.signal.space import NoSpace
from realtime.signal.tokens import Admission

_log = logging.getLogger(__name__)

# What a WebSocket raises that is no longer there.
_GONE = (WebSocketDisconnect, RuntimeError)
# A message counts once, and once more for each so many bytes: a long offer is much work.
_BYTES_OF_ONE = 4096


async def serve(websocket: WebSocket, rooms: Rooms, admission: Admission, arrival: Arrival) -> None:
    """Serve one admitted client until it leaves, is sent away, or its connection is gone."""
    await websocket.accept()
    outbox = Outbox(rooms.limits.outbox_messages)
    participant = _begin(rooms, admission, arrival, outbox)
    within = rooms.limits.take_within
    writing = asyncio.create_task(outbox.drain(websocket.send_bytes, within=within))
    reading = asyncio.create_task(_read(websocket, rooms, participant, outbox))
    try:
        await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        if outbox.ended:  # what was said last is still sent
            await asyncio.wait({writing}, timeout=within)
    finally:
        if participant is not None:
            rooms.lose_signal(participant, outbox)
        await _end(writing, reading)
        with contextlib.suppress(*_GONE, TimeoutError):
            async with asyncio.timeout(within):
                await websocket.close(outbox.code)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception) and not isinstance(result, _GONE):
            _log.error("a signalling connection ended by a defect", exc_info=result)


def _begin(
    rooms: Rooms, admission: Admission, arrival: Arrival, outbox: Outbox
) -> Participant | None:
    """Whom this connection belongs to; None when it was sent away at once."""
    if arrival.request.reconnect:
        return _resume(rooms, admission, arrival, outbox)
    try:
        participant = rooms.join(admission, arrival, outbox)
    except NoSpace:  # somebody else took the last place since the door was asked
        _send_away(arrival, outbox, models.JOIN_FAILURE, rtc.LeaveRequest.DISCONNECT)
        return None
    _welcome(rooms, participant, arrival.request)
    return participant


def _resume(
    rooms: Rooms, admission: Admission, arrival: Arrival, outbox: Outbox
) -> Participant | None:
    resumed = resuming.resume(rooms, admission, arrival, outbox)
    if resumed is None:  # a leave as first message makes a client join from the start
        _send_away(arrival, outbox, models.STATE_MISMATCH, rtc.LeaveRequest.RECONNECT)
    elif arrival.request.HasField("sync_state"):
        _handle(rooms, resumed, rtc.SignalRequest(sync_state=arrival.request.sync_state))
    return resumed


def _send_away(
    arrival: Arrival,
    outbox: Outbox,
    reason: models.DisconnectReason,
    action: rtc.LeaveRequest.Action,
) -> None:
    leave = greeting.leave_request(arrival.request.client_info, reason, action)
    if leave is not None:
        outbox.put(leave)
    outbox.end()


def _welcome(rooms: Rooms, participant: Participant, request: rtc.JoinRequest) -> None:
    """The join response, the answer to the offer that came with the request, and a fresh token."""
    room = participant.room
    participant.auto_subscribe = request.connection_settings.auto_subscribe
    participant.adaptive_stream = request.connection_settings.adaptive_stream
    others = [p.info() for p in room.participants.values() if not p.hidden]
    participant.version = 1
    participant.state = models.ParticipantInfo.JOINED
    participant.send(greeting.join_response(participant, others, rooms.limits))
    room.enter(participant)
    for track in request.add_track_requests:
        requests.handle(rooms, participant, rtc.SignalRequest(add_track=track))
    if request.HasField("publisher_offer"):
        _handle(rooms, participant, rtc.SignalRequest(offer=request.publisher_offer))
    participant.connections.agree(room.tracks())
    rooms.refresh_token(participant)


async def _read(
    websocket: WebSocket, rooms: Rooms, participant: Participant | None, outbox: Outbox
) -> None:
    """Act on what the client says, while this is its connection.

    Who says too much is read more slowly, and nothing of it is lost.
    """
    allowance, owed = Allowance(rooms.limits.messages_per_second), 0.0
    while participant is not None and not outbox.ended:
        await asyncio.sleep(owed)
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect" or outbox.ended:
            return
        now = time.monotonic()
        participant.heard_at = now
        body = message.get("bytes")
        if not body or len(body) > rooms.limits.message_bytes:
            continue
        owed = allowance.owe(1 + len(body) // _BYTES_OF_ONE, now)
        with contextlib.suppress(DecodeError):
            _handle(rooms, participant, rtc.SignalRequest.FromString(body))


def _handle(rooms: Rooms, participant: Participant, request: rtc.SignalRequest) -> None:
    try:
        if request.HasField("sync_state"):
            resuming.take_sync_state(rooms, participant, request.sync_state)
        elif request.HasField("simulate"):
            simulating.simulate(rooms, participant, request.simulate)
        else:
            requests.handle(rooms, participant, request)
    except Left:
        rooms.leave(participant, models.CLIENT_INITIATED)
    except SdpError:
        reconnect = rtc.LeaveRequest.RECONNECT
        rooms.dismiss(participant, models.STATE_MISMATCH, action=reconnect)
