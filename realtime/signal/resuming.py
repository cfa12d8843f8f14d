"""Coming back on a new signalling connection: the participant was kept, so is everything it has.

The client hears first that it is back, then how things are now, whatever it missed. It answers
with its own state, and restarts ICE if it has to.
"""

from __future__ import annotations

import time

from livekit.protocol import models, rtc

from realtime.signal import (
    conditions,
    data,
    dynacast,
    greeting,
    publishing,
    requests,
    simulating,
    speakers,
    subscribing,
)
from realtime.signal.joining import Arrival
from realtime.signal.outbox import Outbox
from realtime.signal.participant import Participant
from realtime.signal.rooms import Rooms
from realtime.signal.tokens import Admission


def resume(
    rooms: Rooms, admission: Admission, arrival: Arrival, outbox: Outbox
) -> Participant | None:
    """The participant that was kept for this client; None when there is none (any more)."""
    participant = _kept(rooms, admission, arrival)
    if participant is None:
        return None
    heard_at = participant.heard_at
    participant.attach(outbox, time.monotonic())
    if not simulating.cuts_before_words(participant):
        _tell_how_things_are(rooms, participant, missed_since=heard_at)
        simulating.cut_after_words(participant)
    return participant


def _kept(rooms: Rooms, admission: Admission, arrival: Arrival) -> Participant | None:
    room = rooms.rooms.get(admission.grants.room)
    participant = room.participants.get(admission.identity) if room else None
    sid = arrival.request.participant_sid
    if participant is None or sid not in ("", participant.sid):
        return None
    return participant if participant.connections.dual == arrival.dual else None


def _tell_how_things_are(rooms: Rooms, participant: Participant, *, missed_since: float) -> None:
    """Everything that may have been said to a connection that was dead already."""
    room = participant.room
    participant.send(greeting.reconnect_response(participant))
    for track in participant.tracks.values():
        if track.muted_from_afar:
            publishing.tell_to_mute(participant, track)
        if track.published and track.kind == "video":
            dynacast.tell(participant, track)
    left = room.departed_since(missed_since)
    there = [p.info() for p in room.participants.values() if p is participant or not p.hidden]
    update = rtc.ParticipantUpdate(participants=[*left, *there])
    participant.send(rtc.SignalResponse(update=update))
    participant.send(rtc.SignalResponse(room_update=rtc.RoomUpdate(room=room.info())))
    speaking = rtc.SpeakersChanged(speakers=speakers.state(room))
    participant.send(rtc.SignalResponse(speakers_changed=speaking))
    conditions.tell_again(participant)
    rooms.refresh_token(participant)
    participant.connections.resume(room.tracks())


def take_sync_state(rooms: Rooms, participant: Participant, state: rtc.SyncState) -> None:
    """Adopt what the client says that it has; one that has other tracks than we must start anew."""
    if any(published.track.sid not in participant.tracks for published in state.publish_tracks):
        reconnect = rtc.LeaveRequest.RECONNECT
        rooms.dismiss(participant, models.STATE_MISMATCH, action=reconnect)
        return
    subscribing.pause(participant, state.track_sids_disabled)
    requests.change_subscriptions(participant, state.subscription)
    data.replay(participant, state.datachannel_receive_states)
