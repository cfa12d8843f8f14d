"""Reading RTP headers where they lie (RFC 3550 §5.1, RFC 8285), and sequence arithmetic.

All functions take a buffer, the offset of the packet in it and its length; they never copy and
never raise on what a stranger may send: a malformed packet reads as None or as no extension.
"""

import struct
from collections.abc import Mapping

Buffer = bytes | bytearray | memoryview

FIXED_HEADER = 12
HEADER = struct.Struct("!BBHII")

ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE, _TWO_BYTE_MASK = 0x1000, 0xFFF0

AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
ORIENTATION = "urn:3gpp:video-orientation"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
KNOWN = (AUDIO_LEVEL, MID, RID, REPAIRED_RID, ORIENTATION, TRANSPORT_CC)

# One header extension element: its number, and where its value begins and ends in the buffer.
Extension = tuple[int, int, int]

# What a packet's extensions say: transport-wide number, audio level, orientation (-1 without),
# section, layer, repaired layer (empty without).
Noted = tuple[int, int, int, str, str, str]
NOTHING: Noted = (-1, -1, -1, "", "", "")


def is_rtcp(second_byte: int) -> bool:
    """Tell RTCP from RTP on one port (RFC 5761 §4): packet types 192 to 223."""
    return 192 <= second_byte <= 223


def payload_start(buffer: Buffer, start: int, length: int) -> int | None:
    """Offset in the buffer where the payload begins; None when the header does not fit."""
    if length < FIXED_HEADER or buffer[start] >> 6 != 2:
        return None
    first = buffer[start]
    at = start + FIXED_HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        if at + 4 > start + length:
            return None
        at += 4 + 4 * int.from_bytes(buffer[at + 2 : at + 4], "big")
    return at if at <= start + length else None


def extensions(buffer: Buffer, start: int, end: int) -> list[Extension]:
    """Extensions of a header that has some and ends at `end` (RFC 8285 §4.2, §4.3).

    In order; stops quietly where the form breaks.
    """
    at = start + FIXED_HEADER + 4 * (buffer[start] & 0x0F)
    profile = int.from_bytes(buffer[at : at + 2], "big")
    if profile == ONE_BYTE_PROFILE:
        return _one_byte(buffer, at + 4, end)
    if profile & _TWO_BYTE_MASK == _TWO_BYTE_PROFILE:
        return _two_byte(buffer, at + 4, end)
    return []


def note_extensions(buffer: Buffer, start: int, payload: int, names: Mapping[int, str]) -> Noted:
    """What a packet says that has extensions and whose header ends at `payload`.

    Args:
        names: extension URIs (of `KNOWN`) by number.
    """
    number, level, orientation, mid, rid, repaired = NOTHING
    for key, at, end in extensions(buffer, start, payload):
        name = names.get(key)
        if name is TRANSPORT_CC:
            number = buffer[at] << 8 | buffer[at + 1] if end - at == 2 else -1
        elif name is AUDIO_LEVEL:
            level = buffer[at] if end > at else -1
        elif name is ORIENTATION:
            orientation = buffer[at] if end > at else -1
        elif name is MID:
            mid = _text(buffer, at, end)
        elif name is RID:
            rid = _text(buffer, at, end)
        elif name is REPAIRED_RID:
            repaired = _text(buffer, at, end)
    return number, level, orientation, mid, rid, repaired


def _text(buffer: Buffer, at: int, end: int) -> str:
    return bytes(buffer[at:end]).decode("ascii", "replace")


def _one_byte(buffer: Buffer, at: int, end: int) -> list[Extension]:
    found: list[Extension] = []
    while at < end:
        number, size = buffer[at] >> 4, (buffer[at] & 0x0F) + 1
        if buffer[at] == 0:
            at += 1
            continue
        if number == 15 or at + 1 + size > end:
            break
        found.append((number, at + 1, at + 1 + size))
        at += 1 + size
    return found


def _two_byte(buffer: Buffer, at: int, end: int) -> list[Extension]:
    found: list[Extension] = []
    while at < end:
        if buffer[at] == 0:
            at += 1
            continue
        if at + 2 > end or at + 2 + buffer[at + 1] > end:
            break
        found.append((buffer[at], at + 2, at + 2 + buffer[at + 1]))
        at += 2 + buffer[at + 1]
    return found


def without_padding(buffer: Buffer, start: int, length: int) -> int:
    """Payload end without padding (RFC 3550 §5.1), as an offset in the buffer."""
    end = start + length
    if not buffer[start] & 0x20 or length <= FIXED_HEADER:
        return end
    return max(end - buffer[end - 1], start + FIXED_HEADER)


def is_newer(sequence: int, than: int) -> bool:
    """Whether a 16-bit sequence number comes after another (RFC 3550 appendix A.1)."""
    return 0 < (sequence - than) & 0xFFFF < 0x8000
