"""Two web processes on one database: what happens in one is seen in the other."""

import asyncio
from typing import Never

import pytest

from server.events.models import Role
from tests.support.live_client import Page
from tests.support.served import ROOM, Served


async def test_chat_and_presence_cross(served: Served) -> None:
    async with (
        served.another() as other,
        await served.page("此処") as here,
        await other.page("彼処", Role.MENTOR) as there,
    ):
        await here.ask("seat.take")
        await there.ask("seat.take")
        await asyncio.gather(*(page.ask("chat.post", body="こんにちは") for page in (here, there)))
        for page in (here, there):
            await page.until(lambda page=page: page.room_head == 2)
            await page.until(lambda page=page: _people(page) == {"此処", "彼処"})
        assert _lines(here) == _lines(there)


def _people(page: Page) -> set[str]:
    digests = page.of("presence.digest")
    return {person["name"] for person in digests[-1]["people"]} if digests else set()


def _lines(page: Page) -> list[tuple[int, str]]:
    return [(event["seq"], event["data"]["message"]) for event in page.events]


async def test_a_seat_is_taken_over_from_a_page_of_the_other_process(served: Served) -> None:
    _, token = await served.person("二枚")
    async with (
        served.another() as other,
        Page(served.url, token, ROOM) as first,
        Page(other.url, token, ROOM) as second,
    ):
        await first.ask("seat.take")
        assert (await second.ask("seat.take"))["error"]["code"] == "seat_elsewhere"
        assert (await second.ask("seat.take", here=True))["ok"]
        await first.until(lambda: first.of("seat.lost"))


async def test_nobody_waits_for_a_broker_that_does_not_answer(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> Never:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(served.live.gateway, "nudge", hang)
    async with (
        served.another() as other,
        await served.page("話") as here,
        await other.page("聞") as there,
    ):
        async with asyncio.timeout(10):
            assert (await here.ask("chat.post", body="届く"))["ok"]
        await there.until(lambda: there.room_head == 1)  # by the look of each second
