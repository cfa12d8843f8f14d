"""Sender and receiver reports: what keeps sound and picture in step, and tells how it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media import rtcp

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.rtcp import Part, ReportBlock
    from realtime.media.subscription import Subscription

# A publisher's reports are passed on at most this often (seconds): each goes to all who watch.
REPORT_PAUSE = 0.2

# Reports of ours that a viewer may still answer.
_ANSWERABLE = 4

# A longer round trip is a clock that was set, not a way.
_LONGEST = 10.0


class Reports:
    """What a viewer was told about one stream, and what it tells of it.

    `heard` is its newest report block, None before the first.
    """

    __slots__ = ("_told", "heard")

    def __init__(self) -> None:
        self._told: dict[int, float] = {}
        self.heard: ReportBlock | None = None

    def told(self, ntp: int, now: float) -> None:
        """A sender report with this wall clock went out."""
        self._told[ntp >> 16 & 0xFFFFFFFF] = now
        while len(self._told) > _ANSWERABLE:
            del self._told[next(iter(self._told))]

    def take(self, block: ReportBlock, now: float) -> float | None:
        """Note a report block; answers the round trip in seconds if it tells (RFC 3550 §6.4.1)."""
        self.heard = block
        at = self._told.get(block.lsr) if block.lsr else None
        if at is None:
            return None
        round_trip = now - at - block.dlsr / 65536
        return round_trip if 0 <= round_trip < _LONGEST else None


def take(peer: Peer, part: Part, now: float) -> None:
    """Take a sender or receiver report of a peer in."""
    for block in rtcp.report_blocks(part):
        subscription = peer.subscriptions.get(block.ssrc)
        if subscription is not None:
            peer.note_round_trip(subscription.reports.take(block, now))
    report = rtcp.sender_report(part)
    stream = peer.streams.get(report.ssrc) if report else None
    if report is None or stream is None or now - stream.reception.report_at < REPORT_PAUSE:
        return
    stream.reception.sender_report(report, now)
    for viewer in stream.viewers():
        tell(viewer, now)


def tell(subscription: Subscription, now: float) -> None:
    """Tell a viewer which instant its RTP times mean, so that sound and picture stay in step.

    The publisher's own wall clock, with the viewer's numbering and counts (RFC 3550 §6.4.1).
    """
    stream = subscription.stream
    if stream is None or stream.reception.report is None:
        return
    report = stream.reception.report
    timestamp = (report.timestamp + subscription.timestamp_add) & 0xFFFFFFFF
    packets, octets = (count & 0xFFFFFFFF for count in subscription.sent)
    told = rtcp.SenderReport(subscription.ssrc, report.ntp, timestamp, packets, octets)
    subscription.reports.told(report.ntp, now)
    cname = subscription.publication.peer.cname.encode()
    subscription.peer.send_rtcp(rtcp.write_sender_report(told, cname))
