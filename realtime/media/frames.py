"""What a forwarder must know of video payloads: where a key frame starts, and VP8's counters."""

from typing import NamedTuple

from realtime.media.rtp import Buffer

_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


class Vp8Descriptor(NamedTuple):
    """Where the counters of a VP8 payload descriptor lie (RFC 7741 §4.2); 0 when absent."""

    picture_at: int
    picture_wide: bool
    tl0_at: int
    header_at: int


def starts_key_frame(codec: str, buffer: Buffer, start: int, end: int) -> bool:
    """Whether this payload begins a frame that can be decoded without any other."""
    if codec == "video/vp8":
        return _vp8_key_frame(buffer, start, end)
    if codec == "video/h264":
        return _h264_key_frame(buffer, start, end)
    return True


def vp8_descriptor(buffer: Buffer, start: int, end: int) -> Vp8Descriptor | None:
    """Read the payload descriptor; None when it is cut short."""
    at = start + 1
    if at > end:
        return None
    picture_at, wide, tl0_at = 0, False, 0
    if buffer[start] & 0x80:
        if at >= end:
            return None
        flags = buffer[at]
        at += 1
        if flags & 0x80:
            if at >= end:
                return None
            picture_at, wide = at, bool(buffer[at] & 0x80)
            at += 2 if wide else 1
        if flags & 0x40:
            tl0_at = at
            at += 1
        if flags & 0x30:
            at += 1
    return Vp8Descriptor(picture_at, wide, tl0_at, at) if at <= end else None


def _vp8_key_frame(buffer: Buffer, start: int, end: int) -> bool:
    """First partition's first packet with the inverse key frame flag unset (RFC 7741 §4.3)."""
    if start >= end or not buffer[start] & 0x10 or buffer[start] & 0x07:
        return False
    descriptor = vp8_descriptor(buffer, start, end)
    if descriptor is None or descriptor.header_at >= end:
        return False
    return not buffer[descriptor.header_at] & 0x01


def _h264_key_frame(buffer: Buffer, start: int, end: int) -> bool:
    """A parameter set or an IDR slice, alone, aggregated or as a first fragment (RFC 6184 §5)."""
    if start >= end:
        return False
    kind = buffer[start] & 0x1F
    if kind in (_IDR, _SPS):
        return True
    if kind == _STAP_A:
        return start + 3 < end and buffer[start + 3] & 0x1F in (_IDR, _SPS)
    if kind == _FU_A and start + 1 < end:
        return bool(buffer[start + 1] & 0x80) and buffer[start + 1] & 0x1F == _IDR
    return False


def picture_number(buffer: Buffer, descriptor: Vp8Descriptor) -> int:
    """The picture id, 7 or 15 bits wide."""
    at = descriptor.picture_at
    if descriptor.picture_wide:
        return (buffer[at] & 0x7F) << 8 | buffer[at + 1]
    return buffer[at] & 0x7F


def shift_counters(
    buffer: bytearray | memoryview, by: int, descriptor: Vp8Descriptor, picture: int, tl0: int
) -> None:
    """Add to picture id and TL0PICIDX of a copy that lies `by` bytes further on."""
    at = descriptor.picture_at + by
    if descriptor.picture_at and descriptor.picture_wide:
        number = ((buffer[at] & 0x7F) << 8 | buffer[at + 1]) + picture
        buffer[at] = 0x80 | number >> 8 & 0x7F
        buffer[at + 1] = number & 0xFF
    elif descriptor.picture_at:
        buffer[at] = (buffer[at] + picture) & 0x7F
    if descriptor.tl0_at:
        buffer[descriptor.tl0_at + by] = (buffer[descriptor.tl0_at + by] + tl0) & 0xFF
