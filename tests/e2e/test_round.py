"""A round in real browsers: everybody is in the right room, however they come, and comes back."""

import asyncio
from contextlib import suppress
from functools import partial

from playwright.async_api import Browser

from server.mentoring.models import Round, RoundState
from tests.support.app import App
from tests.support.people import Person
from tests.support.round_people import Training, training
from tests.support.training import Sizes
from tests.support.waiting import until

OVERFLOWING_NOTES = """
[...document.querySelectorAll(".note")]
  .filter((note) => note.scrollHeight > note.clientHeight + 1)
  .map((note) => note.dataset.part)
"""
NOTE = "[data-part=shared-note] textarea"
SIZES = Sizes(teams=2, members=2, mentors=1, rounds=1, slots=1, slot=600)


async def door(somebody: Person) -> str:
    """What stands in the room's header."""
    return (await somebody.page.locator("[data-part=room-name]").text_content() or "").strip()


async def at(somebody: Person, words: str) -> bool:
    return words in await door(somebody)


async def test_pages_move_with_the_round_and_return_with_their_devices(
    app: App, browser: Browser
) -> None:
    async with (
        training(app, SIZES) as held,
        held.member(browser, 0) as one,
        held.member(browser, 0, 1) as mate,
        held.member(browser, 1) as other,
        held.mentor(browser) as mentor,
    ):
        for who, mic in ((one, True), (mate, False), (other, False), (mentor, True)):
            await who.go(held.room)
            if mic:
                await who.page.click("[data-part=mic-switch]")
            await who.page.click("[data-part=prejoin] [data-part=enter]")
            await who.inside()
        await until(partial(one.sees, 3, frames=5))
        asked: list[str] = []
        one.page.on("request", lambda request: asked.append(request.url))
        await held.open()
        await until(partial(at, one, "見本1町"))
        await until(partial(at, mate, "見本1町"))
        await until(partial(at, other, "見本2町"))
        await until(partial(has_faces, one, 3))  # with the mate and the mentor
        await until(partial(has_faces, other, 1))
        await until(partial(one.sees, 2, frames=10))
        assert await one.mic()
        assert not await mate.mic()
        assert not [url for url in asked if url.endswith("/token")]  # it came with the move
        await one.page.locator("[data-part=ring-mentor]", has_text="mentor0").wait_for()
        await mentor.page.locator("[data-part=own-note]").wait_for()
        assert await mentor.page.evaluate(OVERFLOWING_NOTES) == []
        await one.page.reload()
        await until(partial(at, one, "見本1町"))
        await until(one.mic)  # the name of the room stands before the microphone is there
        await held.end_in(2)
        for who in (one, mate, other, mentor):
            await who.page.locator("[data-part=ring]").wait_for(state="hidden")
            await until(partial(has_faces, who, 4))
        await until(partial(other.sees, 3, frames=10))
        assert [person.errors for person in (one, mate, other, mentor)] == [[], [], [], []]


async def has_faces(somebody: Person, count: int) -> bool:
    """Whether so many people are shown, no ghost among them."""
    return len(await somebody.faces()) == count


async def test_a_note_is_shared_as_it_is_written_and_nothing_is_lost(
    app: App, browser: Browser
) -> None:
    async with (
        training(app, SIZES) as held,
        held.member(browser, 0) as one,
        held.member(browser, 0, 1, width=390, height=844) as mate,  # the notes are a tab there
    ):
        await held.open()
        for who in (one, mate):
            await who.go(held.room)
            await who.page.click("[data-part=prejoin] [data-part=enter]")
            await who.inside()
            await until(partial(at, who, "見本1町"))
        await one.page.fill(NOTE, "屋根の話をする。")
        await until(partial(reads, mate, "屋根の話をする。"))
        await mate.page.fill(NOTE, "屋根の話をする。\n来月に十軒で試す。")
        await until(partial(reads, one, "十軒で試す"))
        await one.page.fill(NOTE, "屋根の話をする。\n来月に十軒で試す。\n宿は公民館。")
        await one.page.reload()  # at once: what is not saved yet is kept by the tab
        await until(partial(reads, one, "宿は公民館"))
        await until(partial(reads, mate, "宿は公民館"))


async def reads(somebody: Person, words: str) -> bool:
    return words in await somebody.page.locator(NOTE).input_value()


async def test_browsers_return_by_themselves_with_the_server_dead(
    app: App, browser: Browser
) -> None:
    async with (
        training(app, SIZES) as held,
        held.member(browser, 0) as one,
        held.member(browser, 1) as other,
    ):
        for who in (one, other):
            await who.go(held.room)
            await who.page.click("[data-part=prejoin] [data-part=enter]")
            await who.inside()
        async with one.page.expect_response("**/room/back"):
            await held.open()
        await until(partial(has_faces, one, 1))
        async with (
            one.page.expect_response("**/room/back"),
            other.page.expect_response("**/room/back"),
        ):
            await held.end_in(20)
        dead = asyncio.create_task(keep_dead(app, "web"))
        try:
            await until(partial(has_faces, one, 2))
            await until(partial(one.sees, 1, frames=10))
        finally:
            dead.cancel()
        await until(partial(settled, held))
        await until(partial(has_faces, other, 2))


async def settled(held: Training) -> bool:
    """Whether the server has closed the round too."""
    async with held.database.reading() as db:
        round_ = await db.get_one(Round, held.held.rounds[0].id)
        return round_.state is RoundState.CLOSED


async def keep_dead(app: App, name: str) -> None:
    """Kill a process each time the supervisor has started it."""
    while True:
        with suppress(LookupError, ProcessLookupError):
            app.kill(name)
        await asyncio.sleep(0.2)
