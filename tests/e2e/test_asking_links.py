"""Asking for a link in a real browser: the button that waits, and the page without a script."""

from playwright.async_api import Browser, Page

from tests.support.app import App
from tests.support.browser import context_of

AGAIN = "main form button"


async def _ask(page: Page, app: App) -> None:
    await page.goto(f"{app.url}/login")
    await page.locator("[name=address]").fill("participant@sample.example")
    await page.locator("main form button[type=submit]").click()
    await page.locator("text=リンクを送りました").first.wait_for()


async def test_the_button_waits_a_minute(app: App, browser: Browser) -> None:
    async with context_of(browser) as context:
        page = await context.new_page()
        await page.clock.install()
        await _ask(page, app)
        again = page.locator(AGAIN)
        await page.locator("yoriai-later:defined").wait_for()
        assert await again.is_disabled()
        assert "あと" in await again.inner_text()
        await page.clock.fast_forward(50_000)
        assert await again.is_disabled()
        await page.clock.fast_forward(15_000)
        assert await again.is_enabled()
        assert (await again.inner_text()).strip() == "もう一度送る"
        await again.click()
        await page.locator("yoriai-later:defined").wait_for()
        assert await page.locator(AGAIN).is_disabled()


async def test_without_a_script_the_button_works(app: App, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = await context.new_page()
    await _ask(page, app)
    assert (await page.locator(AGAIN).inner_text()).strip() == "もう一度送る"
    async with page.expect_navigation():
        await page.locator(AGAIN).click()
    assert "リンクを送りました" in await page.content()
