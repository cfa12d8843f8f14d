"""The data channels of one peer: what it says is handed on, what it should get waits here.

Two channels count, by LiveKit's labels; messages on others are not used. A reader that falls
behind loses lossy messages first. Reliable ones are never left out: it is cut off instead.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from realtime.media.adapter import DtlsEndpoint
from realtime.media.adapter.association import Association, Channel
from realtime.media.allowance import Allowance
from realtime.media.pump import Pump
from realtime.media.sdp import Section

RELIABLE, LOSSY = "_reliable", "_lossy"
LABELS = (RELIABLE, LOSSY)

# Messages that one peer is sent in a turn of the pump.
MESSAGES_A_TURN = 4
# User data of one DATA chunk, about; what a message costs is counted in packets.
_PACKET = 1160


@dataclass(frozen=True, slots=True)
class DataBounds:
    """What one peer may send and let wait, in bytes, counts and counts a second.

    `packets` are sent to others for a peer's messages, and come from it; with none left, its
    pieces are not acknowledged, so that a reliable sender slows down and a lossy one loses.
    """

    backlog_bytes: int = 2 * 1024 * 1024
    backlog_messages: int = 4096
    lossy_backlog_bytes: int = 64 * 1024
    early_bytes: int = 100 * 1024
    packets_per_second: int = 2000
    packets_at_once: int = 8000


def packets_of(message: bytes) -> int:
    """How many packets carry a message."""
    return len(message) // _PACKET + 1


def _nobody_hears(label: str, message: bytes) -> None:
    pass


def _nobody_minds(reason: str) -> None:
    pass


class DataChannels:
    """Set `on_message` (label, message) and `on_failed` (why) before the first offer is taken.

    `on_failed` is called once, soon after: the peer reads too slowly, or ended the association.
    `dropped` counts messages and pieces that were not used, by reason.
    """

    def __init__(
        self,
        endpoint: DtlsEndpoint,
        pump: Pump,
        bounds: DataBounds,
        dropped: Counter[str],
    ) -> None:
        self.on_message: Callable[[str, bytes], None] = _nobody_hears
        self.on_failed: Callable[[str], None] = _nobody_minds
        self.queued = False
        self.backlog = 0
        self._endpoint = endpoint
        self._pump = pump
        self._bounds = bounds
        self._dropped = dropped
        self._association: Association | None = None
        self._channels: dict[str, Channel] = {}
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._agreed: Section | None = None
        self._absent = False
        self._opens = False
        self._over = False
        self._longest = 0
        self._allowance = Allowance(bounds.packets_per_second, most=bounds.packets_at_once)

    # --- setting up and ending ---
    def agree(self, section: Section | None, *, opens: bool = False) -> None:
        """A description of the peer's has this data section, or none.

        Args:
            opens: we open the channels, towards a peer that only reads here.
        """
        self._absent = section is None
        if section is None:
            self._forget()
        elif self._agreed is None:
            self._agreed, self._opens = section, opens
            self._longest = section.max_message_size
            self._begin()

    def transport_opened(self) -> None:
        """DTLS stands."""
        self._begin()

    def _begin(self) -> None:
        if self._agreed is None or self._over or not self._endpoint.is_open:
            return
        self._association = Association(self._endpoint, self)
        self._association.begin(self._agreed.sctp_port)
        if self._opens:
            self._association.open_channel(RELIABLE, ordered=True, retransmits=None)
            self._association.open_channel(LOSSY, ordered=False, retransmits=0)

    def stop(self) -> None:
        """End the association; nothing more is sent or heard."""
        self._over = True
        self._forget()
        if self._association is not None:
            self._association.end()

    def _fail(self, reason: str) -> None:
        if not self._over:
            self.stop()
            asyncio.get_running_loop().call_soon(self.on_failed, reason)

    def _forget(self) -> None:
        self._outbox.clear()
        self.backlog = 0

    # --- what the peer gets ---
    def send(self, label: str, message: bytes) -> bool:
        """Let a message wait for its turn; answers whether it was taken."""
        if self._over or self._absent:
            return False
        reason = self._reason_to_drop(label, message)
        if reason:
            self._dropped[reason] += 1
            return False
        if not self._has_room(message, self._bounds.backlog_bytes):
            self._fail("reads data too slowly")
            return False
        self._outbox.append((label, message))
        self.backlog += len(message)
        self._pump.wake(self)
        return True

    def _reason_to_drop(self, label: str, message: bytes) -> str:
        """Why a message is not sent to this peer, `` if it is."""
        if 0 < self._longest < len(message):
            return "too_long"
        if not self._is_ready(label):
            early = label == RELIABLE and self._has_room(message, self._bounds.early_bytes)
            return "" if early else "no_channel"
        if label == LOSSY and self.backlog > self._bounds.lossy_backlog_bytes:
            return "lossy"
        return ""

    def _has_room(self, message: bytes, most: int) -> bool:
        fits = self.backlog + len(message) <= most
        return fits and len(self._outbox) < self._bounds.backlog_messages

    def _is_ready(self, label: str) -> bool:
        channel = self._channels.get(label)
        return channel is not None and channel.readyState == "open"

    def work(self) -> bool:
        """A turn of the pump: send a few messages; answers whether more could be sent at once."""
        for _ in range(MESSAGES_A_TURN):
            if not self._outbox or self._association is None or self._association.busy:
                return False
            label, message = self._outbox[0]
            if not self._is_ready(label) and label == RELIABLE:
                return False  # until it is opened
            self._outbox.popleft()
            self.backlog -= len(message)
            if self._is_ready(label):
                self._association.send_message(self._channels[label], message)
                self._pump.sent += 1
        return bool(self._outbox)

    # --- what the peer says ---
    def take(self, datagram: bytes, now: float) -> None:
        """Take a DTLS datagram of the peer's (seconds, monotonic)."""
        self._allowance.refill(now)
        self._endpoint.receive(datagram)

    def charge(self, packets: int) -> None:
        """What the peer said was sent to others, in so many packets."""
        self._allowance.spend(packets)

    def may_take(self) -> bool:
        if self._allowance.left <= 0:
            self._dropped["limit"] += 1
            return False
        self._allowance.spend(1)
        return True

    def received(self, label: str, message: bytes) -> None:
        if label in LABELS:
            self.on_message(label, message)
        else:
            self._dropped["label"] += 1

    def channel_ready(self, channel: Channel) -> None:
        if channel.label in LABELS:
            self._channels[channel.label] = channel
            self._pump.wake(self)

    def room_to_send(self) -> None:
        if self._outbox:
            self._pump.wake(self)

    def not_used(self, reason: str) -> None:
        self._dropped[reason] += 1

    def ended(self) -> None:
        """The peer ended the association, or never set it up; only the former is a failure."""
        if self._channels:
            self._fail("ended its data channels")
        else:
            self.stop()
