"""Streams are followed as long as somebody reads them, whoever comes and goes meanwhile."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import pytest

from realtime.gateway import Gateway
from realtime.live.connection import Connection
from realtime.live.hub import Hub

pytestmark = pytest.mark.pure

ROOM, OTHER = "room:a", "room:b"


class Slow:
    """A database in whose first answer there is time for something else."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None
        self.asked: list[set[str]] = []

    async def heads(self, streams: Iterable[str]) -> dict[str, int]:
        self.asked.append(set(streams))
        await asyncio.sleep(0)
        now, self.meanwhile = self.meanwhile, lambda: None
        now()
        return dict.fromkeys(self.asked[-1], 7)


def page() -> Connection:
    return Connection(cast(Any, None), cast(Any, None), uuid4())


def hub_of(database: Slow) -> Hub:
    return Hub(cast(Gateway, database), lambda: datetime(2027, 2, 13, tzinfo=UTC))


async def test_a_stream_that_its_last_reader_leaves_meanwhile_is_followed_anew() -> None:
    database = Slow()
    hub = hub_of(database)
    leaving, coming, other = page(), page(), page()
    await hub.subscribe(leaving, ROOM)
    database.meanwhile = lambda: hub.remove(leaving)
    await hub.subscribe_all({coming: ROOM, other: OTHER})
    assert database.asked == [{ROOM}, {OTHER}, {ROOM}]


async def test_a_page_that_goes_while_it_is_led_leaves_nothing_behind() -> None:
    database = Slow()
    hub = hub_of(database)
    going = page()
    database.meanwhile = lambda: hub.remove(going)
    await hub.subscribe(going, ROOM)
    await hub.subscribe(page(), ROOM)
    assert database.asked == [{ROOM}, {ROOM}]
