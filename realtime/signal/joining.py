"""What a client says when it knocks: in a join request (v1) or word by word in the query (v0)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc

MAX_PACKED = 64 * 1024
MAX_PLAIN = 512 * 1024
MAX_TEXT = 128
MAX_CAPABILITIES = 16
_TEXTS = ("version", "os", "os_version", "device_model", "browser", "browser_version", "network")
_SDKS = {
    "ios": models.ClientInfo.SWIFT,
    "reactnative": models.ClientInfo.REACT_NATIVE,
    "unityweb": models.ClientInfo.UNITY_WEB,
}


class JoinRequestError(ValueError):
    """A join request that cannot be read."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A client at the door, its wishes, and whether it uses two peer connections."""

    request: rtc.JoinRequest
    dual: bool


def read_arrival(query: Mapping[str, str], *, needs_request: bool) -> Arrival:
    """What a client wants, from the query of its first request.

    Args:
        needs_request: on `/rtc/v1`, where the wishes come as a join request. On `/rtc` they may,
            and the client then uses one peer connection as well.

    Raises:
        JoinRequestError: absent, too large, or malformed.
    """
    packed = query.get("join_request", "")
    dual = not packed and not needs_request
    request = read_query(query) if dual else read_join_request(packed)
    request.client_info.CopyFrom(_bounded(request.client_info))
    return Arrival(request, dual)


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


def read_query(query: Mapping[str, str]) -> rtc.JoinRequest:
    """The same wishes as clients of two peer connections write them; nonsense counts as absent."""
    info = models.ClientInfo(
        sdk=_sdk(query.get("sdk", "")),
        protocol=_number(query.get("protocol", "")),
        client_protocol=_number(query.get("client_protocol", "")),
        capabilities=_capabilities(query.get("capabilities", "")),
        **{name: query.get(name, "") for name in _TEXTS},
    )
    settings = rtc.ConnectionSettings(
        auto_subscribe=_truth(query.get("auto_subscribe") or "1"),
        adaptive_stream=_truth(query.get("adaptive_stream", "")),
    )
    reconnect = _truth(query.get("reconnect", ""))
    return rtc.JoinRequest(
        client_info=info,
        connection_settings=settings,
        reconnect=reconnect,
        participant_sid=query.get("sid", "") if reconnect else "",
    )


def _unpacked(body: bytes) -> bytes:
    """Inflate at most `MAX_PLAIN` bytes, so that a bomb stays small."""
    inflater = zlib.decompressobj(wbits=31)
    plain = inflater.decompress(body, MAX_PLAIN)
    if inflater.unconsumed_tail:
        raise JoinRequestError("join request too large")
    return plain


def _bounded(info: models.ClientInfo) -> models.ClientInfo:
    """What is kept of a client's words about itself."""
    return models.ClientInfo(
        sdk=info.sdk,
        protocol=info.protocol,
        client_protocol=info.client_protocol,
        capabilities=list(info.capabilities)[:MAX_CAPABILITIES],
        **{name: getattr(info, name)[:MAX_TEXT] for name in _TEXTS},
    )


def _sdk(name: str) -> models.ClientInfo.SDK:
    if name in _SDKS:
        return _SDKS[name]
    known = name.upper() in models.ClientInfo.SDK.keys()  # noqa: SIM118, not a dict
    number = models.ClientInfo.SDK.Value(name.upper()) if known else models.ClientInfo.UNKNOWN
    return cast(models.ClientInfo.SDK, number)


def _capabilities(names: str) -> list[models.ClientInfo.Capability]:
    known = dict(models.ClientInfo.Capability.items())
    found = [known[name.strip()] for name in names.split(",") if name.strip() in known]
    return cast(list[models.ClientInfo.Capability], found)


def _truth(text: str) -> bool:
    return text in ("1", "true")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
