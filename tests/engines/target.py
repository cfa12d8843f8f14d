"""The engine that the contract is tried on: our own as a child process, or the one named by
LIVEKIT_URL (with LIVEKIT_API_KEY and LIVEKIT_API_SECRET)."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import ClientSession
from livekit.api import AccessToken, LiveKitAPI, VideoGrants

from tests.load.engine import HOST
from tests.support.ports import free_port
from tests.support.waiting import until


class Target:
    """One engine: where it is, and tokens for it."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self.url = url
        self._key = key
        self._secret = secret

    @property
    def websocket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def token(self, identity: str, room: str, **grants: object) -> str:
        """A join token as the application makes them: 120 s, one attribute `epoch`."""
        allowed = VideoGrants(room_join=True, room=room, **grants)  # type: ignore[arg-type]
        token = AccessToken(self._key, self._secret).with_identity(identity).with_name(identity)
        token = token.with_attributes({"epoch": "1"}).with_ttl(timedelta(seconds=120))
        return token.with_grants(allowed).to_jwt()

    def api(self) -> LiveKitAPI:
        return LiveKitAPI(self.url, self._key, self._secret)


class OwnEngine(Target):
    """Our engine on free ports, as a child process that a test may kill and start again."""

    def __init__(self, media_address: str) -> None:
        self._media_address = media_address
        self._port = free_port(socket.SOCK_STREAM)
        self._udp_port = free_port(socket.SOCK_DGRAM)
        self._child: Process | None = None
        super().__init__(f"http://{HOST}:{self._port}", "contract", secrets.token_hex(32))

    async def start(self) -> None:
        settings = {
            "http_port": self._port,
            "udp_port": self._udp_port,
            "api_keys": {self._key: self._secret},
            "udp_host": self._media_address,
            "addresses": [self._media_address],
        }
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.load.engine", json.dumps(settings), stdout=sys.stderr
        )
        await until(self._answers)

    async def _answers(self) -> bool:
        async with ClientSession() as http:
            try:
                async with http.get(f"{self.url}/healthz") as answer:
                    return answer.status == 200
            except OSError:
                return False

    async def kill(self) -> None:
        """kill -9."""
        assert self._child is not None
        self._child.kill()
        await self._child.wait()

    async def stop(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self._child.wait(), 30)

    async def metric(self, name: str) -> float:
        """A figure without labels from `/metrics`."""
        async with ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


@asynccontextmanager
async def target(media_address: str = HOST) -> AsyncIterator[Target]:
    """The engine under test for one test; our own has its media at this address."""
    if url := os.environ.get("LIVEKIT_URL"):
        key, secret = os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"]
        yield Target(url.replace("ws", "http", 1) if url.startswith("ws") else url, key, secret)
        return
    engine = OwnEngine(media_address)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()
