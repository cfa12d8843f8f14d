"""What a peer says in RTCP: how media arrives, and what it wants again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from realtime.media import adapter, reports, rtcp
from realtime.media.feedback import ask_key_frame
from realtime.media.udp import SLOT, UdpSocket

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.resending import Resender


class Control:
    """Takes SRTCP from proven peers; `dropped` counts what was not used, by reason."""

    def __init__(self, udp: UdpSocket, resender: Resender, dropped: Counter[str]) -> None:
        self._udp = udp
        self._resender = resender
        self._dropped = dropped
        self._length = adapter.new_length()

    def take(self, peer: Peer, slot: int, length: int, now: float) -> None:
        """Take a datagram that looks like SRTCP, from a peer whose keys stand."""
        if not peer.reports.take():
            self._dropped["flood"] += 1
            return
        size = self._length
        size[0] = length
        if adapter.srtp_unprotect_rtcp(peer.rx, self._udp.in_pointers[slot], size):
            self._dropped["srtcp"] += 1
            return
        peer.reported_at = now
        packet = bytes(self._udp.memory[slot * SLOT : slot * SLOT + size[0]])
        peer.sources.came(int.from_bytes(packet[4:8], "big"))
        for part in rtcp.parts(packet):
            self._take_part(peer, part, now)

    def _take_part(self, peer: Peer, part: rtcp.Part, now: float) -> None:
        if part.kind in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
            reports.take(peer, part, now)
        elif part.kind == rtcp.PAYLOAD_FEEDBACK:
            for ssrc in rtcp.key_frame_wanted(part):
                subscription = peer.subscriptions.get(ssrc)
                if subscription is not None and subscription.stream is not None:
                    ask_key_frame(subscription.stream, now)
        elif part.kind == rtcp.RTP_FEEDBACK:
            ssrc, lost = rtcp.lost_packets(part)
            subscription = peer.subscriptions.get(ssrc)
            if subscription is not None:
                self._resender.answer(subscription, lost, now)
