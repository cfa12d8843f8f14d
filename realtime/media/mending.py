"""Asking publishers again for what was lost on its way to us."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from realtime.media import codecs, rtcp
from realtime.media.peer import REPORTER

if TYPE_CHECKING:
    from realtime.media.stream import Stream
    from realtime.media.udp import UdpSocket

# How often streams with gaps are looked at, in seconds; the others are never.
_EVERY = 0.01


class Mender:
    """Watches the gaps of all streams. `asked` counts packets asked for again.

    From `start` on it has a clock of its own, which stands still while nothing is missing.
    """

    def __init__(self, udp: UdpSocket) -> None:
        self.asked = 0
        self._udp = udp
        self._torn: set[Stream] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()

    def tear(self, stream: Stream, ahead: int, now: float) -> None:
        """A packet came that is `ahead` of the newest one before by more than one."""
        publication = stream.publication
        if not publication.nack or stream.codec == codecs.RED:
            return
        missing = ahead - 1
        if not stream.gaps.note(stream.reception.highest - missing, missing, now):
            stream.key_frame_owed = bool(stream.groups)
        elif stream not in self._torn:
            self._torn.add(stream)
            self._wake()

    def mend(self, now: float) -> None:
        """Ask for what is due."""
        for stream in list(self._torn):
            peer = stream.publication.peer
            if peer.streams.get(stream.ssrc) is not stream or not stream.gaps:
                self._torn.discard(stream)
                continue
            lost = stream.gaps.due(now, peer.usual_round_trip)
            if lost:
                self.asked += len(lost)
                peer.send_rtcp(rtcp.write_nack(REPORTER, stream.ssrc, lost))

    def _wake(self) -> None:
        if self._timer is None and self._loop is not None:
            self._timer = self._loop.call_later(_EVERY, self._turn)

    def _turn(self) -> None:
        self._timer = None
        self.mend(time.monotonic())
        self._udp.flush()
        if self._torn:
            self._wake()
