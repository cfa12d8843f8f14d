"""The processes: what each runs, and `serve`, which runs them all on one machine."""

import os
import signal
import socket
from typing import Any

import anyio
import uvicorn

from server import worker
from server.accounts import actions
from server.app import create_app
from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.core.errors import CannotRun
from server.listen import listen
from server.migrations import migrate
from server.supervisor import Child, supervise

SHUTDOWN_SECONDS = 5


def serve(settings: Settings) -> None:
    """Run web (with the worker inside) and media as children until SIGTERM or SIGINT.

    The parent holds the listening socket, so a web process that dies loses no connection attempt.
    """
    listener = listen(settings.host, settings.port)
    if settings.own_media:
        listen(settings.media_host, settings.media_http_port).close()  # says who holds it
    anyio.run(_prepare, settings)
    print(_greeting(settings, anyio.run(staff_link, settings)), flush=True)
    fd = listener.fileno()
    children = [Child("web", ["web", "--fd", str(fd)], pass_fds=(fd,))]
    if settings.own_media:
        children.append(Child("media", ["media"]))
    supervise(children)


def web(settings: Settings, *, fd: int | None = None) -> None:
    """Run one web process; on an inherited socket (`fd`) the worker runs inside it.

    Raises:
        CannotRun: alone without a Redis server, it could not reach the others.
    """
    if fd is None:
        _ensure_shared_broker(settings)
        anyio.run(_prepare, settings)
    listener = listen(settings.host, settings.port) if fd is None else socket.socket(fileno=fd)
    server = uvicorn.Server(_uvicorn(settings, with_worker=fd is not None))
    server.run(sockets=[listener])


def run_worker(settings: Settings) -> None:
    """Run one worker process until SIGTERM or SIGINT.

    Raises:
        CannotRun: without a Redis server there is no queue to share.
    """
    _ensure_shared_broker(settings)
    anyio.run(_work_until_stopped, settings)


async def staff_link(settings: Settings) -> str | None:
    """The address of the one-time link for the first staff account; None once there is one."""
    database = Database(settings.database)
    try:
        async with database.writing() as db:
            token = await actions.first_staff_link(db, now=clock.now())
    finally:
        await database.close()
    return f"{settings.public_url.rstrip('/')}/link/{token}" if token else None


def _uvicorn(settings: Settings, *, with_worker: bool) -> uvicorn.Config:
    secure: dict[str, Any] = {}
    if settings.tls_certificate and settings.tls_key:
        secure = {"ssl_certfile": settings.tls_certificate, "ssl_keyfile": settings.tls_key}
    return uvicorn.Config(
        create_app(settings, with_worker=with_worker),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=10,  # a line that is gone is noticed within 20 s
        ws_ping_timeout=10,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **secure,
    )


async def _prepare(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        await migrate(database)
    finally:
        await database.close()


async def _work_until_stopped(settings: Settings) -> None:
    await _prepare(settings)
    database = Database(settings.database)
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.work, settings, database)
            async for _ in signals:
                tasks.cancel_scope.cancel()
                break
    await database.close()


def _ensure_shared_broker(settings: Settings) -> None:
    if not settings.redis_url:
        raise CannotRun(
            "a process on its own needs a Redis server: set REDIS_URL, or use `yoriai serve`"
        )


def _greeting(settings: Settings, first_link: str | None) -> str:
    lines = [f"よりあい is open at {settings.public_url} (process {os.getpid()})"]
    if first_link:
        lines.append(f"No staff account yet. Make the first one here, once: {first_link}")
    return "\n".join(lines)
