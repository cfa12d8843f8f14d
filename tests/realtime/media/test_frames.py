"""VP8's counters are found and shifted, key frames are recognised, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import frames
from realtime.media.frames import Vp8Descriptor

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("data", "descriptor"),
    [
        (b"\x10\x00", Vp8Descriptor(0, False, 0, 1)),
        (b"\x90\x80\x05\x00", Vp8Descriptor(2, False, 0, 3)),
        (b"\x90\xf0\x81\x02\x07\x20\x00", Vp8Descriptor(2, True, 4, 6)),
        (b"\x90\x40\x07\x00", Vp8Descriptor(0, False, 2, 3)),
        (b"\x90\x10\x20\x00", Vp8Descriptor(0, False, 0, 3)),
        (b"", None),
        (b"\x90", None),
        (b"\x90\x80", None),
        (b"\x90\x80\x81", None),
        (b"\x90\xc0\x05", None),
    ],
)
def test_a_descriptor_by_value(data: bytes, descriptor: Vp8Descriptor | None) -> None:
    assert frames.vp8_descriptor(data, 0, len(data)) == descriptor


def test_wide_counters_shift_round_their_end() -> None:
    data = bytearray(b"\x90\xe0\xff\xff\xff\x20\x00")
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    assert descriptor is not None
    assert frames.picture_number(data, descriptor) == 0x7FFF
    frames.shift_counters(data, 0, descriptor, 2, 3)
    assert bytes(data) == b"\x90\xe0\x80\x01\x02\x20\x00"


def test_narrow_counters_shift_round_their_end_in_a_copy_further_on() -> None:
    data = b"\x90\xc0\x7f\x07\x00"
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    assert descriptor is not None
    copy = bytearray(3) + data
    frames.shift_counters(copy, 3, descriptor, 1, 0xFF)
    assert bytes(copy) == bytes(3) + b"\x90\xc0\x00\x06\x00"


@pytest.mark.parametrize(
    ("codec", "payload", "key"),
    [
        ("video/vp8", b"\x10\x00", True),
        ("video/vp8", b"\x10\x01", False),
        ("video/vp8", b"\x00\x00", False),
        ("video/vp8", b"\x11\x00", False),
        ("video/vp8", b"\x10", False),
        ("video/vp8", b"", False),
        ("video/h264", b"\x65", True),
        ("video/h264", b"\x67", True),
        ("video/h264", b"\x41", False),
        ("video/h264", b"\x78\x00\x01\x67", True),
        ("video/h264", b"\x78\x00\x01", False),
        ("video/h264", b"\x7c\x85", True),
        ("video/h264", b"\x7c\x05", False),
        ("video/h264", b"\x7c", False),
        ("audio/opus", b"", True),
    ],
)
def test_where_a_key_frame_begins(codec: str, payload: bytes, key: bool) -> None:
    assert frames.starts_key_frame(codec, payload, 0, len(payload)) is key


@given(st.binary(max_size=12), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_arbitrary_payloads_never_raise(data: bytes, picture: int, tl0: int) -> None:
    for codec in ("video/vp8", "video/h264"):
        frames.starts_key_frame(codec, data, 0, len(data))
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    if descriptor is not None:
        frames.shift_counters(bytearray(data), 0, descriptor, picture, tl0)
