"""Who watches which track, paused or not and in which size."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace

from livekit.protocol import rtc

from realtime.media.subscription import Subscription
from realtime.signal import dynacast
from realtime.signal.participant import Participant
from realtime.signal.tracks import Track
from realtime.signal.wishes import SMALL, WHOLE, wish_from

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
    subscription = Subscription(track.publication, participant.connections.subscriber)
    participant.subscriptions[track.sid] = subscription
    track.watchers.add(subscription)
    apply_wish(participant, track)
    dynacast.review(owner, track, time.monotonic())


def unwatch(participant: Participant, track: Track) -> None:
    """The opposite; the section is free again after the next answer."""
    subscription = participant.subscriptions.pop(track.sid, None)
    if subscription is not None:
        track.watchers.discard(subscription)
        participant.connections.subscriber.unsubscribe(subscription)
        participant.connections.release(track)


def forget(participant: Participant, track: Track) -> None:
    """A track is no longer published: nobody gets it, nor remembers what it wanted of it."""
    unwatch(participant, track)
    participant.asked.discard(track.sid)
    participant.refused.discard(track.sid)
    participant.wishes.pop(track.sid, None)


def unplaced(
    participant: Participant, tracks: Mapping[str, Track], placed: Collection[str]
) -> list[Track]:
    """What a participant watches and no section carries yet.

    Args:
        tracks: every published track of the room by sid.
        placed: sids of the tracks that a section carries.
    """
    return [tracks[sid] for sid in participant.subscriptions if sid in tracks and sid not in placed]


def apply_settings(participant: Participant, settings: rtc.UpdateTrackSettings) -> None:
    """A viewer's wishes, also for tracks that it does not get yet."""
    room = participant.room
    tracks = room.tracks()
    wish = wish_from(settings)
    for track in [tracks[sid] for sid in settings.track_sids[:_MAX_TRACKS] if sid in tracks]:
        participant.wishes[track.sid] = wish
        apply_wish(participant, track)
        dynacast.review(room.owner_of(track), track, time.monotonic())


def pause(participant: Participant, sids: Collection[str]) -> None:
    """A viewer that comes back shows these tracks not at all; in which size it did is kept."""
    room = participant.room
    tracks = room.tracks()
    for track in [tracks[sid] for sid in list(sids)[:_MAX_TRACKS] if sid in tracks]:
        wish = participant.wishes.get(track.sid, WHOLE)
        participant.wishes[track.sid] = replace(wish, enabled=False)
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
