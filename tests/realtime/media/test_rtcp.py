"""RTCP is read and written by value, and what a packet can ask for is bounded."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import rtcp
from realtime.media.rtcp import Part, ReportBlock, SenderReport

pytestmark = pytest.mark.pure


def test_a_compound_is_read_up_to_its_first_malformed_part() -> None:
    pli = rtcp.write_pli(1, 2)
    good = Part(rtcp.PAYLOAD_FEEDBACK, rtcp.PLI, bytes([0, 0, 0, 1, 0, 0, 0, 2]))
    assert list(rtcp.parts(pli + pli)) == [good, good]
    assert list(rtcp.parts(pli + pli[:-1])) == [good]
    assert list(rtcp.parts(pli + b"\x41" + pli[1:])) == [good]
    assert list(rtcp.parts(b"")) == []


def test_no_more_than_sixteen_parts_are_read() -> None:
    assert len(list(rtcp.parts(rtcp.write_pli(1, 2) * 100))) == 16


def test_a_sender_report_survives_the_wire_and_comes_with_its_name() -> None:
    report = SenderReport(7, 0x0102030405060708, 90_000, 12, 3_456)
    first, second = rtcp.parts(rtcp.write_sender_report(report, b"yoriai"))
    assert rtcp.sender_report(first) == report
    assert second == Part(202, 1, b"\x00\x00\x00\x07\x01\x06yoriai" + bytes(4))
    assert rtcp.sender_report(second) is None
    assert rtcp.sender_report(Part(rtcp.SENDER_REPORT, 0, first.body[:23])) is None


@pytest.mark.parametrize("length", range(8))
def test_the_name_of_a_source_always_ends_with_a_zero(length: int) -> None:
    written = rtcp.write_sender_report(SenderReport(1, 2, 3, 4, 5), b"n" * length)
    _, name = rtcp.parts(written)
    assert name.body.startswith(b"\x00\x00\x00\x01\x01" + bytes([length]) + b"n" * length + b"\0")


def test_a_receiver_report_has_its_blocks_and_at_most_thirty_one() -> None:
    block = ReportBlock(9, 64, 5, 70_000, 11, 12, 13)
    (part,) = rtcp.parts(rtcp.write_receiver_report(3, [block]))
    assert (part.kind, part.form) == (rtcp.RECEIVER_REPORT, 1)
    assert struct.unpack("!7I", part.body) == (3, 9, 64 << 24 | 5, 70_000, 11, 12, 13)
    (many,) = rtcp.parts(rtcp.write_receiver_report(3, [block] * 40))
    assert (many.form, len(many.body)) == (31, 4 + 24 * 31)


def test_fewer_than_none_lost_is_told_as_none() -> None:
    (part,) = rtcp.parts(rtcp.write_receiver_report(3, [ReportBlock(9, 0, -2, 1, 0, 0, 0)]))
    assert part.body[8:12] == bytes(4)


def test_key_frames_are_asked_for_by_pli_and_by_fir() -> None:
    (pli,) = rtcp.parts(rtcp.write_pli(1, 77))
    assert rtcp.key_frame_wanted(pli) == [77]
    fir = Part(rtcp.PAYLOAD_FEEDBACK, rtcp.FIR, struct.pack("!6I", 1, 0, 5, 0, 6, 0))
    assert rtcp.key_frame_wanted(fir) == [5, 6]
    long = Part(rtcp.PAYLOAD_FEEDBACK, rtcp.FIR, bytes(8) + struct.pack("!II", 5, 0) * 200)
    assert rtcp.key_frame_wanted(long) == [5] * 16
    assert rtcp.key_frame_wanted(Part(rtcp.RTP_FEEDBACK, rtcp.PLI, pli.body)) == []
    assert rtcp.key_frame_wanted(Part(rtcp.PAYLOAD_FEEDBACK, rtcp.PLI, pli.body[:7])) == []


def test_a_nack_goes_round_the_end_of_the_numbers() -> None:
    lost = [65_534, 65_535, 0, 14, 15, 40]
    written = rtcp.write_nack(1, 2, lost)
    (part,) = rtcp.parts(written)
    assert rtcp.lost_packets(part) == (2, lost)
    assert len(written) == 12 + 3 * 4


def test_a_nack_of_full_size_cannot_be_blown_up() -> None:
    packet = struct.pack("!BBHII", 0x81, rtcp.RTP_FEEDBACK, 292, 1, 2)
    packet += struct.pack("!HH", 100, 0xFFFF) * 290
    assert (len(packet), 290 * 17) == (1_172, 4_930)
    (part,) = rtcp.parts(packet)
    ssrc, lost = rtcp.lost_packets(part)
    assert (ssrc, len(lost)) == (2, rtcp.NACK_LIMIT)
    assert lost == (list(range(100, 117)) * 16)[:256]


def test_transport_wide_feedback_asks_for_nothing_again() -> None:
    body = bytes(20)
    assert rtcp.lost_packets(Part(rtcp.RTP_FEEDBACK, rtcp.TRANSPORT_WIDE, body)) == (0, [])
    assert rtcp.lost_packets(Part(rtcp.RTP_FEEDBACK, rtcp.NACK, bytes(11))) == (0, [])


@given(
    st.one_of(
        st.binary(max_size=300),
        st.builds(
            lambda form, kind, body: (
                bytes([0x80 | form, kind, 0, len(body) // 4]) + body + bytes(-len(body) % 4)
            ),
            st.integers(0, 31),
            st.sampled_from([200, 201, 205, 206]),
            st.binary(max_size=200),
        ),
    )
)
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for part in rtcp.parts(data):
        rtcp.sender_report(part)
        assert len(rtcp.key_frame_wanted(part)) <= 16
        assert len(rtcp.lost_packets(part)[1]) <= rtcp.NACK_LIMIT
