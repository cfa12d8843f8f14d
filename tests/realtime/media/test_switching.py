"""A viewer sees one unbroken stream while the layer that it is made of changes."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from realtime.media import rtcp
from realtime.media.publication import Publication
from realtime.media.rtcp import SenderReport
from realtime.media.stream import KEY_FRAME_PAUSE, Stream
from realtime.media.subscription import Subscription
from tests.realtime.media.bench import (
    H264,
    H264_RTX,
    VP8,
    Bench,
    Person,
    bench,
    packet,
    picture_of,
    publish,
    vp8,
    watch,
)

pytestmark = pytest.mark.pure

LOW, HIGH = 1001, 1003


class Camera:
    """Two layers with numbers of their own, 30 frames a second of one packet each."""

    def __init__(self, table: Bench) -> None:
        self.table = table
        self.person = table.join()
        self.publication = publish(self.person, "video", rids=("q", "f"))
        self.next = {"q": [65_000, 4_000_000_000, 32_700], "f": [100, 77, 9_000]}

    def frame(self, rid: str, *, key: bool = False) -> None:
        sequence, timestamp, picture = self.next[rid]
        ssrc = LOW if rid == "q" else HIGH
        body = vp8(picture, key=key)
        sent = packet(ssrc, sequence, timestamp, body, marker=True, mid=b"1", rid=rid.encode())
        self.table.send(self.person, sent)
        self.next[rid] = [sequence + 1, timestamp + 3_000, picture + 1]

    def skip(self, rid: str, frames: int) -> None:
        """Frames are captured, but this layer is not sent."""
        self.next[rid][1] += 3_000 * frames

    def frames(self, count: int, *, key: str = "", rids: str = "qf") -> None:
        """Both layers at 30 frames a second; `key` names layers that begin with a key frame."""
        for number in range(count):
            self.table.now += 1 / 30
            for rid in "qf":
                if rid in rids:
                    self.frame(rid, key=number == 0 and rid in key)
                else:
                    self.skip(rid, 1)

    def report(self, rid: str, wall: float) -> None:
        """A sender report: at `wall` seconds this layer shows its next timestamp."""
        _, timestamp, _ = self.next[rid]
        ssrc = LOW if rid == "q" else HIGH
        told = SenderReport(ssrc, round(wall * 2**32), timestamp & 0xFFFFFFFF, 9, 9)
        self.table.send_rtcp(self.person, rtcp.write_sender_report(told, b"x"))


class Show:
    """A camera and one viewer."""

    def __init__(self, table: Bench) -> None:
        self.table = table
        self.camera = Camera(table)
        self.viewer: Person = table.join()
        self.view: Subscription = watch(self.viewer, self.camera.publication)

    def want(self, quality: int) -> None:
        self.view.wanted = quality
        self.camera.publication.review_one(self.view)

    def enable(self, enabled: bool) -> None:
        self.view.enabled = enabled
        self.camera.publication.review_one(self.view)

    def steps(self) -> list[tuple[int, int, int, int, int]]:
        """How sequence, time, picture, TL0PICIDX and KEYIDX go on from packet to packet."""
        packets = self.viewer.of(self.view)
        numbers = [(p.sequence, p.timestamp, *picture_of(p.payload)) for p in packets]
        wraps = (1 << 16, 1 << 32, 1 << 15, 1 << 8, 1 << 5)
        return [
            tuple((b - a) % wrap for a, b, wrap in zip(one, two, wraps, strict=True))
            for one, two in pairwise(numbers)
        ]


@pytest.fixture
def show() -> Iterator[Show]:
    with bench() as table:
        yield Show(table)


def test_numbers_and_times_continue_on_another_layer_and_back(show: Show) -> None:
    show.want(0)
    show.camera.frames(40, key="qf")
    show.want(2)
    show.camera.frames(1)
    show.camera.frames(40, key="f")
    show.want(0)
    show.camera.frames(40, key="q")
    steps = show.steps()
    assert {(sequence, *counters) for sequence, _, *counters in steps} == {(1, 1, 1, 1)}
    times = [time for _, time, *_ in steps]
    # The instant of the first change is seen twice, a tick apart: the low layer came first.
    assert (times.count(3_000), sorted({*times})) == (119, [1, 2_999, 3_000])
    assert sum(times) == 3_000 * 120


def test_without_its_key_frame_a_layer_is_not_taken(show: Show) -> None:
    show.want(0)
    show.camera.frames(2, key="q")
    show.want(2)
    show.camera.frames(3)
    assert show.view.stream is show.camera.publication.streams["q"]
    assert show.camera.publication.streams["f"].waiting == [show.view]


def test_a_tile_that_comes_back_in_another_quality_shows_the_time_that_has_passed(
    show: Show,
) -> None:
    show.want(0)
    show.camera.frames(10, key="qf")
    show.enable(False)
    show.camera.frames(300, rids="q")
    show.want(2)
    show.enable(True)
    show.camera.frames(10, key="f", rids="f")
    steps = show.steps()
    assert {*steps[:9], *steps[10:]} == {(1, 3_000, 1, 1, 1)}
    sequence, time, picture, _, _ = steps[9]
    assert (sequence, picture) == (1, 1)
    assert abs(time - 301 * 3_000) <= 90  # a millisecond


def test_sender_reports_are_believed_before_times_of_arrival(show: Show) -> None:
    """The layers' packets arrive 100 ms apart, but show the same instants."""
    show.want(0)
    for rid in "qf":
        show.camera.report(rid, 5.0)
    show.camera.frames(10, key="qf")
    for rid in "qf":
        show.camera.report(rid, 5.0 + 10 / 30)
    show.want(2)
    show.table.now += 0.1
    show.camera.frames(10, key="f", rids="f")
    assert set(show.steps()) == {(1, 3_000, 1, 1, 1)}


def test_a_report_of_another_world_is_not_believed(show: Show) -> None:
    show.want(0)
    show.camera.frames(10, key="qf")
    show.camera.report("q", 5.0)
    show.camera.report("f", 9_000_000.0)
    show.want(2)
    show.camera.frames(10, key="f", rids="f")
    steps = show.steps()
    assert {step[0] for step in steps} == {1}
    assert all(abs(time - 3_000) <= 90 for _, time, *_ in steps)


def test_time_never_goes_back_and_a_lagging_layer_does_not_shift_it_for_good(show: Show) -> None:
    show.want(0)
    for rid in "qf":
        show.camera.report(rid, 5.0)
    show.camera.frames(10, key="qf")
    show.camera.skip("q", 2)  # the high layer is two frames behind the low one
    show.camera.frame("q")
    show.want(2)
    show.camera.frames(3, key="f", rids="f")
    show.want(0)
    show.camera.frames(3, key="q", rids="q")
    times = [time for _, time, *_ in show.steps()]
    assert all(0 < time < 1 << 31 for time in times)
    assert sum(times) == 3_000 * (9 + 3 + 6)


def test_a_lost_packet_of_the_layer_before_is_still_sent_again(show: Show) -> None:
    show.want(0)
    show.camera.frames(5, key="qf")
    show.want(2)
    show.camera.frames(5, key="f")
    before = show.viewer.of(show.view)
    lost = before[3].sequence
    nack = rtcp.write_nack(1, show.view.ssrc, [lost])
    show.table.send_rtcp(show.viewer, nack)
    (again,) = show.viewer.repairs_of(show.view)
    assert (again.timestamp, again.payload) == (
        before[3].timestamp,
        lost.to_bytes(2, "big") + before[3].payload,
    )


def test_packets_are_sent_again_however_long_a_layer_has_been_watched(show: Show) -> None:
    """More than half of the sequence numbers after the change of layer."""
    show.want(0)
    show.camera.frames(1, key="q", rids="q")
    stream = show.camera.publication.streams["q"]
    stream.reception.highest += 40_000
    show.view.first = stream.reception.highest
    stream.reception.highest += 40_000
    show.camera.next["q"][0] = stream.reception.highest + 1
    show.camera.frames(3, rids="q")
    newest = show.viewer.of(show.view)[-1]
    show.table.send_rtcp(show.viewer, rtcp.write_nack(1, show.view.ssrc, [newest.sequence]))
    assert len(show.viewer.repairs_of(show.view)) == 1


def test_a_late_picture_does_not_turn_the_numbering_back(show: Show) -> None:
    show.want(0)
    show.camera.frames(5, key="qf")
    held = list(show.camera.next["q"])
    show.camera.next["q"] = [held[0] + 1, held[1] + 3_000, held[2] + 1]
    show.camera.frames(1)
    after, show.camera.next["q"] = show.camera.next["q"], held
    show.camera.frame("q")  # the one that was held comes last
    show.camera.next["q"] = after
    show.want(2)
    show.camera.frames(1, key="f")
    pictures = sorted(picture_of(p.payload)[0] for p in show.viewer.of(show.view))
    first = 32_700
    assert pictures == [first + n for n in range(9)]


def test_a_codec_that_the_viewer_cannot_take_does_not_start() -> None:
    with bench() as table:
        camera = Camera(table)
        view = watch(table.join(), camera.publication, (H264, H264_RTX))
        camera.frames(3, key="qf")
        assert view.stream is None
        assert camera.publication.streams["q"].viewers() == []


def test_a_parameter_set_starts_h264_and_goes_out_under_the_viewers_number() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        track = publish(person, "video")
        view = watch(viewer, track, (VP8, H264, H264_RTX))
        for number, body in enumerate((b"\x41\x9a", b"\x65\x88", b"\x78\x00\x02\x67\x42")):
            sent = packet(5, number, 90 * number, body, payload_type=H264, mid=b"1")
            table.send(person, sent)
        assert [p.payload for p in viewer.of(view)] == [b"\x78\x00\x02\x67\x42"]
        assert viewer.got[0].payload_type == H264


def test_key_frames_are_asked_for_once_a_second_and_stay_owed() -> None:
    with bench() as table:
        stream = Stream(Publication("TR_x", table.join().peer, "video"), 1, "q", 0.0)
        asked = [stream.may_ask(at) for at in (5.0, 5.0 + KEY_FRAME_PAUSE / 2)]
        assert (asked, stream.key_frame_owed) == ([True, False], True)
        assert (stream.may_ask(5.0 + KEY_FRAME_PAUSE), stream.key_frame_owed) == (True, False)
