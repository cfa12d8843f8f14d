"""A team comes together in real browsers: its lead registers it, the second person sits down by the
mailed link.
"""

import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.support.app import App, running_app
from tests.support.browser import context_of
from tests.support.mailbox import arrived, mailbox, text_of
from tests.support.visits import STRANGER, log_in
from tests.support.workshop import SLUG, held

ODAGIRI = "odagiri@yukimachi.example"
TEAM = f"/e/{SLUG}/team"


async def test_a_lead_registers_and_a_member_sits_down(
    tmp_path: Path, database_url: str, redis_url: str, browser: Browser
) -> None:
    with mailbox() as box:
        async with (
            running_app(
                tmp_path, database_url=database_url, redis_url=redis_url, settings=box.settings
            ) as app,
            held(app, None),
            context_of(browser) as at_lead,
            context_of(browser) as at_member,
        ):
            await log_in(at_lead, app, STRANGER, locale="ja")
            lead, member = await at_lead.new_page(), await at_member.new_page()
            await _writes(lead, app)
            number = await _registers(lead)
            mail = text_of(await arrived(box, ODAGIRI))
            [link] = set(re.findall(rf"{re.escape(app.url)}/seat/\S+", mail))
            await _sits_down(member, link, number)
            await lead.reload()
            assert await lead.locator(".team-seat .tag-open").count() == 2


async def _writes(page: Page, app: App) -> None:
    """The team is written down, one seat added; what is typed is kept by itself."""
    await page.goto(app.url + TEAM)
    await page.fill("[name=name]", "雪待村 除雪組合")
    await page.fill("[name=region]", "雪待村")
    await page.fill("[name=phone]", "0120-000-00")
    await page.locator("#saved svg").wait_for()
    await page.locator("#phone-error:visible").wait_for()
    await page.reload()
    assert await page.input_value("[name=phone]") == "0120-000-00"
    async with page.expect_navigation():
        await page.click("[value=add-seat]")
    await page.fill("[name=m2-name]", "小田切 誠")
    await page.fill("[name=m2-address]", ODAGIRI)


async def _registers(page: Page) -> str:
    """What is wrong is named and led to; then the team is read once more, and registered."""
    async with page.expect_navigation():
        await page.click("[value=check]")
    await page.click("#wrong a[href='#phone']")
    await expect(page.locator("#phone")).to_be_focused()
    await page.fill("[name=phone]", "0120-000-000")
    await page.check("[name=topic][value='2']")
    await page.fill("[name=q1]", "雪を下ろす人が足りない。")
    await page.check("[name=q3]")
    async with page.expect_navigation():
        await page.click("[value=check]")
    async with page.expect_navigation():
        await page.click("form[action$='/register'] button")
    await page.locator(".saved").wait_for()
    assert await page.locator(".team-seat .tag-waiting").count() == 1
    return page.url.partition("?")[0].rpartition("/")[2]


async def _sits_down(page: Page, link: str, number: str) -> None:
    """The link is looked at, and spent by the button."""
    await page.goto(link)
    await page.fill("[name=name]", "小田切 マコト")
    async with page.expect_navigation():
        await page.click("main form button.button-primary")
    assert page.url.endswith(f"{TEAM}/{number}?registered=1")
    assert "小田切 マコト" in await page.inner_text("main")
    await page.goto(link)
    await page.locator("#spent").wait_for()
