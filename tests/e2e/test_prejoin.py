"""Before the room: devices that work, are refused or missing, and a door that opens by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest_asyncio
from playwright.async_api import Browser

from server.core import clock
from server.core.db import Database
from server.events.queries import published, sessions_of
from tests.support.app import CEILING_SECONDS, App
from tests.support.browser import CHROMIUM, chromium
from tests.support.people import Person, person
from tests.support.waiting import until

FAKE_DEVICE = ("--use-fake-device-for-media-stream",)
SLOW_CLOCK = """
{ const real = Date.now.bind(Date); Date.now = () => real() - 10 * 60 * 1000; }
"""
ENTER = "[data-part=prejoin] [data-part=enter]"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asking_browser() -> AsyncIterator[Browser]:
    """Chromium with devices, that lets a page have those alone which somebody has allowed."""
    async with chromium(devices=False, flags=FAKE_DEVICE, program=CHROMIUM) as started:
        yield started


async def test_the_microphone_is_off_and_its_level_moves(app: App, whole_browser: Browser) -> None:
    async with person(app, whole_browser, "participant") as one:
        await one.go()
        assert await pressed(one, "mic-switch") == "false"
        await until(lambda: is_pressed(one, "camera-switch"))
        await one.page.locator("yoriai-level i.lit").first.wait_for()  # the fake one beeps
        await until(lambda: plays(one))


async def pressed(somebody: Person, part: str) -> str | None:
    """The state of a switch."""
    return await somebody.page.locator(f"[data-part={part}]").get_attribute("aria-pressed")


async def is_pressed(somebody: Person, part: str) -> bool:
    """Whether a switch is on."""
    return await pressed(somebody, part) == "true"


async def plays(somebody: Person) -> bool:
    """Whether the preview shows moving pictures."""
    time = await somebody.page.evaluate("document.querySelector('[data-part=preview]').currentTime")
    return bool(time > 0)


async def test_chosen_devices_are_kept_and_a_missing_one_falls_back(
    app: App, whole_browser: Browser
) -> None:
    async with person(app, whole_browser, "participant") as one:
        await one.go()
        mics = one.page.locator("[data-part=prejoin] [data-kind=audioinput] select")
        await mics.locator("option").nth(1).wait_for(state="attached")
        await mics.select_option(index=1)
        chosen = await mics.input_value()
        await one.page.reload()
        await until(partial(has_value, one, chosen))
        await one.page.evaluate(
            "localStorage.setItem('yoriai.devices', JSON.stringify({audioinput: 'gone'}))"
        )
        await one.page.reload()
        await one.page.locator("yoriai-level i.lit").first.wait_for()
        assert await one.page.locator("[data-trouble]").count() == 0


async def has_value(somebody: Person, value: str) -> bool:
    """Whether this microphone is chosen."""
    mics = somebody.page.locator("[data-part=prejoin] [data-kind=audioinput] select")
    return await mics.input_value() == value


async def test_blocked_devices_show_the_way_and_let_one_listen(
    app: App, asking_browser: Browser
) -> None:
    async with person(app, asking_browser, "participant", permissions=("notifications",)) as one:
        await one.go()
        await one.page.get_by_role("heading", name="カメラとマイクが止められています").wait_for()
        shown = one.page.locator("[data-browser]:not([hidden])")
        assert await shown.count() == 1  # the drawing of this browser's family alone
        assert await shown.get_attribute("data-browser") == "chrome"
        assert await shown.locator(".steps li").count() == 3
        assert (await one.page.locator(ENTER).inner_text()).strip() == "聞くだけで入室する"
        await one.page.click(ENTER)
        await one.inside()
        assert not await one.mic()


async def test_try_again_after_allowing_leads_to_the_preview(
    app: App, asking_browser: Browser
) -> None:
    async with person(app, asking_browser, "participant", permissions=("notifications",)) as one:
        await one.go()
        again = one.page.locator("[data-part=try-again]")
        await again.wait_for()
        await one.context.grant_permissions(["camera", "microphone"])
        await again.click()
        await until(lambda: plays(one))
        assert await one.page.locator("[data-part=prejoin-blocked]").is_hidden()


async def test_one_refused_device_leaves_the_other(app: App, asking_browser: Browser) -> None:
    async with person(app, asking_browser, "participant", permissions=("microphone",)) as one:
        await one.go()
        await one.page.locator("[data-kind=videoinput][data-trouble]").first.wait_for()
        assert await one.page.locator("[data-part=prejoin] [data-trouble]").count() == 1
        await one.page.locator("yoriai-level i.lit").first.wait_for()
        assert await one.page.locator("[data-part=camera-switch]").is_disabled()
        await one.page.click("[data-part=mic-switch]")
        await one.page.click(ENTER)
        await one.inside()
        assert await one.mic()


async def test_no_devices_at_all_are_said_in_their_rows(app: App) -> None:
    async with (
        chromium(devices=False, program=CHROMIUM) as browser,
        person(app, browser, "participant") as one,
    ):
        await one.go()
        rows = one.page.locator("[data-part=prejoin] [data-trouble]")
        await rows.nth(1).wait_for()
        assert "つながっていません" in await rows.first.inner_text()
        await one.page.click(ENTER)
        await one.inside()


async def test_the_door_opens_by_itself_at_the_servers_time(
    app: App, whole_browser: Browser
) -> None:
    await open_door_in(app, timedelta(seconds=9))
    async with person(app, whole_browser, "participant", script=SLOW_CLOCK) as one:
        await one.go(f"{app.event}/s/3/room")
        button = one.page.locator(ENTER)
        await one.page.locator("[data-part=door-tag]", has_text="まだ開いていません").wait_for()
        assert await button.is_disabled()
        assert "に開きます" in await button.inner_text()
        ceiling = CEILING_SECONDS * 1000
        await one.page.locator(f"{ENTER}:enabled").wait_for(timeout=ceiling)
        await button.click()
        await one.inside()


async def open_door_in(app: App, wait: timedelta) -> None:
    """Let the door of the demo's third session open soon."""
    database = Database(app.environment["DATABASE_URL"])
    async with database.writing() as db:
        event = await published(db, app.event.rpartition("/")[2])
        session = (await sessions_of(db, event))[2]
        session.doors_at = clock.now() + wait
        db.add(session)
    await database.close()
