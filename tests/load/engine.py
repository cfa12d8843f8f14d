"""The engine under load: our own, started as a child, or any LiveKit server that runs already.

`python -m tests.load.engine '{"http_port": …}'` is the child: nothing but our engine.
"""

import asyncio
import contextlib
import json
import secrets
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.ports import free_port

from .access import Engine

HOST = "127.0.0.1"
CEILING = 60.0


@asynccontextmanager
async def engine_from(
    *,
    url: str | None,
    key: str | None,
    secret: str | None,
    pid: int | None = None,
    udp_port: int | None = None,
) -> AsyncIterator[Engine]:
    """The engine that the options name; with no URL our own for as long as the context lasts.

    Raises:
        ValueError: a URL without key and secret.
    """
    if url is None:
        async with own_engine(udp_port=udp_port) as engine:
            yield engine
    elif key and secret:
        yield Engine(
            url.replace("ws", "http", 1) if url.startswith("ws") else url, key, secret, pid
        )
    else:
        raise ValueError("a URL needs --key and --secret")


@asynccontextmanager
async def own_engine(
    *,
    module: str = "tests.load.engine",
    udp_port: int | None = None,
    log: Path | None = None,
) -> AsyncIterator[Engine]:
    """Our engine as a child process on free ports, stopped at the end.

    Args:
        module: the program to run; it gets the settings as JSON in its first argument.
        udp_port: the media port, a free one if None.
        log: a file for what it complains of; it goes to our own errors if None.
    """
    http_port, key, secret = free_port(socket.SOCK_STREAM), "load", secrets.token_hex(32)
    settings = {
        "http_port": http_port,
        "udp_port": udp_port or free_port(socket.SOCK_DGRAM),
        "api_keys": {key: secret},
    }
    with log.open("wb") if log else contextlib.nullcontext() as complaints:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, json.dumps(settings)),
            stdout=sys.stderr,
            stderr=complaints,
        )
    try:
        await _listening(child, http_port)
        yield Engine(f"http://{HOST}:{http_port}", key, secret, child.pid)
    finally:
        await _stop(child)


async def _listening(child: Process, port: int) -> None:
    async with asyncio.timeout(CEILING):
        while child.returncode is None:
            with contextlib.suppress(ConnectionRefusedError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                return
            await asyncio.sleep(0.05)
    raise RuntimeError(f"the engine ended with {child.returncode}")


async def _stop(child: Process) -> None:
    if child.returncode is None:
        child.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), 10)
    except TimeoutError:
        child.kill()
        await child.wait()


def serve(settings: str) -> None:
    """Run our engine with these settings until it is told to stop."""
    from realtime.engine import EngineConfig, run

    usual: dict[str, Any] = {"http_host": HOST, "udp_host": HOST, "addresses": (HOST,)}
    run(EngineConfig(**usual | json.loads(settings)))


if __name__ == "__main__":
    serve(sys.argv[1])
