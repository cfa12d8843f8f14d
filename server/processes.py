"""The processes `web` and `worker`: what each runs."""

import signal
import socket
from typing import Any

import anyio
import uvicorn

from server import worker
from server.app import create_app
from server.core.config import Settings
from server.core.db import Database
from server.core.errors import CannotRun
from server.listen import listen
from server.preparing import prepare
from server.rounds import ticking

SHUTDOWN_SECONDS = 5


def web(settings: Settings, *, fd: int | None = None) -> None:
    """Run one web process; on an inherited socket (`fd`) the worker runs inside it.

    Raises:
        CannotRun: alone without a Redis server, it could not reach the others.
    """
    if fd is None:
        _ensure_shared_broker(settings)
        anyio.run(prepare, settings)
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


async def _work_until_stopped(settings: Settings) -> None:
    await prepare(settings)
    database = Database(settings.database)
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.work, settings, database)
            tasks.start_soon(ticking.run, database)
            async for _ in signals:
                tasks.cancel_scope.cancel()
                break
    await database.close()


def _ensure_shared_broker(settings: Settings) -> None:
    if not settings.redis_url:
        raise CannotRun(
            "a process on its own needs a Redis server: set REDIS_URL, or use `yoriai serve`"
        )
