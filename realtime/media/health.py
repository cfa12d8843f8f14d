"""How well a peer's line carries media, judged from both directions.

A simplified E-model (ITU-T G.107): a score of 100 less what delay and loss take from it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from realtime.media import codecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realtime.media.peer import Peer
    from realtime.media.stream import Stream
    from realtime.media.subscription import Subscription

_BEST, _WORST_HEARD = 100.0, 20.0
_EXCELLENT_ABOVE, _GOOD_ABOVE = 80.0, 40.0

# What a lost packet in a hundred takes. Pictures suffer most, sound with its past beside it least.
_PICTURE, _SOUND, _SOUND_WITH_PAST = 10.0, 8.0, 4.0

# A stream of fewer packets is judged as if it had so many: one loss of ten says nothing.
_FEW = 50

# Getting worse shows at once, getting better has to last.
_FALLING, _RISING = 0.8, 0.4

# Nothing signed came for so many seconds: browsers check their way every 2.5 to 5.
_SILENT = 8.0


class Quality(IntEnum):
    """What a person is told of a line."""

    LOST, POOR, GOOD, EXCELLENT = range(4)


class Health:
    """The state of one peer's line. `score` is smoothed, 0 to 100.

    `lost_up` and `lost_down` are the worst shares of packets lost since the judgement before.
    """

    __slots__ = ("_heard", "_sent", "lost_down", "lost_up", "score")

    def __init__(self) -> None:
        self.score = _BEST
        self.lost_up = self.lost_down = 0.0
        self._heard: dict[Stream, tuple[int, int]] = {}
        self._sent: dict[Subscription, tuple[int, int, int]] = {}

    def judge(self, peer: Peer, now: float) -> Quality:
        """Judge what happened since the last call; every few seconds."""
        up, down = list(self._losses_up(peer)), list(self._losses_down(peer))
        self.lost_up = max((lost for lost, _ in up), default=0.0)
        self.lost_down = max((lost for lost, _ in down), default=0.0)
        if now - max(peer.heard_at, peer.reported_at) > _SILENT:
            return Quality.LOST
        taken = max((100 * lost * weight for lost, weight in (*up, *down)), default=0.0)
        score = max(_BEST - taken - _delay_effect(peer), _WORST_HEARD)
        weight = _FALLING if score < self.score else _RISING
        self.score += (score - self.score) * weight
        if self.score > _EXCELLENT_ABOVE:
            return Quality.EXCELLENT
        return Quality.GOOD if self.score > _GOOD_ABOVE else Quality.POOR

    def _losses_up(self, peer: Peer) -> Iterator[tuple[float, float]]:
        """Share lost and its weight, of each stream that the peer sends."""
        before, self._heard = self._heard, {}
        for stream in peer.streams.values():
            expected, received = stream.reception.expected, stream.reception.received
            was_expected, was_received = before.get(stream, (0, 0))
            self._heard[stream] = (expected, received)
            due = expected - was_expected
            yield _share(due - (received - was_received), due), _weight(stream.codec)

    def _losses_down(self, peer: Peer) -> Iterator[tuple[float, float]]:
        """The same of each stream that it gets, less what never came to us either."""
        before, self._sent = self._sent, {}
        for subscription in peer.subscriptions.values():
            heard, stream = subscription.reports.heard, subscription.stream
            if heard is None or stream is None:
                continue
            holes = stream.reception.expected - stream.reception.received
            self._sent[subscription] = (heard.highest, heard.lost, holes)
            if subscription in before:
                was_highest, was_lost, had_holes = before[subscription]
                lost = heard.lost - was_lost - max(holes - had_holes, 0)
                yield _share(lost, heard.highest - was_highest), _weight(stream.codec)


def _share(lost: int, due: int) -> float:
    return min(max(lost, 0) / max(due, _FEW), 1.0)


def _weight(codec: str) -> float:
    return {codecs.OPUS: _SOUND, codecs.RED: _SOUND_WITH_PAST}.get(codec, _PICTURE)


def _delay_effect(peer: Peer) -> float:
    """What half a round trip and the jitter of sound, twice, take; a long delay takes more."""
    streams = peer.streams.values()
    jitters = [s.reception.jitter for s in streams if s.publication.kind == "audio"]
    delay_ms = 1000 * (peer.usual_round_trip / 2 + 2 * max(jitters, default=0.0) / 48000)
    return delay_ms / 40 if delay_ms <= 160 else (delay_ms - 120) / 10
