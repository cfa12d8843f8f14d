"""Lost packets come again both ways, on a stream of their own where that is agreed (RFC 4588)."""

from itertools import pairwise

import pytest

from realtime.media import rtcp
from realtime.media.peer import MAX_RESENDS
from tests.realtime.media.bench import (
    OPUS,
    ORIENTATION,
    VP8,
    VP8_RTX,
    Bench,
    Person,
    bench,
    packet,
    publish,
    vp8,
    watch,
)

pytestmark = pytest.mark.pure

MEDIA, REPAIR = 70, 71


def frame(
    table: Bench,
    person: Person,
    number: int,
    *,
    mid: bytes = b"",
    rid: bytes = b"",
    orientation: bytes = b"",
) -> None:
    """One frame of a single packet; the first is a key frame."""
    body, time = vp8(number, key=number == 0, body=b"frame %d" % number), 3_000 * number
    sent = packet(MEDIA, number, time, body, mid=mid, rid=rid, orientation=orientation)
    table.send(person, sent)


def repair(
    number: int,
    original: int,
    *,
    body: bytes | None = None,
    padding: int = 0,
    mid: bytes = b"",
    repaired: bytes = b"",
) -> bytes:
    """What a browser sends again of such a frame."""
    payload = vp8(original, key=original == 0, body=b"frame %d" % original)
    payload = original.to_bytes(2, "big") + payload if body is None else body
    return packet(
        REPAIR,
        number,
        3_000 * original,
        payload,
        payload_type=VP8_RTX,
        padding=padding,
        mid=mid,
        repaired=repaired,
    )


def lost_of(parts: list[rtcp.Part]) -> list[list[int]]:
    return [rtcp.lost_packets(part)[1] for part in parts]


def test_a_gap_is_asked_for_soon_and_its_repair_reaches_the_viewers_in_place() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video", extra=f"a=ssrc-group:FID {MEDIA} {REPAIR}"))
        for number in (0, 1, 4):
            frame(table, person, number, mid=b"1")
        table.mend(0.005)
        assert person.told_of(rtcp.RTP_FEEDBACK) == []
        table.mend(0.01)
        assert lost_of(person.told_of(rtcp.RTP_FEEDBACK)) == [[2, 3]]
        table.send(person, repair(900, 2))
        table.send(person, repair(901, 3))
        got = viewer.of(view)
        assert [p.sequence for p in got] == [0, 1, 4, 2, 3]
        assert [p.payload[-7:] for p in got[3:]] == [b"frame 2", b"frame 3"]
        assert {p.payload_type for p in got} == {VP8}
        assert [p.timestamp for p in got[3:]] == [6_000, 9_000]
        table.mend(10.0)
        assert len(person.told_of(rtcp.RTP_FEEDBACK)) == 1
        assert table.plane.ingress.repaired == 2


def test_what_stays_away_is_asked_for_less_and_less_and_given_up() -> None:
    with bench() as table:
        person = table.join()
        watch(table.join(), publish(person, "video"))
        for number in (0, 2):
            frame(table, person, number, mid=b"1")
        asked_at = []
        for _ in range(400):
            before = len(person.told_of(rtcp.RTP_FEEDBACK))
            table.mend(0.02)
            if len(person.told_of(rtcp.RTP_FEEDBACK)) > before:
                asked_at.append(round(table.now - 100, 2))
        pauses = [round(b - a, 1) for a, b in pairwise(asked_at)]
        assert (asked_at[0], pauses) == (0.02, [0.1, 0.2, 0.4, 0.8])


def test_layers_are_repaired_by_the_name_of_their_layer() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video", rids=("q", "h")))
        view.wanted = 0
        for number in (0, 2):
            frame(table, person, number, mid=b"1", rid=b"q")
        table.send(person, repair(5, 1, mid=b"1", repaired=b"h"))
        assert [p.sequence for p in viewer.of(view)] == [0, 2]
        table.send(person, repair(6, 1, mid=b"1", repaired=b"q"))
        assert [p.sequence for p in viewer.of(view)] == [0, 2, 1]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (repair(5, 1, mid=b"1"), "empty_repair"),
        (repair(5, 3, mid=b"1"), "empty_repair"),
        (repair(5, 60_000, mid=b"1"), "empty_repair"),
        (repair(5, 2, body=b"", padding=200, mid=b"1"), "empty_repair"),
        (repair(5, 2, body=b"\x00\x02", mid=b"1"), "empty_repair"),
        (repair(5, 2), "unknown_stream"),
        (repair(5, 2, mid=b"0"), "unknown_stream"),
    ],
    ids=["known", "new", "old", "padding", "nothing", "nameless", "elsewhere"],
)
def test_what_repairs_nothing_goes_nowhere(sent: bytes, reason: str) -> None:
    """Browsers probe the way with packets that they sent before, and with empty ones."""
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        for number in (0, 1, 3):
            frame(table, person, number, mid=b"1")
        table.send(person, sent)
        assert len(viewer.of(view)) == 3
        assert table.plane.dropped == {reason: 1}


def test_a_repair_is_no_stream_of_its_own() -> None:
    with bench() as table:
        person = table.join()
        track = publish(person, "video")
        table.send(person, repair(5, 2, mid=b"1"))
        assert track.streams == {}
        frame(table, person, 0, mid=b"1")
        frame(table, person, 2)
        table.send(person, repair(6, 1, mid=b"1"))
        assert [*person.peer.streams, *person.peer.repairs] == [MEDIA, REPAIR]
        person.peer.unpublish(track)
        assert person.peer.streams == person.peer.repairs == {}


def test_a_viewer_gets_lost_packets_on_a_stream_of_their_own() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        for number in range(5):
            frame(table, person, number, mid=b"1", orientation=b"\x01")
        table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, [1, 3, 900]))
        sent, again = viewer.of(view), viewer.repairs_of(view)
        assert len(sent) == 5
        assert [p.payload for p in again] == [
            b"\x00\x01" + sent[1].payload,
            b"\x00\x03" + sent[3].payload,
        ]
        assert (again[1].sequence - again[0].sequence) & 0xFFFF == 1
        assert {p.payload_type for p in again} == {VP8_RTX}
        assert [p.timestamp for p in again] == [3_000, 9_000]
        assert again[0].extensions == {ORIENTATION: b"\x01"}
        assert table.plane.dropped == {"resend_gone": 1}


def test_a_viewer_without_such_a_stream_gets_the_same_packet_to_the_last_octet() -> None:
    """One number never carries two contents: AES-GCM would give its key away (RFC 7714 §8.4)."""
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"), (VP8,))
        for number in range(3):
            frame(table, person, number, mid=b"1", orientation=b"\x02")
        table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, [1]))
        assert viewer.repeats == [viewer.wire[1]]


def test_lost_sound_is_sent_again_too() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "audio"), (OPUS,))
        for number in range(3):
            sent = packet(9, number, 0, b"x", payload_type=OPUS, mid=b"0", level=b"\x99")
            table.send(person, sent)
        table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, [1]))
        assert viewer.repeats == [viewer.wire[1]]


def test_the_same_packet_is_not_sent_twice_within_a_round_trip() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        frame(table, person, 0, mid=b"1")
        viewer.peer.round_trip = 0.2
        for pause, count in ((0.0, 1), (0.15, 1), (0.1, 2)):
            table.now += pause
            table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, [0]))
            assert len(viewer.repairs_of(view)) == count
        assert table.plane.dropped == {"resend_again": 1}


def test_a_viewer_causes_only_so_many_packets_a_second_whatever_it_asks_for() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        viewer.peer.round_trip = 0.0
        for number in range(60):
            frame(table, person, number, mid=b"1")
        for _ in range(10):
            table.now += 0.001
            table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, list(range(60))))
        assert len(viewer.repairs_of(view)) == MAX_RESENDS + 1
        table.now += 0.5
        table.send_rtcp(viewer, rtcp.write_nack(1, view.ssrc, list(range(60))))
        assert len(viewer.repairs_of(view)) == MAX_RESENDS + 61


def test_padding_goes_no_further_and_leaves_no_hole() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        frame(table, person, 0, mid=b"1")
        table.send(person, packet(MEDIA, 1, 0, b"", padding=200))
        frame(table, person, 2)
        got = viewer.of(view)
        assert [p.sequence for p in got] == [0, 1, 2]
        assert [p.padded for p in got] == [False] * 3
        assert got[1].payload == b""


def test_publishers_without_picture_loss_indication_get_a_full_intra_request() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        track = publish(person, "video")
        view = watch(viewer, track)
        frame(table, person, 0, mid=b"1")
        for pli in (True, False):
            track.pli = pli
            table.now += 2
            table.send_rtcp(viewer, rtcp.write_pli(1, view.ssrc))
        asked = person.told_of(rtcp.PAYLOAD_FEEDBACK)
        assert [part.form for part in asked] == [rtcp.PLI, rtcp.FIR]
        assert [rtcp.key_frame_wanted(part) for part in asked] == [[MEDIA], [MEDIA]]


def test_a_flood_of_requests_asks_the_publisher_once_a_second() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        frame(table, person, 0, mid=b"1")
        for _ in range(100):
            table.now += 0.025
            table.send_rtcp(viewer, rtcp.write_pli(1, view.ssrc))
        assert len(person.told_of(rtcp.PAYLOAD_FEEDBACK)) == 3


def test_a_publisher_that_changes_its_source_all_the_time_is_not_followed() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        view = watch(viewer, publish(person, "video"))
        for number in range(100):
            table.now += 0.02
            body = vp8(number, key=True)
            table.send(person, packet(5_000 + number, 7, 0, body, mid=b"1"))
        assert len(viewer.of(view)) == 4
        assert table.plane.dropped == {"unknown_stream": 96}
