"""Datagrams of strangers are dropped, each counted by its reason; a signed check is answered."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from aioice import stun

from realtime.media.peer import MAX_CHECKS, MAX_DATAGRAMS
from realtime.media.plane import Plane
from realtime.media.udp import LARGEST
from tests.support.waiting import until

pytestmark = pytest.mark.pure


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    plane = Plane("127.0.0.1", 0, advertised=("127.0.0.1",))
    plane.start()
    yield plane
    await plane.close()


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.1", 0))
        client.setblocking(False)
        yield client


def check(name: str, password: str) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"0123456789ab")
    message.attributes["USERNAME"] = name
    message.add_message_integrity(password.encode())
    return bytes(message)


async def answer_to(plane: Plane, client: socket.socket, datagrams: list[bytes]) -> stun.Message:
    for datagram in datagrams:
        client.sendto(datagram, ("127.0.0.1", plane.udp.port))
    received = asyncio.get_running_loop().sock_recv(client, 2048)
    return stun.parse_message(await asyncio.wait_for(received, 60))


async def test_strangers_are_dropped_and_counted(plane: Plane, client: socket.socket) -> None:
    peer = plane.new_peer(on_open=lambda: None, on_close=lambda: None)
    fragment, password = peer.credentials[0]
    large = b"\x80" + bytes(LARGEST - 1)
    hostile = [b"", large, b"\x16" + bytes(20), large + b"\x00", bytes(3000), b"\x00\x01\x00"]
    foreign = [check("nobody:x", password), check(f"{fragment}:x", "wrong")]
    signed = check(f"{fragment}:x", password)
    answer = await answer_to(plane, client, [*hostile, *foreign, signed])
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == client.getsockname()
    assert plane.dropped == {"empty": 1, "stranger": 2, "oversize": 2, "check": 3}
    again = await answer_to(plane, client, [b"\x80" + bytes(20), b"\xff", signed])
    assert again.message_class == stun.Class.RESPONSE
    dropped = {"empty": 1, "stranger": 2, "oversize": 2, "check": 3, "early": 1, "unknown": 1}
    assert plane.dropped == dropped


async def test_what_a_proven_peer_sends_is_bounded(
    plane: Plane, client: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = plane.new_peer(on_open=lambda: None, on_close=lambda: None)
    monkeypatch.setattr(peer, "begin_tick", lambda: None)
    fragment, password = peer.credentials[0]
    await answer_to(plane, client, [check(f"{fragment}:x", password)])
    before = plane.dropped.total()
    for _ in range(MAX_DATAGRAMS + 7):
        client.sendto(b"\xff", ("127.0.0.1", plane.udp.port))

    async def all_came() -> bool:
        return plane.dropped.total() == before + MAX_DATAGRAMS + 7

    await until(all_came)
    assert (plane.dropped["unknown"], plane.dropped["flood"]) == (MAX_DATAGRAMS, 7)


async def test_more_checks_than_a_browser_makes_are_not_read(
    plane: Plane, client: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = plane.new_peer(on_open=lambda: None, on_close=lambda: None)
    monkeypatch.setattr(peer, "begin_tick", lambda: None)
    forged = check(f"{peer.credentials[0].fragment}:x", "wrong")
    for _ in range(MAX_CHECKS + 5):
        client.sendto(forged, ("127.0.0.1", plane.udp.port))

    async def all_came() -> bool:
        return plane.dropped.total() == MAX_CHECKS + 5

    await until(all_came)
    assert plane.dropped == {"check": MAX_CHECKS, "flood": 5}
