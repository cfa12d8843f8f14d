"""Who watches which track, paused or not and in which size."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from livekit.protocol import rtc

from realtime.media import layers
from realtime.media.subscription import Subscription
from realtime.signal.participant import Participant
from realtime.signal.tracks import Track


def watch(participant: Participant, track: Track) -> None:
    """Let a participant get a track; media flows once a section is agreed."""
    if track.sid in participant.subscriptions or not track.published:
        return
    subscription = Subscription(track.publication, participant.connections.subscriber)
    participant.subscriptions[track.sid] = subscription


def unwatch(participant: Participant, track: Track) -> None:
    """The opposite; the section is free again after the next answer."""
    subscription = participant.subscriptions.pop(track.sid, None)
    if subscription is not None:
        participant.connections.subscriber.unsubscribe(subscription)
        participant.connections.release(track)


def unplaced(
    participant: Participant, tracks: Mapping[str, Track], placed: Collection[str]
) -> list[Track]:
    """What a participant watches and no section carries yet.

    Args:
        tracks: every published track of the room by sid.
        placed: sids of the tracks that a section carries.
    """
    return [tracks[sid] for sid in participant.subscriptions if sid in tracks and sid not in placed]


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
