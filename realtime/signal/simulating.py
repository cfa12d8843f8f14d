"""Accidents that a client asks for, so that its own behaviour in them can be tried."""

from __future__ import annotations

import asyncio
import enum
import time

from livekit.protocol import models, rtc

from realtime.signal.participant import Participant
from realtime.signal.rooms import Rooms

MAX_SPEAKING = 60
_LEVEL = 0.9


class Simulated(enum.Enum):
    """What is to happen to the next signalling connection of a participant."""

    CUT_AFTER_WORDS = enum.auto()
    CUT_BEFORE_WORDS = enum.auto()


def simulate(rooms: Rooms, participant: Participant, wish: rtc.SimulateScenario) -> None:
    """Let an accident happen to a participant; what we have no way to do is refused."""
    scenario = wish.WhichOneof("scenario")
    if scenario == "speaker_update":
        _speak(participant, min(wish.speaker_update, MAX_SPEAKING))
    elif scenario == "node_failure":
        _vanish(rooms, participant)
    elif scenario == "migration":
        rooms.ask_to_resume(participant, models.MIGRATION)
    elif scenario == "server_leave":
        rooms.dismiss(participant, models.SERVER_SHUTDOWN)
    elif scenario == "leave_request_full_reconnect":
        reconnect = rtc.LeaveRequest.RECONNECT
        rooms.dismiss(participant, models.STATE_MISMATCH, action=reconnect)
    elif scenario == "disconnect_signal_on_resume":
        participant.simulated = Simulated.CUT_AFTER_WORDS
    elif scenario == "disconnect_signal_on_resume_no_messages":
        participant.simulated = Simulated.CUT_BEFORE_WORDS
    else:
        _refuse(participant, scenario or "unknown")


def cuts_before_words(participant: Participant) -> bool:
    """Whether the new signalling connection was cut at once, as the client wished."""
    if participant.simulated is not Simulated.CUT_BEFORE_WORDS:
        return False
    participant.simulated = None
    participant.detach(time.monotonic())
    return True


def cut_after_words(participant: Participant) -> None:
    """Cut the new signalling connection after what was said, if the client wished so."""
    if participant.simulated is Simulated.CUT_AFTER_WORDS:
        participant.simulated = None
        participant.detach(time.monotonic())


def _speak(participant: Participant, seconds: int) -> None:
    _tell_speaking(participant, active=True)
    loop = asyncio.get_running_loop()
    loop.call_later(seconds, lambda: _tell_speaking(participant, active=False))


def _tell_speaking(participant: Participant, *, active: bool) -> None:
    speaker = models.SpeakerInfo(sid=participant.sid, level=_LEVEL * active, active=active)
    message = rtc.SignalResponse(speakers_changed=rtc.SpeakersChanged(speakers=[speaker]))
    for each in participant.room.participants.values():
        each.send(message)


def _vanish(rooms: Rooms, participant: Participant) -> None:
    """As if this process had died: not a word, and nobody to come back to."""
    participant.detach(time.monotonic())
    rooms.leave(participant, models.SERVER_SHUTDOWN)


def _refuse(participant: Participant, scenario: str) -> None:
    refusal = rtc.RequestResponse(
        reason=rtc.RequestResponse.UNSUPPORTED_TYPE, message=f"cannot simulate {scenario}"
    )
    participant.send(rtc.SignalResponse(request_response=refusal))
