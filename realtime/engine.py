"""Composition root of a media process: the media plane, signalling, room service, webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import uvicorn
import uvloop
from websockets import http11

from realtime.media.plane import Plane
from realtime.signal import joining, tokens
from realtime.signal.http import create_app
from realtime.signal.limits import Limits
from realtime.signal.rooms import Rooms
from realtime.signal.webhooks import Webhooks

_log = logging.getLogger(__name__)

# A join carries its token and its offer in the first line of the request, together often more
# than the 8 KiB that the library reads of it.
_REQUEST_LINE = joining.MAX_PACKED + tokens.MAX_BYTES + 4096


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What a media process must know.

    Port 0 takes a free one. `addresses` are the IP addresses that clients reach the UDP port at,
    preferred first. The first key pair signs webhooks, of all events or of `webhook_events`. With
    `tls_certificate` and `tls_key` (paths to PEM files) signalling is served over TLS.
    """

    api_keys: Mapping[str, str]
    http_host: str = "127.0.0.1"
    http_port: int = 7780
    udp_host: str = "127.0.0.1"
    udp_port: int = 7882
    addresses: tuple[str, ...] = ("127.0.0.1",)
    webhook_url: str | None = None
    webhook_events: frozenset[str] | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Engine:
    """A running media process, as seen from inside: its ports and its rooms."""

    http_port: int
    udp_port: int
    rooms: Rooms
    webhooks: Webhooks


def run(config: EngineConfig) -> None:
    """Serve until SIGTERM or SIGINT, then tell clients to come back and end."""
    uvloop.run(_run(config))


async def _run(config: EngineConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with serve(config) as engine:
        _log.info("media on http %d, udp %d", engine.http_port, engine.udp_port)
        gc.collect()
        gc.freeze()
        await stop.wait()


@contextlib.asynccontextmanager
async def serve(config: EngineConfig) -> AsyncIterator[Engine]:
    """A media process inside a running loop; ends with the context.

    Raises:
        OSError: a port is taken or an address is not ours.
    """
    keys = dict(config.api_keys)
    listening = _listen(config.http_host, config.http_port)
    try:
        plane = Plane(
            config.udp_host,
            config.udp_port,
            advertised=config.addresses,
            data=config.limits.data,
        )
    except OSError:
        listening.close()
        raise
    pair = next(iter(keys.items()))
    webhooks = Webhooks(
        config.webhook_url,
        *pair,
        events=config.webhook_events,
        certificate=config.tls_certificate,
    )
    rooms = Rooms(plane, webhooks, keys, config.limits)
    plane.start()
    rooms.start()
    server = _server(config, rooms, keys)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await _until_started(server, serving)
        port = listening.getsockname()[1]
        yield Engine(port, plane.udp.port, rooms, webhooks)
    finally:
        await rooms.close()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        await plane.close()
        await webhooks.close()


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


def _server(config: EngineConfig, rooms: Rooms, keys: dict[str, str]) -> uvicorn.Server:
    http11.MAX_LINE_LENGTH = _REQUEST_LINE
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(rooms, keys),
            log_config=None,
            log_level="warning",  # lower levels write URLs, and with them tokens
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=config.limits.message_bytes,
            ws_ping_interval=None,
            timeout_graceful_shutdown=2,
            ssl_certfile=config.tls_certificate,
            ssl_keyfile=config.tls_key,
        )
    )
    # The composition root owns the signals; in tests they belong to the test runner.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return server


async def _until_started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            serving.result()
            raise OSError("signalling did not start")
        await asyncio.sleep(0.005)
