"""The HTTP face of a media process: signalling, room service, health, metrics."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from realtime.signal import metrics, session, tokens
from realtime.signal.joining import Arrival, JoinRequestError, read_arrival
from realtime.signal.room_service import RoomService
from realtime.signal.rooms import Rooms
from realtime.signal.space import NoSpace, RoomFull, ensure_place
from realtime.signal.tokens import Admission, TokenError
from realtime.signal.twirp import TwirpService

# The page that asks comes from the application's origin, which is never ours.
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


def create_app(rooms: Rooms, keys: dict[str, str]) -> Starlette:
    """The application that uvicorn serves."""

    doors = Doors(rooms, keys)
    service = TwirpService(RoomService(rooms).methods, keys)
    return Starlette(
        routes=[
            WebSocketRoute("/rtc/v1", doors.join),
            Route("/rtc/v1/validate", doors.validate),
            WebSocketRoute("/rtc", doors.join),
            Route("/rtc/validate", doors.validate),
            Route("/twirp/livekit.RoomService/{method}", service.answer, methods=["POST"]),
            Route("/healthz", _health),
            Route("/metrics", doors.figures),
        ]
    )


class Refused(Exception):
    """A client that is not let in; `status` and text go to its second question, `validate`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    def response(self) -> Response:
        return PlainTextResponse(str(self), self.status, _ANY_ORIGIN)


class Doors:
    """Endpoints that need the rooms of this process."""

    def __init__(self, rooms: Rooms, keys: dict[str, str]) -> None:
        self._rooms = rooms
        self._keys = keys

    async def join(self, websocket: WebSocket) -> None:
        try:
            admission, arrival = self._admit(websocket)
        except Refused:
            await websocket.close()
            return
        await session.serve(websocket, self._rooms, admission, arrival)

    async def validate(self, request: Request) -> Response:
        """Say in words why a client was refused; browsers tell nothing of a refused WebSocket."""
        try:
            self._admit(request)
        except Refused as refusal:
            return refusal.response()
        return PlainTextResponse("success", headers=_ANY_ORIGIN)

    async def figures(self, request: Request) -> Response:
        text = metrics.render(self._rooms)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    def _admit(self, knock: HTTPConnection) -> tuple[Admission, Arrival]:
        """Who knocks and what it wants; the token stands in the query or in a header.

        Raises:
            Refused: it may not come in.
        """
        header = knock.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            admission = tokens.admit(knock.query_params.get("access_token") or header, self._keys)
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
            v1 = knock.url.path.startswith("/rtc/v1")
            arrival = read_arrival(knock.query_params, needs_request=v1)
            ensure_place(self._rooms.rooms, admission, limits)
        except JoinRequestError as error:
            raise Refused(400, str(error)) from error
        except NoSpace as error:
            raise Refused(403 if isinstance(error, RoomFull) else 503, str(error)) from error
        return admission, arrival


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
