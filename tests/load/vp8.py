"""As much of VP8's RTP payload format as a replayed packet needs (RFC 7741 §4.2, §4.3)."""

import struct
from dataclasses import dataclass

EXTENDED, START = 0x80, 0x10
PICTURE_ID, TL0PICIDX, TID, KEYIDX = 0x80, 0x40, 0x20, 0x10
KEY_START_CODE = b"\x9d\x01\x2a"


@dataclass(frozen=True)
class Descriptor:
    """A payload descriptor as Chromium writes it, and whether a key frame begins here.

    `form` holds the flags I, L, T and K, `layer` the octet TID, Y, KEYIDX.
    """

    start: bool
    form: int
    layer: int
    key: bool


def read_descriptor(payload: bytes) -> Descriptor:
    """Read the descriptor of a payload.

    Raises:
        ValueError: the payload is too short for what its flags announce.
    """
    if len(payload) < 2:
        raise ValueError("payload too short")
    start = bool(payload[0] & START) and payload[0] & 7 == 0
    form = payload[1] & 0xF0 if payload[0] & EXTENDED else 0
    at = 2 if payload[0] & EXTENDED else 1
    if form & PICTURE_ID:
        at += 2 if payload[at : at + 1] >= b"\x80" else 1
    at += 1 if form & TL0PICIDX else 0
    layered = bool(form & (TID | KEYIDX))
    if len(payload) <= at + layered:
        raise ValueError("payload too short")
    key = start and not payload[at + layered] & 1
    return Descriptor(start=start, form=form, layer=payload[at] if layered else 0, key=key)


def write_head(
    descriptor: Descriptor, *, picture: int, base_picture: int, width: int, height: int
) -> bytes:
    """Descriptor and, at the start of a frame, the frame header that decoders and servers read."""
    head = bytes([(EXTENDED if descriptor.form else 0) | (START if descriptor.start else 0)])
    if descriptor.form:
        head += bytes([descriptor.form])
    if descriptor.form & PICTURE_ID:
        head += struct.pack("!H", 0x8000 | picture & 0x7FFF)
    if descriptor.form & TL0PICIDX:
        head += bytes([base_picture & 0xFF])
    if descriptor.form & (TID | KEYIDX):
        head += bytes([descriptor.layer])
    return head + (_frame_header(descriptor.key, width, height) if descriptor.start else b"")


def _frame_header(key: bool, width: int, height: int) -> bytes:
    tag = (0 if key else 1) | 1 << 4
    size = KEY_START_CODE + struct.pack("<HH", width, height) if key else b""
    return tag.to_bytes(3, "little") + size
