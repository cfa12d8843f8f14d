"""Feedback that we owe to publishers, on a clock: arrivals, key frames, reports."""

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
        if stream.waiting or stream.key_frame_owed:
            ask_key_frame(stream, now)
    if full:
        _report_reception(peer, now)
        for publication in list(peer.by_mid.values()):
            publication.look()


def ask_key_frame(stream: Stream, now: float) -> None:
    """Ask the publisher for a key frame, at most once a second; sooner it stays owed."""
    publication = stream.publication
    if publication.kind != "video" or not stream.may_ask(now):
        return
    if publication.pli:
        request = rtcp.write_pli(REPORTER, stream.ssrc)
    else:
        request = rtcp.write_fir(REPORTER, stream.ssrc, stream.key_frames_asked)
    publication.peer.send_rtcp(request)


def _report_arrivals(peer: Peer) -> None:
    for packet in peer.arrivals.reports(REPORTER, next(iter(peer.streams))):
        peer.send_rtcp(packet)


def _report_reception(peer: Peer, now: float) -> None:
    heard = [s for s in peer.streams.values() if s.reception.highest >= 0]
    blocks = [stream.reception.block(stream.ssrc, now) for stream in heard]
    peer.send_rtcp(rtcp.write_receiver_report(REPORTER, blocks))
