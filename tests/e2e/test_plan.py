"""A plan in a real browser: edited and published by keyboard alone, by hand, without scripts, and
by two organizers at once.
"""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.support import planning
from tests.support.app import App
from tests.support.browser import context_of
from tests.support.planning import SLUG
from tests.support.towns import TOWNS
from tests.support.training import Sizes
from tests.support.visits import log_in

PATH = f"/manage/{SLUG}/plans/2"
SMALL = Sizes(teams=9, members=1, mentors=3, rounds=3, slots=3, pause=1020)
MOST_TABS = 80


@pytest_asyncio.fixture(loop_scope="session")
async def plan(app: App) -> AsyncIterator[App]:
    """A small training with a draft that differs in nothing."""
    database = planning.database_of(app)
    async with database.writing() as db:
        await planning.begin(db, app, sizes=SMALL)
    yield app
    await database.close()


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f"#c-{row}-{column} a")


async def room_of(page: Page, row: int, column: int) -> str:
    """The number of the room that a cell leads to; empty: to none."""
    found = cell(page, row, column).locator(".plan-room")
    return await found.inner_text() if await found.count() else ""


async def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        if await page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{selector} is not in the tab order")


async def test_a_plan_is_edited_and_published_by_keyboard_alone(
    plan: App, browser: Browser
) -> None:
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(plan.url + PATH)
        await expect(page.locator("#sentence")).to_contain_text("27の訪問のうち27が決まりました")
        await tab_to(page, "a.plan-cell")
        await page.keyboard.press("End")
        await page.keyboard.press("ArrowDown")
        await expect(cell(page, 1, 8)).to_be_focused()
        had = await room_of(page, 1, 8)

        await page.keyboard.press("Delete")
        await expect(page.locator("#sentence")).to_contain_text("27の訪問のうち26")
        await expect(cell(page, 1, 8)).to_be_focused()
        await page.keyboard.press("Control+z")
        await expect(page.locator("#sentence")).to_contain_text("27の訪問のうち27")
        assert await room_of(page, 1, 8) == had

        await page.keyboard.press("ArrowUp")
        other = await room_of(page, 0, 8)
        await page.keyboard.type(had)
        await page.keyboard.press("Enter")
        await expect(cell(page, 0, 8).locator(".plan-room")).to_have_text(had)
        await expect(cell(page, 1, 8).locator(".plan-room")).to_have_text(other)
        await expect(cell(page, 0, 8)).to_be_focused()
        await expect(page.locator("#plate")).to_contain_text("2つの訪問がちがう")
        await expect(page.locator("#say")).to_contain_text("保存しました")

        await tab_to(page, "#publish", "Shift+Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/difference")
        if await page.locator("[name=despite]").count():
            await tab_to(page, "[name=despite]")
            await page.keyboard.press("Space")
        await tab_to(page, "form[action$='/publish'] button")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**published=1")
        await expect(page.locator("#told")).to_contain_text("第2案を公開しました")
        assert await room_of(page, 0, 8) == had


async def test_a_visit_is_taken_by_hand_to_another_cell(plan: App, browser: Browser) -> None:
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(plan.url + PATH)
        one, other = await room_of(page, 0, 0), await room_of(page, 2, 2)
        await cell(page, 0, 0).drag_to(cell(page, 2, 2))
        await expect(cell(page, 2, 2).locator(".plan-room")).to_have_text(one)
        await expect(cell(page, 0, 0).locator(".plan-room")).to_have_text(other)


async def test_a_team_is_found_by_its_name(plan: App, browser: Browser) -> None:
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(plan.url + PATH)
        await cell(page, 0, 0).click()
        name = TOWNS[int(await room_of(page, 1, 1)) - 1]
        await page.locator("#find").fill(name[:2])
        await expect(page.locator("#choices li[data-first]")).to_contain_text(name)
        await page.keyboard.press("Escape")
        await expect(cell(page, 0, 0)).to_be_focused()


async def test_without_scripts_a_cell_is_chosen_and_given_to_a_team(
    plan: App, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="ja-JP")
    await log_in(context, plan, "organizer", locale="ja")
    page = await context.new_page()
    await page.goto(plan.url + PATH)
    had = await room_of(page, 0, 0)
    await cell(page, 0, 0).click()
    await page.locator("#chosen .plan-options button").first.click()
    await expect(page.locator("#told")).to_contain_text("保存しました")
    assert await room_of(page, 0, 0) != had
    await page.locator("[data-undo] button").click()
    await expect(cell(page, 0, 0).locator(".plan-room")).to_have_text(had)
    await context.close()


async def test_who_comes_second_is_told_and_sees_what_is_there(plan: App, browser: Browser) -> None:
    async with context_of(browser) as context:
        await log_in(context, plan, "organizer", locale="ja")
        first, second = await context.new_page(), await context.new_page()
        for page in (first, second):
            await page.goto(plan.url + PATH)
        await cell(first, 0, 0).focus()
        await first.keyboard.press("Delete")
        await expect(first.locator("#sentence")).to_contain_text("27の訪問のうち26")
        await cell(second, 0, 0).focus()
        await second.keyboard.press("Delete")
        await expect(second.locator("#told [role=alert]")).to_be_visible()
        assert await room_of(second, 0, 0) == ""


async def test_a_phone_has_a_list(plan: App, browser: Browser) -> None:
    async with context_of(browser, width=390) as context:
        await log_in(context, plan, "organizer", locale="ja")
        page = await context.new_page()
        await page.goto(plan.url + PATH)
        assert "13:05" in await cell(page, 0, 0).inner_text()
        tops = [await cell(page, 0, n).bounding_box() for n in range(3)]
        places = [box["y"] for box in tops if box]
        assert places == sorted(set(places))
        await cell(page, 0, 1).click()
        await page.wait_for_url("**#chosen")
        await expect(page.locator("#chosen-title")).to_be_in_viewport()
