"""Reading SCTP packets (RFC 9260 §3, RFC 3758, RFC 6525): only what is sound gets through.

A peer writes every length and count in here, and a parser that trusts them reads outside a chunk,
never ends, or does the work of a second for one packet. So a packet is looked at once, as a whole,
before anything acts on it. Its checksum is not: DTLS has proven each byte already.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK = range(6)
ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO, COOKIE_ACK = range(6, 12)
SHUTDOWN_COMPLETE, RECONFIG, FORWARD_TSN = 14, 130, 192

# DCEP (RFC 8832 §8.2.1).
DATA_CHANNEL_ACK, DATA_CHANNEL_OPEN = 2, 3

# The largest message that a peer may send (`a=max-message-size`, RFC 8841 §6).
MAX_MESSAGE = 65_536

_HEADER, _CHUNK_HEADER, _PARAMETER_HEADER = 12, 4, 4
_MOST_CHUNKS = 64
_MOST_PARAMETERS = 16
# RFC 6525 §3.1 allows two parameters in a RE-CONFIG chunk; each of them is answered.
_MOST_RECONFIGURATIONS = 2
_RESET_REQUEST, _RESET_ANSWER, _ADD_STREAMS = 13, 16, 17
_LEAST_RECONFIGURATION = {_RESET_REQUEST: 12, _RESET_ANSWER: 8, _ADD_STREAMS: 8}

_TAG = struct.Struct("!4xL")
_LENGTHS = struct.Struct("!BBH")
_INIT = struct.Struct("!LLHHL")
_SACK = struct.Struct("!8xHH")
_PARAMETER = struct.Struct("!HH")
_GAP = struct.Struct("!HH")
_OPEN = struct.Struct("!8xHH")


class Chunk(NamedTuple):
    """One chunk without its header and padding."""

    kind: int
    flags: int
    body: bytes


class Packet(NamedTuple):
    """The verification tag of a packet, and its chunks in order."""

    tag: int
    chunks: list[Chunk]


def read(packet: bytes) -> Packet | None:
    """Take a packet apart; None when anything in it is unsound.

    Besides DATA one chunk of each kind is allowed: each of the others is answered by a packet,
    and an INIT stands alone (RFC 9260 §6.10). Kinds that we do not know are left out.
    """
    chunks: list[Chunk] = []
    at, end = _HEADER, len(packet)
    while at + _CHUNK_HEADER <= end:
        kind, flags, length = _LENGTHS.unpack_from(packet, at)
        if length < _CHUNK_HEADER or at + length > end or len(chunks) == _MOST_CHUNKS:
            return None
        body = packet[at + _CHUNK_HEADER : at + length]
        sound = _SOUND.get(kind)
        if sound is not None:
            if not sound(body):
                return None
            chunks.append(Chunk(kind, flags, body))
        at += (length + 3) & ~3
    if not chunks or _is_crowded(chunks):
        return None
    return Packet(_TAG.unpack_from(packet)[0], chunks)


def opens_channel(message: bytes) -> bool:
    """Whether a message is a sound DATA_CHANNEL_OPEN (RFC 8832 §5.1)."""
    if len(message) < _OPEN.size or message[0] != DATA_CHANNEL_OPEN:
        return False
    label, protocol = _OPEN.unpack_from(message)
    text = message[_OPEN.size :]
    return len(text) == label + protocol and _is_text(text[:label]) and _is_text(text[label:])


def _is_text(part: bytes) -> bool:
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_crowded(chunks: list[Chunk]) -> bool:
    if len(chunks) == 1:
        return False
    kinds = [chunk.kind for chunk in chunks if chunk.kind != DATA]
    return INIT in kinds or INIT_ACK in kinds or len(kinds) != len(set(kinds))


def _parameters(body: bytes, start: int = 0, *, most: int = _MOST_PARAMETERS) -> bool:
    """Whether parameters (or error causes, RFC 9260 §3.2.1) fill a body without going past it."""
    at, count = start, 0
    while at + _PARAMETER_HEADER <= len(body):
        _, length = _PARAMETER.unpack_from(body, at)
        count += 1
        if length < _PARAMETER_HEADER or at + length > len(body) or count > most:
            return False
        at += (length + 3) & ~3
    return True


def _any(body: bytes) -> bool:
    return True


def _data(body: bytes) -> bool:
    return len(body) > 12


def _init(body: bytes) -> bool:
    if len(body) < _INIT.size or not _parameters(body, _INIT.size):
        return False
    tag, _, outgoing, incoming, _ = _INIT.unpack_from(body)
    return bool(tag and outgoing and incoming)


def _sack(body: bytes) -> bool:
    """Gap blocks must be in order and apart: their sum bounds the work (RFC 9260 §3.3.4)."""
    if len(body) < 12:
        return False
    gaps, doubles = _SACK.unpack_from(body)
    if len(body) < 12 + 4 * (gaps + doubles):
        return False
    before = 0
    for n in range(gaps):
        first, last = _GAP.unpack_from(body, 12 + 4 * n)
        if not before < first <= last:
            return False
        before = last
    return True


def _shutdown(body: bytes) -> bool:
    return len(body) >= 4


def _forward(body: bytes) -> bool:
    return len(body) >= 4 and len(body) % 4 == 0


def _reconfig(body: bytes) -> bool:
    if not _parameters(body, most=_MOST_RECONFIGURATIONS):
        return False
    at = 0
    while at + _PARAMETER_HEADER <= len(body):
        kind, length = _PARAMETER.unpack_from(body, at)
        size = length - _PARAMETER_HEADER
        if size < _LEAST_RECONFIGURATION.get(kind, 0) or (kind == _RESET_REQUEST and size % 2):
            return False
        at += (length + 3) & ~3
    return True


_SOUND: dict[int, Callable[[bytes], bool]] = {
    DATA: _data,
    INIT: _init,
    INIT_ACK: _init,
    SACK: _sack,
    HEARTBEAT: _parameters,
    HEARTBEAT_ACK: _parameters,
    ABORT: _any,
    SHUTDOWN: _shutdown,
    SHUTDOWN_ACK: _any,
    ERROR: _parameters,
    COOKIE_ECHO: _any,
    COOKIE_ACK: _any,
    SHUTDOWN_COMPLETE: _any,
    RECONFIG: _reconfig,
    FORWARD_TSN: _forward,
}
