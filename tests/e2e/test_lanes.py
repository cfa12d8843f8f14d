"""The lanes of a day in a real browser: hours across, nothing over anything, a list on phones."""

from itertools import combinations, pairwise

import pytest
from playwright.async_api import Browser, FloatRect, Page

from tests.support.app import App
from tests.support.browser import context_of
from tests.support.fair import SLUG, fair


async def boxes(page: Page, selector: str) -> list[FloatRect]:
    """Where the elements lie that one sees."""
    found = [await each.bounding_box() for each in await page.locator(selector).all()]
    return [box for box in found if box]


def overlap(one: FloatRect, other: FloatRect) -> bool:
    """Whether two lie over each other by more than a pixel."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 1 and down > 1


@pytest.mark.parametrize("width", [720, 1000, 1280])
async def test_no_block_of_a_lane_covers_another(app: App, browser: Browser, width: int) -> None:
    async with fair(app, None), context_of(browser, width=width) as context:
        page = await context.new_page()
        await page.goto(f"{app.url}/e/{SLUG}")
        blocks = await boxes(page, ".flow")
        assert len(blocks) > 5
        assert not [pair for pair in combinations(blocks, 2) if overlap(*pair)]
        days = await page.locator(".lane-hours").all()  # two, when it is past midnight there
        assert days
        for day in days:
            hours = [
                box["x"]
                for each in await day.locator("li").all()
                if (box := await each.bounding_box())
            ]
            steps = [after - before for before, after in pairwise(hours)]
            # A column, as hours fall between them.
            assert max(steps, default=0) - min(steps, default=0) <= width / 120
        assert await boxes(page, ".flow-list") == []


async def test_a_phone_sees_the_day_in_the_order_of_time(app: App, browser: Browser) -> None:
    async with fair(app, None), context_of(browser, width=719) as context:
        page = await context.new_page()
        await page.goto(f"{app.url}/e/{SLUG}")
        assert await boxes(page, ".lanes") == []
        times = await page.locator(".flow-list time").evaluate_all("ts => ts.map(t => t.dateTime)")
        assert len(times) > 5
        assert times == sorted(times)
