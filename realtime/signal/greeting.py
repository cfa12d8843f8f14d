"""The first thing that a client hears: that it is in, that it is back, or that it must go."""

from __future__ import annotations

from livekit.protocol import models, rtc

from realtime.signal.limits import Limits
from realtime.signal.participant import Participant

PROTOCOL = 16
# From this protocol version on clients read what to do from `action`; those before know only
# `can_reconnect`, and have no way to be told to resume.
_READS_ACTION = 13
_CODECS = ("audio/opus", "audio/red", "video/VP8", "video/H264", "video/rtx")
_SERVER = models.ServerInfo(version="1.9.0", protocol=PROTOCOL, region="")
_CLIENT = models.ClientConfiguration(resume_connection=models.ClientConfigSetting.ENABLED)


def join_response(
    participant: Participant, others: list[models.ParticipantInfo], limits: Limits
) -> rtc.SignalResponse:
    """A participant is in."""
    response = rtc.JoinResponse(
        room=participant.room.info(),
        participant=participant.info(),
        other_participants=others,
        server_version=_SERVER.version,
        server_info=_SERVER,
        subscriber_primary=participant.connections.dual,
        ping_interval=limits.ping_interval,
        ping_timeout=limits.ping_timeout,
        client_configuration=_CLIENT,
        enabled_publish_codecs=[models.Codec(mime=mime) for mime in _CODECS],
    )
    return rtc.SignalResponse(join=response)


def reconnect_response() -> rtc.SignalResponse:
    """A participant is back on a new signalling connection."""
    response = rtc.ReconnectResponse(server_info=_SERVER, client_configuration=_CLIENT)
    return rtc.SignalResponse(reconnect=response)


def leave_request(
    client: models.ClientInfo,
    reason: models.DisconnectReason,
    action: rtc.LeaveRequest.Action,
) -> rtc.SignalResponse | None:
    """A participant must go, for good or to come back; None when its client cannot be told."""
    if action == rtc.LeaveRequest.RESUME and client.protocol < _READS_ACTION:
        return None
    again = action == rtc.LeaveRequest.RECONNECT
    leave = rtc.LeaveRequest(reason=reason, action=action, can_reconnect=again)
    return rtc.SignalResponse(leave=leave)
