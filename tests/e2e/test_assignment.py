"""The assignment in a real browser, by keyboard alone: wishes, a search, a what-if, a lock, a
published plan, a mentor who cannot come.
"""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support import planning
from tests.support.app import App
from tests.support.browser import context_of
from tests.support.planning import SLUG
from tests.support.training import Sizes
from tests.support.visits import log_in

DESK = f"/manage/{SLUG}"
SMALL = Sizes(teams=9, members=1, mentors=4, due=3, rounds=2, slots=3, pause=1020)
MOST_TABS = 120
# Both within the time that a cell waits until its reasons are fetched.
PASS_A_CELL_AND_LOCK = """() => {
  document.querySelector("#table td[tabindex='0']").focus();
  document.querySelector(".match-lock button").click();
}"""
LOOKED = 1000  # ms, by which what a passed cell asks for would have come


@pytest_asyncio.fixture(loop_scope="session")
async def plan(app: App) -> AsyncIterator[App]:
    """A small training with a draft that differs in nothing."""
    database = planning.database_of(app)
    async with database.writing() as db:
        await planning.begin(db, app, sizes=SMALL)
    yield app
    await database.close()


async def press(page: Page, selector: str) -> None:
    """Reach something by Tab alone, and press Enter."""
    for _ in range(MOST_TABS):
        if await page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            await page.keyboard.press("Enter")
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not in the tab order")


async def wish(plan: App, browser: Browser, who: str, path: str, place: int) -> None:
    """Somebody says of the one at a place of the list: very much."""
    plan.accounts[who] = (f"{who}@{SLUG}.example", "")
    async with context_of(browser) as context:
        await log_in(context, plan, who, locale="ja")
        page = await context.new_page()
        await page.goto(f"{plan.url}/e/{SLUG}/{path}/wishes")
        of_whom = page.locator(".wish-list > li").nth(place)
        for _ in range(MOST_TABS):
            await page.keyboard.press("Tab")
            if await of_whom.locator(":focus").count():
                break
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("ArrowLeft")
        await expect(of_whom.locator("input[value='2']")).to_be_checked()
        await press(page, ".wish-save button")
        await page.wait_for_url("**done=saved")
        await expect(of_whom.locator("input[value='2']")).to_be_checked()


async def searched(page: Page) -> None:
    """A search has come to its end."""
    await expect(page.locator("#search")).to_contain_text("確かめました", timeout=30_000)


async def published(page: Page) -> None:
    """The draft is published from the page of its difference."""
    await page.wait_for_url("**/difference")
    if await page.locator("[name=despite]").count():
        await page.locator("[name=despite]").focus()
        await page.keyboard.press("Space")
    await press(page, "form[action$='/publish'] button")
    await page.wait_for_url("**published=1")


async def test_from_no_wishes_to_a_published_plan_and_an_absence_by_keyboard_alone(
    plan: App, browser: Browser
) -> None:
    await wish(plan, browser, "t0m0", "team/1", 3)
    await wish(plan, browser, "mentor0", "mentor", 4)
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(f"{plan.url}{DESK}/plans/2/assignment")
        await press(page, "#solve button")
        await searched(page)
        await expect(page.locator("#sentence")).to_contain_text("9チームすべてに担当がいます")
        await expect(page.locator("#say")).to_contain_text("確かめました")

        await press(page, ".match-more a")
        await page.wait_for_url("**/fairness")
        row = page.locator("tr", has_text="望んだメンターに会えるチーム")
        await expect(row.locator("td").first).to_have_text("1 / 1 100%")
        row = page.locator("tr", has_text="会いたいチームに会えるメンターの希望")
        await expect(row.locator("td").first).to_contain_text("/ 1")  # worth less than a topic
        await page.go_back()
        await press(page, ".match-scroll")  # the table is a region that can be reached
        await page.keyboard.press("Tab")
        for _ in range(MOST_TABS):
            if await page.evaluate("document.activeElement?.matches('#table td')"):
                break
            await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#table td.m-at")).to_have_count(1)
        await expect(page.locator("#chosen .match-total")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator("#chosen")).to_be_focused()

        await press(page, ".match-others a")
        await page.wait_for_url("**trial=**")
        await expect(page.locator("#trial")).to_contain_text("合い度の合計は")
        await press(page, "#trial button")
        await page.wait_for_url("**done=exchanged**")
        await press(page, ".match-lock button")
        await expect(page.locator("#told")).to_contain_text("固定しました")
        await expect(page.locator("#table .match-chosen svg")).to_have_count(1)
        await press(page, "#acts a.button-now")
        await published(page)
        await expect(page.locator("#told")).to_contain_text("第2案を公開しました")

        await page.goto(f"{plan.url}{DESK}/mentors")
        await press(page, "main a[href*='/mentors/']")
        await page.wait_for_url("**/mentors/*")
        await press(page, "#leave > summary")
        await press(page, "form[action$='/away'] button")
        await page.wait_for_url("**/plans/3/assignment**")
        await searched(page)
        await expect(page.locator("#plate")).to_contain_text("ちがう")
        await press(page, "#acts a.button-now")
        await published(page)
        await expect(page.locator("#told")).to_contain_text("第3案を公開しました")


async def test_what_a_lock_told_outlasts_a_cell_that_was_passed_on_the_way(
    plan: App, browser: Browser
) -> None:
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(f"{plan.url}{DESK}/plans/2/assignment")
        await page.locator("#table td.m-here").first.click()
        await expect(page.locator(".match-lock button")).to_be_visible()
        await page.locator(".match-lock button").focus()
        await page.evaluate(PASS_A_CELL_AND_LOCK)
        await expect(page.locator("#told")).to_contain_text("固定しました")
        await page.wait_for_timeout(LOOKED)
        await expect(page.locator("#told")).to_contain_text("固定しました")
