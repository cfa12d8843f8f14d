"""Feedback that we owe to publishers, on a clock: arrivals, losses, key frames, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media import rtcp
from realtime.media.peer import REPORTER

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.stream import Stream


def tick(peer: Peer, now: float, *, full: bool) -> None:
    """Send what a publisher should know; ten times a second, and every tenth time in `full`.

    Args:
        now: seconds, monotonic.
        full: also write receiver reports and notice layers that fell silent.
    """
    if not peer.streams:
        return
    _report_arrivals(peer)
    for stream in list(peer.streams.values()):
        _ask_again(peer, stream)
        if stream.waiting or stream.key_frame_owed:
            ask_key_frame(stream, now)
    if full:
        _report_reception(peer, now)
        for publication in list(peer.by_mid.values()):
            publication.look()


def ask_key_frame(stream: Stream, now: float) -> None:
    """Ask the publisher for a key frame, at most once a second; sooner it stays owed."""
    if stream.publication.kind == "video" and stream.may_ask(now):
        stream.publication.peer.send_rtcp(rtcp.write_pli(REPORTER, stream.ssrc))


def _report_arrivals(peer: Peer) -> None:
    packet = peer.arrivals.report(REPORTER, next(iter(peer.streams)))
    if packet is not None:
        peer.send_rtcp(packet)


def _ask_again(peer: Peer, stream: Stream) -> None:
    lost = stream.reception.to_ask_again()
    if lost:
        peer.send_rtcp(rtcp.write_nack(REPORTER, stream.ssrc, lost))


def _report_reception(peer: Peer, now: float) -> None:
    heard = [s for s in peer.streams.values() if s.reception.highest >= 0]
    blocks = [stream.reception.block(stream.ssrc, now) for stream in heard]
    peer.send_rtcp(rtcp.write_receiver_report(REPORTER, blocks))
