"""The RTP clock that one viewer sees, whatever layer it is made of at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.media.stream import Stream

_NTP_FRACTION = 1 << 32
_WRAP = 1 << 32

# Sender reports that contradict the times of arrival by more than this are not believed, seconds.
_TRUST = 2.0


class Timeline:
    """Keeps the same instant at the same outgoing time over changes of layer and over pauses.

    `add` is what makes an outgoing RTP time of an incoming one.
    """

    __slots__ = ("_last", "_stream", "_true", "add")

    def __init__(self) -> None:
        self.add = 0
        self._true = 0
        self._stream: Stream | None = None
        self._last = 0

    def leave(self, stream: Stream) -> None:
        """Nothing more of `stream` goes out; what came last was its `latest`."""
        self._last = (stream.latest + self.add) % _WRAP

    def follow(self, stream: Stream, timestamp: int, now: float) -> None:
        """From now on packets of `stream` go out, the first one with this RTP time."""
        before, self._stream = self._stream, stream
        if before is None or before is stream:
            return
        self._true = _same_instant(before, stream, timestamp, now) + self._true - timestamp
        self.add = self._true % _WRAP
        if _signed(timestamp + self.add - self._last) <= 0:
            # A layer may lag behind by a frame. Time never goes back; the lag is not kept in
            # `_true`, so it does not add up over many changes.
            self.add = (self._last + 1 - timestamp) % _WRAP


def _same_instant(before: Stream, after: Stream, timestamp: int, now: float) -> int:
    """The time on the clock of `before` at which `after` shows `timestamp`.

    Sender reports tell it exactly (RFC 3550 §6.4.1); until both layers have sent one, the times
    of arrival do within the jitter of the way.
    """
    rate = before.publication.clock_rate
    arrived = before.latest + round((now - before.latest_at) * rate)
    old, new = before.reception.report, after.reception.report
    if old is None or new is None:
        return arrived
    elapsed = round((new.ntp - old.ntp) * rate / _NTP_FRACTION)
    told = old.timestamp + elapsed + _signed(timestamp - new.timestamp)
    return told if abs(_signed(told - arrived)) < _TRUST * rate else arrived


def _signed(ticks: int) -> int:
    return (ticks + _WRAP // 2) % _WRAP - _WRAP // 2
