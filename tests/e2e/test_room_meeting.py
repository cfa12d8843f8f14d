"""Three people meet in a room of the whole application, through our own media engine."""

import re
import urllib.request
from contextlib import AsyncExitStack
from functools import partial

from playwright.async_api import Browser

from tests.support.app import App
from tests.support.people import Person, person
from tests.support.waiting import until

FRAMES = 30
NAMES = ("participant", "mentor", "organizer")


# Whether my seat in the plan lies on the side of the hearth where my tile lies.
SAME_SIDE = """
() => {
  const middle = (element) => { const box = element.getBoundingClientRect();
    return box.left + box.width / 2; };
  const ring = document.querySelector("[data-part=hearth-plan]");
  const seat = middle(ring.querySelector(".you")) - middle(ring);
  const tile = middle(document.querySelector(".tile-you")) - middle(ring);
  return Math.abs(tile) < 5 ? Math.abs(seat) < 5 : Math.sign(seat) === Math.sign(tile);
}
"""

# What is written on the page during a second, be it what stood there before: `part what`.
WRITTEN = """
() => new Promise((resolve) => {
  const written = new Set();
  const observer = new MutationObserver((records) => {
    for (const { target, attributeName } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      written.add(`${element?.dataset.part ?? element?.className} ${attributeName ?? "content"}`);
    }
  });
  observer.observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
  setTimeout(() => resolve([...written]), 1000);
})
"""
GOES_ON = {"time-left content", "progress style"}


async def three(app: App, browser: Browser, stack: AsyncExitStack) -> list[Person]:
    """Three people of the demo in the room, microphones and cameras open."""
    people = []
    for name in NAMES:
        somebody = await stack.enter_async_context(person(app, browser, name))
        await somebody.enter(mic=True)
        people.append(somebody)
    return people


def forwarded(app: App) -> float:
    """Packets that the media process says it has forwarded."""
    address = f"http://127.0.0.1:{app.environment['MEDIA_HTTP_PORT']}/metrics"
    with urllib.request.urlopen(address, timeout=5) as answer:
        text = answer.read().decode()
    found = re.search(r"^yoriai_media_forwarded_packets_total(?:{.*})? (\S+)$", text, re.MULTILINE)
    assert found, "the media process does not count what it forwards"
    return float(found[1])


async def test_three_people_see_and_hear_each_other(app: App, browser: Browser) -> None:
    async with AsyncExitStack() as stack:
        people = await three(app, browser, stack)
        for somebody in people:
            await until(partial(somebody.sees, 2, frames=FRAMES))
            await until(partial(hears, somebody, 2))
        assert [len(one.media_sockets) for one in people] == [1, 1, 1]  # each at the first attempt
        assert [one.errors for one in people] == [[], [], []]
        for one in people:
            assert await one.page.evaluate(SAME_SIDE)
        if not app.environment.get("LIVEKIT_URL"):
            assert forwarded(app) > 0


async def test_while_nothing_happens_nothing_but_the_time_is_written(
    app: App, browser: Browser
) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter()
        await other.enter()
        await until(partial(one.sees, 1, frames=FRAMES))
        await until(partial(is_still, one))


async def is_still(somebody: Person) -> bool:
    """Whether a second passes in which only the time goes on; the line's quality comes late."""
    return set(await somebody.page.evaluate(WRITTEN)) <= GOES_ON


async def hears(somebody: Person, others: int) -> bool:
    """Whether sound with energy arrives from so many others."""
    energies = (await somebody.arriving())["energy"]
    return len([energy for energy in energies if energy > 0]) == others


async def test_a_shared_screen_is_seen_by_the_others(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter()
        await other.enter()
        await one.page.click("[data-part=share-button]")
        await until(lambda: shows_screen(other))
        whose = await other.page.locator("[data-part=whose]").text_content()
        assert whose == "真鍋 志乃さんの画面"
        await one.page.click("[data-part=share-button]")
        await other.page.locator("[data-part=share]").wait_for(state="hidden")


async def shows_screen(somebody: Person) -> bool:
    """Whether a shared screen is decoded."""
    screens = (await somebody.arriving())["screens"]
    return len(screens) == 1 and screens[0] >= 5


async def test_mute_and_camera_off_are_seen_by_the_others(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter(mic=True)
        await other.enter()
        tile = other.page.locator("yoriai-tile:not(.tile-you)")
        await tile.locator("video").wait_for()
        assert await tile.locator("[data-part=muted]").is_hidden()
        await one.page.click("[data-part=mic-button]")
        await tile.locator("[data-part=muted]").wait_for()
        await one.page.click("[data-part=camera-button]")
        await tile.locator("[data-part=avatar]").wait_for()
        await one.page.click("[data-part=camera-button]")
        await tile.locator("video").wait_for()


async def test_chat_crosses_and_a_line_can_be_taken_back(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "observer") as other:
        await one.enter()
        await other.enter_listening()
        await one.writes("四人は、同じ家ですか。")
        await other.writes("<b>はい</b>")
        expected = ["四人は、同じ家ですか。", "<b>はい</b>"]
        for somebody in (one, other):
            await until(partial(has_lines, somebody, expected))
        line = one.page.locator(".chat-line", has_text="四人は")
        await line.hover()
        await line.locator("[data-part=take-back]").click()
        await until(lambda: has_lines(one, expected[1:]))
        await one.page.click("[data-part=undo]")
        await until(lambda: has_lines(one, expected))
        await line.hover()
        await line.locator("[data-part=take-back]").click()
        await until(lambda: has_lines(other, ["取り消された書きこみです", "<b>はい</b>"]))


async def has_lines(somebody: Person, lines: list[str]) -> bool:
    """Whether exactly these lines stand in the chat."""
    return await somebody.lines() == lines


async def test_an_observer_listens_and_publishes_nothing(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "observer") as other:
        await one.enter(mic=True)
        await other.enter_listening()
        await until(lambda: other.sees(1, frames=FRAMES))
        assert await other.page.locator("[data-part=mic-button]").count() == 0
        tile = one.page.locator("yoriai-tile:not(.tile-you)")
        await tile.locator("[data-part=avatar]").wait_for()
        assert await tile.locator("[data-part=note]").text_content() == "見学者"


async def test_a_reader_of_the_screen_hears_who_comes_and_goes(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one:
        await one.enter()
        said = one.page.locator("[data-part=announcements]")
        async with person(app, browser, "organizer") as other:
            await other.enter()
            await said.filter(has_text="遠山 佑さんが入室しました。").wait_for(state="attached")
            await other.page.click(".room-leave")
            await said.filter(has_text="遠山 佑さんが退室しました。").wait_for(state="attached")
            await until(lambda: alone(one))
            assert await other.page.title() == "退室しました｜屋根の上で会う｜よりあい"


async def alone(somebody: Person) -> bool:
    """Whether only one's own tile is shown."""
    return len(await somebody.faces()) == 1
