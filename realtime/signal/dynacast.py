"""Telling publishers which of their layers anybody watches, so that they send no other (dynacast).

More is asked for at once, less only when it has sufficed for a while: who scrolls past a tile
should not cost its publisher a key frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livekit.protocol import rtc

from realtime.media import layers

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.tracks import Track

FEWER_AFTER = 5.0
OFF = -1


class Demand:
    """What a publisher was asked to send of a video track.

    `told` is the highest layer asked for, `OFF` for none; clients begin with all. `fewer_since` is
    since when less than that would do (seconds, monotonic), None while it would not.
    """

    __slots__ = ("fewer_since", "told")

    def __init__(self) -> None:
        self.told = layers.HIGH
        self.fewer_since: float | None = None


def review(publisher: Participant, track: Track, now: float) -> None:
    """Compare what is watched of a published track with what was asked for."""
    if track.kind != "video":
        return
    demand, wanted = track.demand, _wanted(track)
    if wanted >= demand.told:
        demand.fewer_since = None
    elif demand.fewer_since is None:
        demand.fewer_since = now
    if wanted > demand.told or (
        demand.fewer_since is not None and now - demand.fewer_since >= FEWER_AFTER
    ):
        demand.told, demand.fewer_since = wanted, None
        tell(publisher, track)


def _wanted(track: Track) -> int:
    """The highest quality that anybody wants."""
    return max((each.wanted for each in track.watchers if each.enabled), default=OFF)


def tell(publisher: Participant, track: Track) -> None:
    """Ask the publisher for what is in demand, also when it may have forgotten (unmute)."""
    qualities = [
        rtc.SubscribedQuality(quality=quality, enabled=quality <= track.demand.told)  # type: ignore[arg-type]
        for quality in (layers.LOW, layers.MEDIUM, layers.HIGH)
    ]
    codec = track.preferred_mime.rpartition("/")[2]
    update = rtc.SubscribedQualityUpdate(
        track_sid=track.sid,
        subscribed_qualities=qualities,
        subscribed_codecs=[rtc.SubscribedCodec(codec=codec, qualities=qualities)],
    )
    publisher.send(rtc.SignalResponse(subscribed_quality_update=update))
