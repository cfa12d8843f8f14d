"""The web application: everything is put together here."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket

import server.accounts.link_pages
import server.accounts.outbox
import server.accounts.own
import server.accounts.pages
import server.accounts.staff
import server.me.pages
import server.mentoring.routes
import server.mentoring.teams.gate
import server.organizations.invitations
import server.organizations.own
import server.organizations.pages
import server.organizations.staff
import server.programme.beginning
import server.programme.desk
import server.programme.pages
import server.records.desk
import server.records.hooks
import server.registration.desk.pages
import server.registration.pages
import server.rooms.pages
import server.rounds.routes
import server.web.licences
import server.web.styleguide
from realtime.gateway import Gateway
from realtime.live.channel import LiveChannel, live_route
from server import worker
from server.accounts.recognise import recognise
from server.core import broker, clock
from server.core.config import Settings
from server.core.db import Database
from server.core.errors import DomainError
from server.rooms.engine import engine_of
from server.rounds import ticking
from server.web import assets, errors
from server.web.csrf import CrossSiteGuard
from server.web.headers import SecurityHeaders
from server.web.hosts import KnownHost
from server.web.services import Services, services
from server.web.templates import Templates
from server.web.throttle import throttle
from server.web.visitor import VisitorMiddleware

MAX_BODY: Final = 256 * 1024
FOR_EVER: Final = "public, max-age=31536000, immutable"


def create_app(settings: Settings, *, with_worker: bool = False) -> Starlette:
    """The application for these settings. Its lifespan connects database and broker.

    `with_worker` runs the jobs inside this process too.
    """
    return Starlette(
        routes=_routes(settings),
        middleware=[
            Middleware(KnownHost, public_url=settings.public_url),
            Middleware(SecurityHeaders, settings=settings),
            Middleware(CrossSiteGuard, origin=settings.public_url.rstrip("/")),
            Middleware(VisitorMiddleware, recognise=recognise, secure=settings.secure),
        ],
        exception_handlers={
            DomainError: errors.refused,
            HTTPException: errors.not_found,
            Exception: errors.broken,
        },
        lifespan=_lifespan(settings, with_worker=with_worker),
        max_body_size=MAX_BODY,
    )


def _routes(settings: Settings) -> list[BaseRoute]:
    return [
        Mount(f"/static/{assets.build()}", Static(), name="static"),
        Route("/healthz", healthy, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *server.programme.pages.routes,
        *server.accounts.pages.routes,
        *server.accounts.link_pages.routes,
        *server.accounts.own.routes,
        *server.accounts.staff.routes,
        *server.accounts.outbox.routes,
        *server.programme.beginning.routes,
        *server.programme.desk.routes,
        *server.me.pages.routes,
        *server.organizations.own.routes,
        *server.organizations.invitations.routes,
        *server.organizations.pages.routes,
        *server.organizations.staff.routes,
        *server.mentoring.teams.gate.routes,  # before those that it stands in front of
        *server.registration.pages.routes,
        *server.registration.desk.pages.routes,
        *server.rooms.pages.routes,
        *server.rounds.routes.routes,
        *server.mentoring.routes.routes,
        *server.records.desk.routes,
        *server.records.hooks.routes,
        *server.web.licences.routes,
        live_route("/live", _live_channel),
        *_development_routes(settings),
    ]


def _development_routes(settings: Settings) -> list[BaseRoute]:
    development = settings.environment == "development"
    return [*server.web.styleguide.routes] if development else []


def _lifespan(settings: Settings, *, with_worker: bool) -> Any:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(settings.database)
            stack.push_async_callback(database.close)
            redis = broker.connect(settings.redis_url)
            stack.push_async_callback(redis.aclose)
            app.state.media = engine_of(settings)
            app.state.mail_kinds = worker.MAIL_KINDS
            app.state.services = found = Services(
                settings=settings,
                database=database,
                broker=redis,
                templates=Templates(
                    static_base=f"/static/{assets.build()}",
                    development=settings.environment == "development",
                ),
                throttle=throttle(settings.redis_url),
            )
            app.state.live = LiveChannel(Gateway(found), clock.now)
            tasks = await stack.enter_async_context(anyio.create_task_group())
            stack.callback(tasks.cancel_scope.cancel)
            tasks.start_soon(app.state.live.run)
            tasks.start_soon(ticking.run, database, app.state.live.look)
            if with_worker:
                tasks.start_soon(worker.work, settings, database)
            yield

    return lifespan


def _live_channel(websocket: WebSocket) -> LiveChannel:
    found = websocket.app.state.live
    assert isinstance(found, LiveChannel)
    return found


class Static(StaticFiles):
    """Our static files; a build's files never change, so browsers may keep them."""

    def __init__(self) -> None:
        super().__init__(directory=assets.folder("static"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for ever; the style sheet as one."""
        if path == assets.SHEET and scope["method"] in ("GET", "HEAD"):
            response = Response(assets.sheet(), media_type="text/css")
        else:
            response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER
        return response


async def healthy(request: Request) -> Response:
    """GET /healthz: the process answers."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """GET /readyz: the database answers, so pages can be served."""
    async with services(request).database.reading() as db:
        await db.connection()
    return PlainTextResponse("ready")
