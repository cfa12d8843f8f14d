"""From an offer to its answer."""

from __future__ import annotations

from livekit.protocol import rtc

from realtime.media import answer, sdp
from realtime.media.answer import Receiving, Sending, Use
from realtime.signal import subscribing
from realtime.signal.participant import Participant
from realtime.signal.sections import Slot
from realtime.signal.tracks import Track


def answer_offer(participant: Participant, offer: rtc.SessionDescription) -> None:
    """Take an offer in and queue its answer.

    Raises:
        SdpError: the offer cannot be answered.
    """
    description = sdp.parse(offer.sdp)
    participant.peer.take_offer(description)
    participant.offer_asked = False
    room = participant.room
    for ended in participant.sections.take(description):
        room.unpublish(participant, ended)
    for slot in participant.sections.newly_sending():
        track = participant.waiting_track(slot.offered.kind, slot.offered.track_id)
        if track is not None:
            _bind(participant, slot, track)
    tracks = room.tracks()
    placed = subscribing.place_all(participant, tracks)
    participant.send(rtc.SignalResponse(answer=_write(participant, offer.id, description)))
    participant.sections.settle()
    subscribing.begin(participant, placed)
    subscribing.ask_for_offer(participant, tracks)


def _bind(participant: Participant, slot: Slot, track: Track) -> None:
    slot.published = track
    track.sdp_cid = slot.offered.track_id
    track.info.mid = slot.offered.mid
    track.publication.bind(slot.offered)
    participant.peer.publish(track.publication)
    participant.room.publish(participant, track)


def _write(
    participant: Participant, offer_id: int, description: sdp.Description
) -> rtc.SessionDescription:
    participant.answers += 1
    peer = participant.peer
    uses = {mid: _use(participant, slot) for mid, slot in participant.sections.slots.items()}
    text = answer.write(
        description,
        peer.plane.transport_of(peer),
        uses,
        version=participant.answers,
    )
    watched = participant.sections.watched()
    return rtc.SessionDescription(type="answer", sdp=text, id=offer_id, mid_to_track_id=watched)


def _use(participant: Participant, slot: Slot) -> Use:
    if slot.published is not None:
        return Receiving(slot.published.preferred_mime, slot.published.dtx)
    if slot.watched is None:
        return None
    subscription = participant.subscriptions.get(slot.watched.sid)
    if subscription is None:
        return None
    owner = participant.room.owner_of(slot.watched)
    stream = f"{owner.sid}|{slot.watched.info.stream}"
    return Sending(stream, slot.watched.sid, subscription.ssrc, slot.watched.sid)
