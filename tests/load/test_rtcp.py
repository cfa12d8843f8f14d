"""Feedback that light clients send."""

import struct

import pytest
from aiortc import rtp
from hypothesis import given
from hypothesis import strategies as st

from tests.load import rtcp
from tests.load.stream import Stream

pytestmark = pytest.mark.pure


def read_transport_feedback(packet: bytes) -> dict[int, int]:
    """An independent reading of the format: number to time of arrival in microseconds / 250."""
    base, count = struct.unpack_from("!HH", packet, 12)
    at = int.from_bytes(packet[16:19], "big") * 256
    position = 20
    symbols: list[int] = []
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, position)
        position += 2
        if chunk & 0x8000:
            symbols += [chunk >> shift & 3 for shift in range(12, -2, -2)]
        else:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
    arrivals = {}
    for number, symbol in enumerate(symbols[:count], start=base):
        if symbol:
            size, form = (1, "!B") if symbol == 1 else (2, "!h")
            at += struct.unpack_from(form, packet, position)[0]
            position += size
            arrivals[number & 0xFFFF] = at
    return arrivals


def test_transport_feedback_of_three_packets_by_value() -> None:
    at = 10 * rtcp.REFERENCE_NS
    arrivals = {258: at + 1_000_000, 259: at + 1_500_000, 261: at + 101_500_000}
    packet = rtcp.transport_feedback(1, 2, arrivals, count=3)
    assert packet.hex(" ", 4) == ("8fcd0006 00000001 00000002 01020004 00000a03 d4800402 01900000")


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 300_000_000)), min_size=1, max_size=80)
)
def test_transport_feedback_tells_every_arrival(steps: list[tuple[int, int]]) -> None:
    number, at, arrivals = 65_500, 5 * 10**18, {}
    for skip, delay in steps:
        number, at = number + skip, at + delay
        arrivals[number] = at
    read = read_transport_feedback(rtcp.transport_feedback(1, 2, arrivals, count=0))
    assert list(read) == [number & 0xFFFF for number in arrivals]
    wrapped = (1 << 24) * 256
    for told, real in zip(read.values(), arrivals.values(), strict=True):
        assert abs(told - real // rtcp.DELTA_NS % wrapped) in (0, 1, wrapped, wrapped - 1)


def test_long_runs_take_one_chunk() -> None:
    assert rtcp.chunks([1] * 20) == [b"\x20\x14"]
    assert rtcp.chunks([0, 1, 2, 0, 1, 1, 1, 1]) == [b"\xc6\x15", b"\xd0\x00"]


def test_receiver_report_tells_the_highest_number_with_its_cycles() -> None:
    stream = Stream(ssrc=9, payload_type=96, highest=65535, base=65535)
    stream.take(2)
    (report,) = rtcp.read_compound(rtcp.receiver_report(1, [stream], now=5.0))
    assert isinstance(report, rtp.RtcpRrPacket)
    assert [(r.ssrc, r.highest_sequence, r.packets_lost) for r in report.reports] == [(9, 65538, 2)]


def test_sender_report_tells_the_wall_clock_in_ntp_form() -> None:
    data = rtcp.sender_report(9, wall_ns=1_500_000_000, ticks=90, packets=3, octets=40)
    (report,) = rtcp.read_compound(data)
    assert isinstance(report, rtp.RtcpSrPacket)
    assert report.sender_info.ntp_timestamp == (2_208_988_801 << 32) + (1 << 31)


def test_requests_are_read_for_the_own_stream_only() -> None:
    (loss,) = rtcp.read_compound(rtcp.picture_loss(1, 7))
    (again,) = rtcp.read_compound(rtcp.nack(1, 7, [5, 6]))
    assert (rtcp.asks_for_key_frame(loss, 7), rtcp.asks_for_key_frame(loss, 8)) == (True, False)
    assert (rtcp.asked_again(again, 7), rtcp.asked_again(again, 8)) == ([5, 6], [])


def test_transport_feedback_is_not_taken_for_a_nack() -> None:
    packets = rtcp.read_compound(rtcp.transport_feedback(1, 7, {1: 0}, count=0))
    assert [rtcp.asked_again(packet, 7) for packet in packets] == [[]]
