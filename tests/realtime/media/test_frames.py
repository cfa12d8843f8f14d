"""VP8's counters are found and shifted, key frames are recognised, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import frames
from realtime.media.frames import Counters, Vp8Descriptor

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("data", "descriptor"),
    [
        (b"\x10\x00", Vp8Descriptor(0, False, 0, 0, 1)),
        (b"\x90\x80\x05\x00", Vp8Descriptor(2, False, 0, 0, 3)),
        (b"\x90\xf0\x81\x02\x07\x20\x00", Vp8Descriptor(2, True, 4, 5, 6)),
        (b"\x90\x40\x07\x00", Vp8Descriptor(0, False, 2, 0, 3)),
        (b"\x90\x10\x20\x00", Vp8Descriptor(0, False, 0, 2, 3)),
        (b"\x90\x20\x20\x00", Vp8Descriptor(0, False, 0, 0, 3)),
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
    data = bytearray(b"\x90\xf0\xff\xff\xff\x3f\x00")
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    assert descriptor is not None
    assert frames.counters(data, descriptor) == Counters(0x7FFF, 0xFF, 0x1F)
    frames.shift(data, 0, descriptor, Counters(2, 3, 4))
    assert bytes(data) == b"\x90\xf0\x80\x01\x02\x23\x00"


def test_narrow_counters_shift_round_their_end_in_a_copy_further_on() -> None:
    data = b"\x90\xc0\x7f\x07\x00"
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    assert descriptor is not None
    assert frames.counters(data, descriptor) == Counters(0x7F, 7, 0)
    copy = bytearray(3) + data
    frames.shift(copy, 3, descriptor, Counters(1, 0xFF, 9))
    assert bytes(copy) == bytes(3) + b"\x90\xc0\x00\x06\x00"


def test_a_new_layer_goes_on_where_the_last_one_ended() -> None:
    adds = frames.follow(Counters(0x7FFF, 0xFF, 0x1F), Counters(5, 6, 7))
    assert frames.shifted(Counters(5, 6, 7), adds) == Counters(0, 0, 0)
    assert frames.shifted(Counters(6, 7, 7), adds) == Counters(1, 1, 0)


@pytest.mark.parametrize(
    ("codec", "payload", "key"),
    [
        ("video/vp8", b"\x10\x00", True),
        ("video/vp8", b"\x10\x01", False),
        ("video/vp8", b"\x00\x00", False),
        ("video/vp8", b"\x11\x00", False),
        ("video/vp8", b"\x10", False),
        ("video/vp8", b"", False),
        ("video/h264/baseline", b"\x67", True),
        ("video/h264/baseline", b"\x65", False),
        ("video/h264/baseline", b"\x41", False),
        ("video/h264/baseline", b"\x78\x00\x01\x67", True),
        ("video/h264/baseline", b"\x78\x00\x02\x09\x10\x00\x01\x67", True),
        ("video/h264/baseline", b"\x78\x00\x02\x06\x10\x00\x01\x61", False),
        ("video/h264/baseline", b"\x78\x00\x01", False),
        ("video/h264/baseline", b"\x78\x00\x00" * 40 + b"\x67", False),
        ("video/h264/high", b"\x7c\x87", True),
        ("video/h264/high", b"\x7c\x85", False),
        ("video/h264/high", b"\x7c\x07", False),
        ("video/h264/high", b"\x7c", False),
        ("video/h264/high", b"", False),
        ("audio/opus", b"", True),
    ],
)
def test_where_a_key_frame_begins(codec: str, payload: bytes, key: bool) -> None:
    assert frames.starts_key_frame(codec, payload, 0, len(payload)) is key


@given(st.binary(max_size=12), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_arbitrary_payloads_never_raise(data: bytes, picture: int, tl0: int) -> None:
    for codec in ("video/vp8", "video/h264/main"):
        frames.starts_key_frame(codec, data, 0, len(data))
    descriptor = frames.vp8_descriptor(data, 0, len(data))
    if descriptor is not None:
        frames.counters(data, descriptor)
        frames.shift(bytearray(data), 0, descriptor, Counters(picture, tl0, 1))
