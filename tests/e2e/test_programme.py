"""The programme in a real browser: a phone's first look, local times, the now line, no script."""

from playwright.async_api import Browser, Page

from tests.support.app import App
from tests.support.browser import context_of
from tests.support.fair import SLUG, fair
from tests.support.visits import log_in

PATH = f"/e/{SLUG}/schedule"
NAMES = ".block:not(.block-cancelled) .block-name"


async def names(page: Page) -> list[str]:
    """The sessions that one sees."""
    return [
        await each.inner_text()
        for each in await page.locator(NAMES).all()
        if await each.is_visible()
    ]


async def test_a_phone_shows_my_seats_first_and_a_desk_shows_all(
    app: App, browser: Browser
) -> None:
    async with fair(app, None), context_of(browser) as context:
        await log_in(context, app, "participant", locale="ja")
        page = await context.new_page()
        await page.goto(app.url + PATH)
        everything = await names(page)
        assert "直売所の台所" in everything
        await page.set_viewport_size({"width": 390, "height": 844})
        mine = await names(page)
        assert len(mine) < len(everything)
        assert "直売所の台所" not in mine
        assert {"屋根の上で会う", "通う旅人たち", "まとめ・閉会"} <= set(mine)
        await page.locator(".choose:visible").get_by_text("すべて").click()
        await page.wait_for_url("**show=all")
        assert await names(page) == everything


async def test_a_guest_from_afar_sees_local_times_beside_the_event_s(
    app: App, browser: Browser
) -> None:
    async with fair(app, None):
        for zone, differs in (("Europe/Berlin", True), ("Asia/Tokyo", False)):
            async with context_of(browser, zone=zone) as context:
                page = await context.new_page()
                await page.goto(app.url + PATH)
                await page.locator("yoriai-programme:defined").wait_for()
                local = page.locator("[data-part=local]").first
                assert await local.is_visible() is differs
                assert await page.locator("[data-part=local-note]").is_visible() is differs


async def test_the_now_line_stands_inside_the_running_session(app: App, browser: Browser) -> None:
    async with fair(app, None), context_of(browser) as context:
        page = await context.new_page()
        await page.goto(app.url + PATH)
        await page.locator("yoriai-programme:defined").wait_for()
        line = await page.locator("[data-part=now-line]").bounding_box()
        block = await page.locator(".block-now").bounding_box()
        assert line
        assert block
        assert block["y"] - 2 <= line["y"] <= block["y"] + block["height"] + 2
        clock = await page.locator("[data-part=clock]").inner_text()
        assert await page.locator("[data-part=now-time]").inner_text() == clock


async def test_the_register_bar_of_a_phone_hides_nothing_at_the_end(
    app: App, browser: Browser
) -> None:
    async with fair(app, None), context_of(browser, width=390) as context:
        page = await context.new_page()
        await page.goto(f"{app.url}/e/{SLUG}")
        bar = page.locator(".register-bar")
        assert "あと22席" in await bar.inner_text()
        await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        top = await bar.bounding_box()
        last = await page.locator(".site-footer a").last.bounding_box()
        assert top
        assert last
        assert last["y"] + last["height"] <= top["y"]


async def test_without_script_the_programme_says_the_same(app: App, browser: Browser) -> None:
    async with fair(app, None):
        context = await browser.new_context(java_script_enabled=False, locale="ja-JP")
        page = await context.new_page()
        await page.goto(app.url + PATH)
        assert "七つの地域のリレー中継" in await names(page)
        assert await page.locator("[data-part=clock]").inner_text()
        line = await page.locator("[data-part=now-line]").bounding_box()
        block = await page.locator(".block-now").bounding_box()
        assert line
        assert block
        assert block["y"] <= line["y"] <= block["y"] + block["height"]
        assert not await page.locator("[data-part=local-note]").is_visible()
        await context.close()
