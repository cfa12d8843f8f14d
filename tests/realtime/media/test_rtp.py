"""RTP headers and their extensions are read by value; arbitrary bytes never raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import rtp
from realtime.media.rtp import Extension

pytestmark = pytest.mark.pure


def packet(first: int, rest: bytes = b"") -> bytes:
    return bytes([first, 96]) + bytes(10) + rest


def extended(profile: int, body: bytes, payload: bytes = b"") -> bytes:
    head = profile.to_bytes(2, "big") + (len(body) // 4).to_bytes(2, "big")
    return packet(0x90, head + body + payload)


def read(data: bytes) -> list[Extension]:
    end = rtp.payload_start(data, 0, len(data))
    return rtp.extensions(data, 0, end) if end is not None and data[0] & 0x10 else []


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (packet(0x80, b"pay"), 12),
        (packet(0x82, bytes(8) + b"pay"), 20),
        (extended(0xBEDE, bytes(4), b"pay"), 20),
        (packet(0x80), 12),
        (packet(0x80)[:11], None),
        (packet(0x40, b"pay"), None),
        (packet(0x81, b"pay"), None),
        (packet(0x90, b"\xbe\xde\x00"), None),
        (packet(0x90, b"\xbe\xde\x00\x02" + bytes(4)), None),
    ],
)
def test_payload_begins_behind_the_whole_header(data: bytes, start: int | None) -> None:
    assert rtp.payload_start(data, 0, len(data)) == start


def test_one_byte_extensions_with_padding_between() -> None:
    data = extended(0xBEDE, b"\x10\xaa\x00\x31\x01\x02\x00\x00", b"payload")
    assert read(data) == [(1, 17, 18), (3, 20, 22)]


def test_number_fifteen_ends_the_one_byte_form() -> None:
    assert read(extended(0xBEDE, b"\x10\xaa\xf0\xbb\x20\xcc\x00\x00")) == [(1, 17, 18)]


def test_two_byte_extensions_may_be_empty_and_numbered_beyond_fourteen() -> None:
    data = extended(0x1003, b"\x0f\x00\x00\xc8\x02\x01\x02\x00")
    assert read(data) == [(15, 18, 18), (200, 21, 23)]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (extended(0xBEDE, b"\x10\xaa\x2f\xbb", b"x" * 40), [(1, 17, 18)]),
        (extended(0x1000, b"\x01\x00\x02\x09", b"x" * 40), [(1, 18, 18)]),
        (extended(0x1000, b"\x01\x01\xaa\x02", b"x" * 40), [(1, 18, 19)]),
        (extended(0xABAC, b"\x10\xaa\x00\x00"), []),
        (packet(0x80, b"\xbe\xde\x00\x01\x10\xaa\x00\x00"), []),
    ],
)
def test_malformed_extensions_stop_before_the_payload(data: bytes, found: list[Extension]) -> None:
    assert read(data) == found


def test_offsets_count_from_the_beginning_of_the_buffer() -> None:
    data = extended(0xBEDE, b"\x10\xaa\x00\x00", b"pay")
    buffer = bytes(100) + data + bytes(50)
    assert rtp.extensions(buffer, 100, 120) == [(1, 117, 118)]
    assert rtp.payload_start(buffer, 100, len(data)) == 120


def test_padding_is_taken_off_but_never_the_header() -> None:
    padded = packet(0xA0, b"pay\x00\x00\x03")
    assert rtp.without_padding(padded, 0, len(padded)) == 15
    lying = packet(0xA0, b"pay\xff")
    assert rtp.without_padding(lying, 0, len(lying)) == 12
    plain = packet(0x80, b"pay\x02")
    assert rtp.without_padding(plain, 0, len(plain)) == 16


@pytest.mark.parametrize(
    ("kind", "rtcp"), [(191, False), (192, True), (200, True), (223, True), (224, False)]
)
def test_rtcp_is_told_by_its_packet_type(kind: int, rtcp: bool) -> None:
    assert rtp.is_rtcp(kind) is rtcp


@pytest.mark.parametrize(
    ("sequence", "than", "newer"),
    [
        (1, 0, True),
        (0, 0xFFFF, True),
        (0xFFFF, 0, False),
        (5, 5, False),
        (0x7FFF, 0, True),
        (0x8000, 0, False),
    ],
)
def test_newer_goes_round_the_end_of_the_numbers(sequence: int, than: int, newer: bool) -> None:
    assert rtp.is_newer(sequence, than) is newer


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x90\x60" + bytes(10) + b"\xbe\xde"]))
def test_arbitrary_bytes_never_raise_and_never_point_outside(tail: bytes, head: bytes) -> None:
    data = head + tail
    start = rtp.payload_start(data, 0, len(data))
    assert start is None or 12 <= start <= len(data)
    for _, begin, end in read(data):
        assert start is not None
        assert 12 < begin <= end <= start
