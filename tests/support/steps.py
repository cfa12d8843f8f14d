"""What somebody does on a page, or what has to be so before it is opened, to see it in a state."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import uuid4

from playwright.async_api import Browser, Page

from tests.support.app import CEILING_SECONDS, App
from tests.support.browser import context_of
from tests.support.visits import execute, invite, log_in, refuse_mails

COMPANY: Final = ("mentor", "participant2")  # who is in the room already


async def wrong_password(page: Page) -> None:
    """Log in with a password that is none."""
    await page.fill("[name=address]", "participant@sample.example")
    await page.check("[name=way][value=password]")
    await page.fill("[name=password]", "not the password")
    await page.press("[name=password]", "Enter")
    await page.locator("[data-wrong]").wait_for()


async def wrong_present_password(page: Page) -> None:
    """Set a password without knowing the present one."""
    await page.fill("[name=present]", "not the password")
    await page.fill("[name=password]", "a better one than before")
    await page.press("[name=password]", "Enter")
    await page.locator("[data-wrong]").wait_for()


async def ask_link(page: Page) -> None:
    """Ask for a link by mail, as somebody nobody knows."""
    await page.fill("[name=address]", f"{uuid4().hex}@sample.example")
    await page.press("[name=address]", "Enter")
    await page.locator(".steps").wait_for()


async def empty_form(page: Page) -> None:
    """Send the page's form with nothing in it."""
    await page.evaluate("document.querySelector('main form').noValidate = true")
    await page.click("main form button.button")
    await page.locator(".error-summary").wait_for()


async def old_form(page: Page) -> None:
    """Send a form that is not this browser's any more."""
    await page.context.clear_cookies(name="form")
    await page.fill("[name=address]", "participant@sample.example")
    await page.check("[name=way][value=password]")
    await page.fill("[name=password]", "whatever")
    await page.press("[name=password]", "Enter")
    await page.locator(".empty").wait_for()


async def register_as_newcomer(page: Page) -> None:
    """Register with a name and an address that are new."""
    await page.fill("[name=name]", "森川 とき子")
    await page.fill("[name=address]", f"{uuid4().hex}@sample.example")
    await register(page)


async def register(page: Page) -> None:
    """Send the registration."""
    shown = page.url
    async with page.expect_navigation():
        await page.click("main form button.button-primary")
    assert page.url == shown
    await page.locator(".standing, .checks").first.wait_for()


async def add_session(page: Page) -> None:
    """The draft differs from what is public: a session is longer, another is new."""
    if await page.locator(".is-new").count():
        return  # another visit has done it
    hour, _, minute = (await page.input_value("#s1-until")).partition(":")
    later = int(hour) * 60 + int(minute) + 5  # it may end past midnight
    await page.fill("#s1-until", f"{later // 60 % 24}:{later % 60:02}")
    await page.fill("[name=new-title]", "まとめ")
    async with page.expect_navigation():
        await page.click("[value=add-session]")
    await page.locator(".is-new").first.wait_for()


async def at_the_door(page: Page) -> None:
    """Wait for one's own picture before the room."""
    await playing(page, "[data-part=preview]", count=1)


async def others_inside(page: Page) -> None:
    """Wait for those who sit in the room already."""
    await at_the_door(page)
    seated = page.locator(".prejoin .plan-letter:not(.you)").nth(len(COMPANY) - 1)
    await seated.wait_for(timeout=CEILING_SECONDS * 1000)


async def inside(page: Page) -> None:
    """Walk into the room."""
    await page.click("[data-part=prejoin] [data-part=enter]")
    await page.locator("yoriai-tile.tile-you").wait_for(timeout=CEILING_SECONDS * 1000)
    await playing(page, "yoriai-tile video", count=1)


async def in_company(page: Page) -> None:
    """Walk into the room and see the others."""
    await inside(page)
    await playing(page, "yoriai-tile video", count=1 + len(COMPANY))


async def playing(page: Page, selector: str, *, count: int) -> None:
    """Wait until so many of the videos show a picture."""
    await page.wait_for_function(
        "([selector, count]) => [...document.querySelectorAll(selector)]"
        ".filter((video) => video.checkVisibility() && video.videoWidth && video.currentTime)"
        ".length >= count",
        arg=[selector, count],
        timeout=CEILING_SECONDS * 1000,
    )


async def left(page: Page) -> None:
    """Walk into the room and out again."""
    await inside(page)
    await page.locator("[data-leave]:visible").first.click()
    await page.locator("[data-part=left]").wait_for()


async def first_office(page: Page) -> None:
    """From a list of organizations into the first of them."""
    await page.locator(".list-who a").first.click()
    await page.locator("#people").wait_for()


async def first_account(page: Page) -> None:
    """From the list of accounts into the first of them."""
    await page.locator(".list-who a").first.click()
    await page.locator("#staff").wait_for()


@asynccontextmanager
async def invited(app: App, _browser: Browser) -> AsyncIterator[None]:
    """Somebody of the demo has a mailed invitation."""
    await invite(app, "participant3")
    yield


@asynccontextmanager
async def company(app: App, browser: Browser) -> AsyncIterator[None]:
    """Others of the demo sit in the room already."""
    async with AsyncExitStack() as stack:
        for who in COMPANY:
            context = await stack.enter_async_context(context_of(browser))
            await log_in(context, app, who, locale="ja")
            other = await context.new_page()
            await other.goto(app.room)
            await inside(other)
        yield


@asynccontextmanager
async def refused_mails(app: App, _browser: Browser) -> AsyncIterator[None]:
    """The mail server has refused what was owed."""
    await refuse_mails(app, "participant", "mentor")
    yield


@asynccontextmanager
async def without_events(app: App, _browser: Browser) -> AsyncIterator[None]:
    """A fault of ours: the table of events is gone while the block runs."""
    await execute(app, 'ALTER TABLE event RENAME TO "event_away"')
    try:
        yield
    finally:
        await execute(app, 'ALTER TABLE "event_away" RENAME TO event')
