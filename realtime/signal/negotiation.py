"""What answers and offers have in common: which section carries what, and when packets begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

from realtime.media import answer, sdp
from realtime.media.answer import Receiving, Sending, Use
from realtime.signal import conditions
from realtime.signal.sections import Sections, Slot
from realtime.signal.tracks import Track

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.signal.participant import Participant


def write_answer(
    participant: Participant,
    peer: Peer,
    sections: Sections,
    offer: sdp.Description,
    *,
    version: int,
) -> str:
    """The answer to an offer of the client."""
    uses = {mid: _use(participant, slot) for mid, slot in sections.slots.items()}
    transport = peer.plane.transport_of(peer)
    return answer.write(offer, transport, uses, version=version, data=False)


def _use(participant: Participant, slot: Slot) -> Use:
    if slot.published is not None:
        published = slot.published
        return Receiving(published.preferred_mime, published.dtx, published.red)
    return sending(participant, slot.watched) if slot.watched is not None else None


def sending(participant: Participant, track: Track, *, alone: bool = False) -> Sending | None:
    """How a section that carries `track` is described; None when it is not watched after all.

    Args:
        alone: name the track where its stream is named. A client that learned the track from
            an earlier use of the section knows this one only so; it then plays out of step.
    """
    subscription = participant.subscriptions.get(track.sid)
    if subscription is None:
        return None
    owner = participant.room.owner_of(track)
    stream = f"{owner.sid}|{track.sid if alone else track.info.stream}"
    ssrc, repair_ssrc = subscription.ssrc, subscription.repair_ssrc
    return Sending(stream, track.sid, ssrc, repair_ssrc, owner.connections.publisher.cname)


def begin(participant: Participant, track: Track, agreed: sdp.Section) -> None:
    """Let packets of a track flow, numbered as the client's section has it.

    The client is told when it cannot decode them, and when there are none at the moment.
    """
    subscription = participant.subscriptions.get(track.sid)
    if subscription is None or subscription.payload_types:
        return
    subscription.agree(agreed)
    participant.connections.subscriber.subscribe(subscription)
    if not subscription.takes(track.preferred_mime):
        failed = rtc.SubscriptionResponse(track_sid=track.sid, err=models.SE_CODEC_UNSUPPORTED)
        participant.send(rtc.SignalResponse(subscription_response=failed))
    if track.paused:
        conditions.tell_state(participant, participant.room.owner_of(track), track)


def description(
    kind: str, text: str, number: int, carried: dict[str, str]
) -> rtc.SessionDescription:
    """The message around a description; `carried` is mid → track sid of everything we send."""
    return rtc.SessionDescription(type=kind, sdp=text, id=number, mid_to_track_id=carried)
