"""What a forwarder must know of video payloads: where a key frame starts, and VP8's counters."""

from typing import NamedTuple

from realtime.media.rtp import Buffer

_SPS, _STAP_A, _FU_A = 7, 24, 28

# More units than this in one aggregation packet are not looked through.
_UNITS = 16


class Vp8Descriptor(NamedTuple):
    """Where the counters of a VP8 payload descriptor lie (RFC 7741 §4.2); 0 when absent."""

    picture_at: int
    picture_wide: bool
    tl0_at: int
    key_at: int
    header_at: int


class Counters(NamedTuple):
    """VP8's running numbers: picture id (7 or 15 bits), TL0PICIDX (8 bits), KEYIDX (5 bits)."""

    picture: int
    tl0: int
    key: int


NO_SHIFT = Counters(0, 0, 0)


def starts_key_frame(codec: str, buffer: Buffer, start: int, end: int) -> bool:
    """Whether this payload begins a frame that can be decoded without any other."""
    if codec == "video/vp8":
        return _vp8_key_frame(buffer, start, end)
    if codec.startswith("video/h264"):
        return _h264_key_frame(buffer, start, end)
    return True


def vp8_descriptor(buffer: Buffer, start: int, end: int) -> Vp8Descriptor | None:
    """Read the payload descriptor; None when it is cut short."""
    at = start + 1
    if at > end:
        return None
    picture_at, wide, tl0_at, key_at = 0, False, 0, 0
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
            key_at = at if flags & 0x10 else 0
            at += 1
    return Vp8Descriptor(picture_at, wide, tl0_at, key_at, at) if at <= end else None


def _vp8_key_frame(buffer: Buffer, start: int, end: int) -> bool:
    """First partition's first packet with the inverse key frame flag unset (RFC 7741 §4.3)."""
    if start >= end or not buffer[start] & 0x10 or buffer[start] & 0x07:
        return False
    descriptor = vp8_descriptor(buffer, start, end)
    if descriptor is None or descriptor.header_at >= end:
        return False
    return not buffer[descriptor.header_at] & 0x01


def _h264_key_frame(buffer: Buffer, start: int, end: int) -> bool:
    """A sequence parameter set, alone, aggregated or as a first fragment (RFC 6184 §5).

    Every WebRTC encoder sends its parameter sets before each IDR picture. A picture without them
    cannot be shown to who has just come, and a slice of it may not even be its first.
    """
    if start >= end:
        return False
    kind = buffer[start] & 0x1F
    if kind == _STAP_A:
        return _has_parameter_set(buffer, start + 1, end)
    if kind == _FU_A and start + 1 < end:
        return buffer[start + 1] & 0x9F == 0x80 | _SPS
    return kind == _SPS


def _has_parameter_set(buffer: Buffer, at: int, end: int) -> bool:
    """Look through the units of an aggregation packet, each behind its size (RFC 6184 §5.7.1)."""
    for _ in range(_UNITS):
        if at + 2 >= end:
            return False
        if buffer[at + 2] & 0x1F == _SPS:
            return True
        at += 2 + (buffer[at] << 8 | buffer[at + 1])
    return False


def counters(buffer: Buffer, descriptor: Vp8Descriptor) -> Counters | None:
    """The running numbers of a payload; None without a picture id."""
    at, tl0_at, key_at = descriptor.picture_at, descriptor.tl0_at, descriptor.key_at
    if not at:
        return None
    picture = buffer[at] & 0x7F
    if descriptor.picture_wide:
        picture = picture << 8 | buffer[at + 1]
    return Counters(
        picture, buffer[tl0_at] if tl0_at else 0, buffer[key_at] & 0x1F if key_at else 0
    )


def shift(
    buffer: bytearray | memoryview, by: int, descriptor: Vp8Descriptor, adds: Counters
) -> None:
    """Add to the running numbers of a copy that lies `by` bytes further on."""
    at = descriptor.picture_at + by
    if descriptor.picture_at and descriptor.picture_wide:
        number = ((buffer[at] & 0x7F) << 8 | buffer[at + 1]) + adds.picture
        buffer[at] = 0x80 | number >> 8 & 0x7F
        buffer[at + 1] = number & 0xFF
    elif descriptor.picture_at:
        buffer[at] = (buffer[at] + adds.picture) & 0x7F
    if descriptor.tl0_at:
        buffer[descriptor.tl0_at + by] = (buffer[descriptor.tl0_at + by] + adds.tl0) & 0xFF
    if descriptor.key_at:
        at = descriptor.key_at + by
        buffer[at] = buffer[at] & 0xE0 | (buffer[at] + adds.key) & 0x1F


def follow(last: Counters, first: Counters) -> Counters:
    """What to add so that a stream beginning with `first` goes on after `last`.

    The picture that a key frame starts opens a new base layer and a new key frame.
    """
    return Counters(
        (last.picture + 1 - first.picture) & 0x7FFF,
        (last.tl0 + 1 - first.tl0) & 0xFF,
        (last.key + 1 - first.key) & 0x1F,
    )


def shifted(numbers: Counters, adds: Counters) -> Counters:
    """The numbers as a viewer sees them."""
    return Counters(
        (numbers.picture + adds.picture) & 0x7FFF,
        (numbers.tl0 + adds.tl0) & 0xFF,
        (numbers.key + adds.key) & 0x1F,
    )
