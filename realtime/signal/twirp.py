"""Twirp, version 7: a POST for each call, JSON or protobuf; errors are JSON with a code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError, Message
from livekit.api import VideoGrants
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from realtime.signal import tokens
from realtime.signal.tokens import TokenError

MAX_BODY = 256 * 1024
_JSON, _PROTOBUF = "application/json", "application/protobuf"
_STATUS = {
    "bad_route": 404,
    "invalid_argument": 400,
    "malformed": 400,
    "not_found": 404,
    "permission_denied": 403,
    "failed_precondition": 412,
    "resource_exhausted": 429,
    "unauthenticated": 401,
    "unimplemented": 501,
}

# What a call takes, and what answers it: given the request and what the caller's token grants.
Method = tuple[type[Message], Callable[[Any, VideoGrants], Message]]


class TwirpError(Exception):
    """A refusal with one of Twirp's codes."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class TwirpService:
    """`/twirp/{service}/{method}`: every call needs a token of one of our keys."""

    def __init__(self, methods: Mapping[str, Method], keys: Mapping[str, str]) -> None:
        self._methods = methods
        self._keys = keys

    async def answer(self, request: Request) -> Response:
        try:
            form = _form(request)
            grants = self._grants(request)
            kind, method = self._method(request.path_params["method"])
            reply = method(_parsed(kind, await _body(request), form), grants)
        except TwirpError as error:
            text = {"code": error.code, "msg": str(error)}
            return JSONResponse(text, status_code=_STATUS[error.code])
        return Response(_written(reply, form), media_type=form)

    def _grants(self, request: Request) -> VideoGrants:
        header = request.headers.get("authorization", "")
        try:
            return tokens.admit(header.removeprefix("Bearer "), self._keys).grants
        except TokenError as error:
            raise TwirpError("unauthenticated", str(error)) from error

    def _method(self, name: str) -> Method:
        if name not in self._methods:
            raise TwirpError("bad_route", "no such method")
        return self._methods[name]


def _form(request: Request) -> str:
    form = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if form not in (_JSON, _PROTOBUF):
        raise TwirpError("bad_route", f"calls are {_JSON} or {_PROTOBUF}")
    return form


async def _body(request: Request) -> bytes:
    """The body, of which never more than `MAX_BODY` and one piece is held."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise TwirpError("invalid_argument", "body too large")
    return bytes(body)


def _parsed(kind: type[Message], body: bytes, form: str) -> Message:
    try:
        if form == _JSON:
            return Parse(body or b"{}", kind(), ignore_unknown_fields=True)
        return kind.FromString(body)
    except (ParseError, DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TwirpError("malformed", "body cannot be read") from error


def _written(reply: Message, form: str) -> bytes:
    """As LiveKit writes it: names as in the `.proto` files, empty fields too."""
    if form == _PROTOBUF:
        return reply.SerializeToString()
    return MessageToJson(
        reply,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
        indent=None,
    ).encode()
