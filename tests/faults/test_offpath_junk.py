"""Strangers' junk at the media port changes nothing; without the guard it does."""

import socket
from typing import Any

from tests.load.engine import own_engine
from tests.load.junk import is_withstood, withstand
from tests.support.ports import free_port

PEERS = 12
SECONDS = 3.0
PER_SECOND = 2000


async def outcome(module: str, *, patience: float) -> dict[str, Any]:
    port = free_port(socket.SOCK_DGRAM)
    async with own_engine(module=module, udp_port=port) as engine:
        return await withstand(
            engine, port, peers=PEERS, seconds=SECONDS, per_second=PER_SECOND, patience=patience
        )


async def test_peers_join_and_stay_under_junk() -> None:
    result = await outcome("tests.load.engine", patience=60.0)
    assert is_withstood(result), result


async def test_control_without_the_guard_junk_harms_peers() -> None:
    result = await outcome("tests.faults.unguarded_engine", patience=10.0)
    assert not is_withstood(result), result
    assert result["failed"] or result["dropped"], result
    assert result["junk"] > 100, result
