"""A viewer sees one unbroken stream while the layer that it is made of changes."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from realtime.media.forwarder import Forwarder
from realtime.media.publication import Publication
from realtime.media.rtcp import SenderReport
from realtime.media.rtp import HEADER
from realtime.media.stream import KEY_FRAME_PAUSE, Stream
from realtime.media.subscription import Subscription
from realtime.media.udp import UdpSocket

pytestmark = pytest.mark.pure

_VP8 = "video/vp8"


def layer(publication: Publication, rid: str) -> Stream:
    stream = Stream(publication, 1, rid)
    stream.codec = _VP8
    return stream


def viewer(publication: Publication) -> Subscription:
    peer = SimpleNamespace(report_sender=lambda subscription: None)
    subscription = Subscription(publication, cast(Any, peer))
    subscription.payload_types = {_VP8: 96}
    return subscription


def publication() -> Publication:
    return Publication("TR_x", cast(Any, None), "video")


def test_numbers_and_times_continue_on_another_layer() -> None:
    track = publication()
    low, high, view = layer(track, "q"), layer(track, "f"), viewer(track)
    low.count(65_535, 1_000, 10)
    assert view.start(low, 65_535, 1_000)
    high.count(500, 900_000, 10)
    assert view.start(high, 500, 900_000)
    assert (500 + view.sequence_add) & 0xFFFF == 0
    assert (900_000 + view.timestamp_add) & 0xFFFFFFFF == 1_000 + 4_500
    assert low.viewers() == []
    assert high.viewers() == [view]
    assert [view.reaches(number) for number in (499, 500, 501)] == [False, True, True]


def test_sender_reports_give_the_same_instant_the_same_time() -> None:
    track = publication()
    low, high, view = layer(track, "q"), layer(track, "f"), viewer(track)
    low.count(1, 1_000, 10)
    view.start(low, 1, 1_000)
    low.reception.sender_report(SenderReport(1, 10 << 32, 1_000, 0, 0), 0.0)
    high.reception.sender_report(SenderReport(2, 11 << 32, 50_000, 0, 0), 0.0)
    high.count(7, 50_000, 10)
    view.start(high, 7, 50_000)
    assert 50_000 + view.timestamp_add == 1_000 + 90_000


def test_a_codec_that_the_viewer_cannot_take_does_not_start() -> None:
    track = publication()
    stream, view = layer(track, "q"), viewer(track)
    view.payload_types = {"video/h264/42e0": 102}
    assert not view.start(stream, 1, 1)
    assert stream.viewers() == []


def test_key_frames_are_asked_for_once_a_second_and_stay_owed() -> None:
    stream = layer(publication(), "q")
    asked = [stream.may_ask(at) for at in (5.0, 5.0 + KEY_FRAME_PAUSE / 2)]
    assert (asked, stream.key_frame_owed) == ([True, False], True)
    assert (stream.may_ask(5.0 + KEY_FRAME_PAUSE), stream.key_frame_owed) == (True, False)


def take(forwarder: Forwarder, udp: UdpSocket, stream: Stream, picture: int) -> None:
    """Hand over a key frame whose picture id and TL0PICIDX are `picture`."""
    payload = bytes((0x90, 0xE0, 0x80 | picture >> 8, picture & 0xFF, picture & 0xFF, 0x20, 0))
    HEADER.pack_into(udp.memory, 0, 0x80, 96, picture, 90 * picture, stream.ssrc)
    udp.memory[12 : 12 + len(payload)] = payload
    forwarder.forward(stream, 0, 12, 12 + len(payload), -1, -1)


def test_pictures_continue_on_another_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.media.adapter.srtp_protect", lambda *packet: 0)
    udp = UdpSocket("127.0.0.1", 0)
    track = publication()
    low, high, view = layer(track, "q"), layer(track, "f"), viewer(track)
    forwarder = Forwarder(udp)
    view.wait_for(low)
    take(forwarder, udp, low, 100)
    view.wait_for(high)
    take(forwarder, udp, high, 9_000)
    second = bytes(udp.out[2048 + 12 : 2048 + 19])
    udp.close()
    assert second == bytes((0x90, 0xE0, 0x80, 101, 101, 0x20, 0))
