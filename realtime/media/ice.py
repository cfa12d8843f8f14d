"""ICE-lite (RFC 8445 §2.5): answer connectivity checks, dial nobody.

A browser's check carries `our-fragment:its-fragment` as user name and is signed with our
password; whoever knows that password was told it over the signalling connection. So a check that
verifies also proves that its sender may send media from the address it came from.
"""

import secrets
import struct
from typing import NamedTuple

from aioice import stun

_STUN_TYPES_END = 4
_HEADER = 20
_USERNAME = 0x0006
_ATTRIBUTE = struct.Struct("!HH")
# Browsers write the user name first; whoever hides it behind more attributes is none.
_LOOKED_AT = 8


class Credentials(NamedTuple):
    """Our user name fragment and password for one peer (RFC 8445 §5.3)."""

    fragment: str
    password: str


class Check(NamedTuple):
    """A connectivity check as it arrived, its signature not yet looked at."""

    nominates: bool
    message: stun.Message


def new_credentials() -> Credentials:
    """48 bits to be found by, 144 bits to be trusted by."""
    return Credentials(secrets.token_hex(6), secrets.token_urlsafe(18))


def may_be_stun(first_byte: int) -> bool:
    """RFC 7983 §7: STUN begins with 0 to 3."""
    return first_byte < _STUN_TYPES_END


def fragment_in(datagram: bytes) -> str:
    """Our user name fragment in a check, found without reading the rest; empty when there is none.

    It costs a small part of `read_check`, and so do checks that nobody waits for.
    """
    at = _HEADER
    for _ in range(_LOOKED_AT):
        if at + _ATTRIBUTE.size > len(datagram):
            break
        kind, size = _ATTRIBUTE.unpack_from(datagram, at)
        at += _ATTRIBUTE.size
        if kind == _USERNAME:
            return datagram[at : at + size].partition(b":")[0].decode("ascii", "replace")
        at += size + -size % 4
    return ""


def read_check(datagram: bytes) -> Check | None:
    """A binding request with a user name; None for everything else, however malformed."""
    try:
        message = stun.parse_message(datagram)
    except (ValueError, struct.error, LookupError):
        return None
    name = message.attributes.get("USERNAME")
    if message.message_method != stun.Method.BINDING or name is None:
        return None
    if message.message_class != stun.Class.REQUEST:
        return None
    return Check("USE-CANDIDATE" in message.attributes, message)


def is_signed(check: Check, password: str) -> bool:
    """Whether the check carries a MESSAGE-INTEGRITY made with our password (RFC 8489 §14.5)."""
    return bool(check.message.check_message_integrity(password.encode()))


def answer_check(check: Check, password: str, seen_from: tuple[str, int]) -> bytes:
    """The success response: the address the check came from, signed (RFC 8445 §7.3.1)."""
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=check.message.transaction_id,
    )
    response.attributes["XOR-MAPPED-ADDRESS"] = seen_from
    response.add_message_integrity(password.encode())
    return bytes(response)
