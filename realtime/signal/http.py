"""The HTTP face of a media process: signalling, room service, health, metrics."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from realtime.signal import metrics, session, tokens
from realtime.signal.room_service import RoomService
from realtime.signal.rooms import Rooms
from realtime.signal.space import NoSpace, RoomFull, ensure_place
from realtime.signal.tokens import Admission, TokenError
from realtime.signal.twirp import TwirpService

# The page that asks comes from the application's origin, which is never ours.
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
_TOO_OLD = "this server speaks /rtc/v1 only: a newer client is needed"


def create_app(rooms: Rooms, keys: dict[str, str]) -> Starlette:
    """The application that uvicorn serves."""

    doors = Doors(rooms, keys)
    service = TwirpService(RoomService(rooms).methods, keys)
    return Starlette(
        routes=[
            WebSocketRoute("/rtc/v1", doors.join),
            Route("/rtc/v1/validate", doors.validate),
            Route("/rtc", _too_old),
            Route("/rtc/validate", _too_old),
            Route("/twirp/livekit.RoomService/{method}", service.answer, methods=["POST"]),
            Route("/healthz", _health),
            Route("/metrics", doors.figures),
        ]
    )


class Refused(Exception):
    """A join that is not let in; `status` and text go to the client's second question."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Doors:
    """Endpoints that need the rooms of this process."""

    def __init__(self, rooms: Rooms, keys: dict[str, str]) -> None:
        self._rooms = rooms
        self._keys = keys

    async def join(self, websocket: WebSocket) -> None:
        header = websocket.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            admission = self._admit(websocket.query_params.get("access_token") or header)
        except Refused:
            await websocket.close()
            return
        await session.serve(websocket, self._rooms, admission)

    async def validate(self, request: Request) -> Response:
        """Say in words why a join was refused; browsers tell nothing of a refused WebSocket."""
        try:
            self._admit(request.query_params.get("access_token", ""))
        except Refused as refusal:
            return PlainTextResponse(str(refusal), refusal.status, _ANY_ORIGIN)
        return PlainTextResponse("success", headers=_ANY_ORIGIN)

    async def figures(self, request: Request) -> Response:
        text = metrics.render(self._rooms)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    def _admit(self, token: str) -> Admission:
        try:
            admission = tokens.admit(token, self._keys)
        except TokenError as error:
            raise Refused(401, str(error)) from error
        if not tokens.may_join(admission):
            raise Refused(401, "the token opens no room")
        limits = self._rooms.limits
        if len(admission.identity.encode()) > limits.identity_bytes:
            raise Refused(400, "identity too long")
        if len(admission.grants.room.encode()) > limits.room_name_bytes:
            raise Refused(400, "room name too long")
        try:
            ensure_place(self._rooms.rooms, admission, limits)
        except NoSpace as error:
            raise Refused(403 if isinstance(error, RoomFull) else 503, str(error)) from error
        return admission


async def _too_old(request: Request) -> Response:
    # Not 404: a client answers that by trying the same path again, without end.
    return PlainTextResponse(_TOO_OLD, 403, _ANY_ORIGIN)


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
