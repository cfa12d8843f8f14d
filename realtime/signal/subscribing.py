"""Getting tracks to those who watch them, section by section."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from livekit.protocol import models, rtc

from realtime.media.subscription import Subscription
from realtime.signal import conditions, dynacast
from realtime.signal.participant import Participant
from realtime.signal.sections import Slot
from realtime.signal.tracks import Track
from realtime.signal.wishes import SMALL, WHOLE, wish_from

# A browser needs a moment to take an answer in; packets before that would be lost.
SETTLING = 0.1

# More tracks than this are not named in one request of a client.
_MAX_TRACKS = 256


def settle(participant: Participant, owner: Participant, track: Track) -> None:
    """Let a participant get a published track of another if it wants to and may, else not.

    Who wants to and may not is told so. Media flows once a section is agreed.
    """
    wanted = participant.wants(track)
    if wanted and owner.lets_watch(participant.identity, track.sid):
        _watch(participant, owner, track)
        return
    unwatch(participant, track)
    if wanted:
        tell_permission(participant, owner, track, allowed=False)


def tell_permission(
    participant: Participant, owner: Participant, track: Track, *, allowed: bool
) -> None:
    """Tell a participant whether it may watch a track."""
    told = rtc.SubscriptionPermissionUpdate(
        participant_sid=owner.sid, track_sid=track.sid, allowed=allowed
    )
    participant.send(rtc.SignalResponse(subscription_permission_update=told))


def _watch(participant: Participant, owner: Participant, track: Track) -> None:
    if track.sid in participant.subscriptions or not track.published:
        return
    subscription = Subscription(track.publication, participant.peer)
    participant.subscriptions[track.sid] = subscription
    track.watchers.add(subscription)
    apply_wish(participant, track)
    dynacast.review(owner, track, time.monotonic())


def unwatch(participant: Participant, track: Track) -> None:
    """The opposite; the section is free again after the next answer."""
    subscription = participant.subscriptions.pop(track.sid, None)
    if subscription is not None:
        track.watchers.discard(subscription)
        participant.peer.unsubscribe(subscription)
        participant.sections.release(track)


def forget(participant: Participant, track: Track) -> None:
    """A track is no longer published: nobody gets it, nor remembers what it wanted of it."""
    unwatch(participant, track)
    participant.asked.discard(track.sid)
    participant.refused.discard(track.sid)
    participant.wishes.pop(track.sid, None)


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
    subscription.agree(slot.offered)
    participant.peer.subscribe(subscription)
    if not subscription.takes(track.preferred_mime):
        failed = rtc.SubscriptionResponse(track_sid=track.sid, err=models.SE_CODEC_UNSUPPORTED)
        participant.send(rtc.SignalResponse(subscription_response=failed))
    if track.paused:
        conditions.tell_state(participant, participant.room.owner_of(track), track)


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


def apply_settings(participant: Participant, settings: rtc.UpdateTrackSettings) -> None:
    """A viewer's wishes, also for tracks that it does not get yet."""
    room = participant.room
    tracks = room.tracks()
    wish = wish_from(settings)
    for track in [tracks[sid] for sid in settings.track_sids[:_MAX_TRACKS] if sid in tracks]:
        participant.wishes[track.sid] = wish
        apply_wish(participant, track)
        dynacast.review(room.owner_of(track), track, time.monotonic())


def apply_wish(participant: Participant, track: Track) -> None:
    """Give a viewer the layer that fits what it wants, with the layers as they are now."""
    subscription = participant.subscriptions.get(track.sid)
    if subscription is None:
        return
    usual = SMALL if participant.adaptive_stream and track.kind == "video" else WHOLE
    wish = participant.wishes.get(track.sid, usual)
    subscription.enabled = wish.enabled
    subscription.wanted = wish.layer(track.heights())
    track.publication.review_one(subscription)


def resized(owner: Participant, track: Track) -> None:
    """A track's layers have other sizes: other ones may fit its viewers now."""
    for participant in owner.room.others(owner):
        apply_wish(participant, track)
    dynacast.review(owner, track, time.monotonic())
