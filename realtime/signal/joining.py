"""The first thing a client says: the join request in the query string."""

import base64
import zlib

from google.protobuf.message import DecodeError
from livekit.protocol import rtc

MAX_PACKED = 64 * 1024
MAX_PLAIN = 512 * 1024


class JoinRequestError(ValueError):
    """A join request that cannot be read."""


def read_join_request(packed: str) -> rtc.JoinRequest:
    """Decode `join_request` (base64url of a WrappedJoinRequest, perhaps gzip).

    Raises:
        JoinRequestError: absent, too large, or malformed.
    """
    if not packed or len(packed) > MAX_PACKED:
        raise JoinRequestError("join request absent or too large")
    try:
        padded = packed + "=" * (-len(packed) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        wrapped = rtc.WrappedJoinRequest.FromString(raw)
        body = wrapped.join_request
        if wrapped.compression == rtc.WrappedJoinRequest.GZIP:
            body = _unpacked(body)
        return rtc.JoinRequest.FromString(body)
    except (ValueError, DecodeError, zlib.error) as error:
        raise JoinRequestError("malformed join request") from error


def _unpacked(body: bytes) -> bytes:
    """Inflate at most `MAX_PLAIN` bytes, so that a bomb stays small."""
    inflater = zlib.decompressobj(wbits=31)
    plain = inflater.decompress(body, MAX_PLAIN)
    if inflater.unconsumed_tail:
        raise JoinRequestError("join request too large")
    return plain
