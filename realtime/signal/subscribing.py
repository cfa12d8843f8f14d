"""Getting tracks to those who watch them, section by section."""

from __future__ import annotations

import asyncio
from collections import Counter

from livekit.protocol import rtc

from realtime.media import codecs, layers, rtp
from realtime.media.subscription import Subscription
from realtime.signal.participant import Participant
from realtime.signal.sections import Slot
from realtime.signal.tracks import Track

# A browser needs a moment to take an answer in; packets before that would be lost.
SETTLING = 0.1


def watch(participant: Participant, track: Track) -> None:
    """Let a participant get a track; media flows once a section is agreed."""
    if track.sid in participant.subscriptions or not track.published:
        return
    subscription = Subscription(track.publication, participant.peer)
    participant.subscriptions[track.sid] = subscription


def unwatch(participant: Participant, track: Track) -> None:
    """The opposite; the section is free again after the next answer."""
    subscription = participant.subscriptions.pop(track.sid, None)
    if subscription is not None:
        participant.peer.unsubscribe(subscription)
        participant.sections.release(track)


def place_all(participant: Participant, tracks: dict[str, Track]) -> list[Slot]:
    """Give sections to what waits for one; answers the newly used slots.

    Args:
        tracks: every published track of the room by sid.
    """
    placed = participant.sections.watched().values()
    slots: list[Slot] = []
    for sid in participant.subscriptions:
        track = tracks.get(sid)
        if track is not None and sid not in placed:
            slot = participant.sections.place(track)
            if slot is not None:
                slots.append(slot)
    return slots


def begin(participant: Participant, slots: list[Slot]) -> None:
    """After the answer that names them: let packets flow into these sections."""
    delay = SETTLING if participant.peer.is_open else 0.0
    loop = asyncio.get_running_loop()
    for slot in slots:
        if slot.watched is not None:
            loop.call_later(delay, _flow, participant, slot, slot.watched)


def _flow(participant: Participant, slot: Slot, track: Track) -> None:
    subscription = participant.subscriptions.get(track.sid)
    if subscription is None or slot.watched is not track:
        return
    offered = slot.offered
    subscription.payload_types = codecs.payload_types(codecs.accepted(offered.codecs))
    subscription.level_id = offered.extension_ids.get(rtp.AUDIO_LEVEL, 0)
    subscription.orientation_id = offered.extension_ids.get(rtp.ORIENTATION, 0)
    participant.peer.subscribe(subscription)


def ask_for_offer(participant: Participant, tracks: dict[str, Track]) -> None:
    """If something waits for a section or a section for its release, ask the client to offer.

    One request at a time: `offer_asked` is taken back when the offer comes.
    """
    placed = set(participant.sections.watched().values())
    waiting = Counter(
        tracks[sid].kind for sid in participant.subscriptions if sid in tracks and sid not in placed
    )
    if participant.offer_asked or participant.sections.offer is None:
        return
    if not waiting and not participant.sections.unsettled:
        return
    participant.offer_asked = True
    missing = {kind: max(0, n - participant.sections.free_of(kind)) for kind, n in waiting.items()}
    requirement = rtc.MediaSectionsRequirement(
        num_audios=missing.get("audio", 0), num_videos=missing.get("video", 0)
    )
    participant.send(rtc.SignalResponse(media_sections_requirement=requirement))


def apply_settings(
    participant: Participant, settings: rtc.UpdateTrackSettings, tracks: dict[str, Track]
) -> list[Track]:
    """A viewer's wishes: paused or not, and which size it shows. Answers the tracks concerned."""
    concerned: list[Track] = []
    for sid in list(settings.track_sids)[:256]:
        subscription, track = participant.subscriptions.get(sid), tracks.get(sid)
        if subscription is None or track is None:
            continue
        subscription.enabled = not settings.disabled
        default = min(int(settings.quality), layers.HIGH)
        if settings.height:
            default = layers.quality_for(settings.height, track.heights())
        subscription.wanted = default
        track.publication.review_one(subscription)
        concerned.append(track)
    return concerned


def tell_wanted_quality(track: Track, publisher: Participant) -> None:
    """Tell a publisher of layers which of them anybody watches, when that changed (dynacast)."""
    if len(track.publication.rids) < 2:
        return
    wanted = track.publication.wanted_quality()
    quality = layers.LOW if wanted is None else wanted
    if quality == track.told_quality:
        return
    track.told_quality = quality
    qualities = [
        rtc.SubscribedQuality(quality=level, enabled=level <= quality)  # type: ignore[arg-type]
        for level in (layers.LOW, layers.MEDIUM, layers.HIGH)
    ]
    codec = track.preferred_mime.rpartition("/")[2]
    update = rtc.SubscribedQualityUpdate(
        track_sid=track.sid,
        subscribed_qualities=qualities,
        subscribed_codecs=[rtc.SubscribedCodec(codec=codec, qualities=qualities)],
    )
    publisher.send(rtc.SignalResponse(subscribed_quality_update=update))
