"""A page that reads nothing is let go, and costs nobody anything."""

import asyncio
import socket
from collections.abc import Callable
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection

import server.listen
from realtime.live import channel, connection
from realtime.live.closing import Close
from realtime.live.connection import Connection
from tests.support.live_client import connect, first_of, hello
from tests.support.served import ROOM, Served

KIB = 1024


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "CLOSE_SECONDS", 0.1)


async def _so(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def _deaf(served: Served, line: ClientConnection) -> Connection:
    """Say hello over a line and then read nothing; the connection as the server holds it."""
    page = uuid4()
    await line.send(hello(ROOM, page=page))
    await first_of(line, "room.snapshot")
    line.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.transport.pause_reading()
    connections = served.live.hub.connections
    await _so(lambda: any(each.page == page for each in connections))
    return next(each for each in connections if each.page == page)


async def _fill(held: Connection) -> int:
    """Offer until the connection ends, at most 64 MiB; how much waited at most."""
    most = 0
    for _ in range(64 * KIB):
        held.offer_text("x" * KIB)
        most = max(most, held._waiting_bytes)
        if held.ending:
            break
        await asyncio.sleep(0)
    return most


async def test_a_page_that_reads_nothing_is_closed_within_its_bound(served: Served) -> None:
    _, token = await served.person("読まない")
    async with connect(served.url, token) as line, await served.page("話") as talker:
        held = await _deaf(served, line)
        assert 290 * KIB < await _fill(held) <= 300 * KIB
        assert held.ending == Close.TOO_SLOW
        await _so(lambda: held not in served.live.hub.connections)
        assert (await talker.ask("chat.post", body="聞こえる"))["ok"]
        line.transport.abort()


async def test_control_without_the_bound_everything_waits(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_WAITING_BYTES", 1 << 30)
    _, token = await served.person("読まない")
    async with connect(served.url, token) as line:
        held = await _deaf(served, line)
        assert await _fill(held) > 10 * 300 * KIB
        assert held.ending is None
        line.transport.abort()


async def _still_holds_its_socket(served: Served, patience: int) -> bool:
    """Whether a page that reads nothing has a socket yet, long after it was told to go."""
    _, token = await served.person("読まない")
    async with connect(served.url, token) as line:
        held = await _deaf(served, line)
        await _fill(held)
        await _so(lambda: held not in served.live.hub.connections)
        sockets = served.server.server_state.connections
        await asyncio.wait({asyncio.create_task(_so(lambda: not sockets))}, timeout=patience)
        holds = bool(sockets)
        line.transport.abort()
        await _so(lambda: not sockets)
    return holds


async def test_the_kernel_ends_a_socket_that_takes_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.listen, "STUCK_MILLISECONDS", 1000)
    async with served.another() as impatient:
        assert not await _still_holds_its_socket(impatient, 60)


async def test_control_without_its_patience_the_socket_stays(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.listen, "STUCK_MILLISECONDS", 0)  # the system's: many minutes
    async with served.another() as patient:
        assert await _still_holds_its_socket(patient, 6)
