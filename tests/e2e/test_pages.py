"""Every page of the route table: axe-core finds nothing in light and dark; in both languages
nothing is cut off or too small to read on a phone; enlarged to 400 % nothing is lost.
"""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.async_api import Page, ViewportSize
from starlette.responses import Response

from server.app import create_app
from server.core.config import Settings
from tests.e2e.fit import MISFITS, ZOOMED, lost
from tests.support import axe
from tests.support.app import App, running_app
from tests.support.browser import chromium, context_of
from tests.support.camera import small_camera
from tests.support.pages import PAGES, routes_without_page
from tests.support.pages.room import ROOM
from tests.support.pages.shown import Shown, by_setting, show
from tests.support.visits import log_in

# The light changes colours only, so the second run looks at those alone.
RULES: Final[dict[Literal["light", "dark"], list[str]]] = {"light": [], "dark": ["color-contrast"]}
HALF_OF: Final = {"embedded": slice(0, None, 2), "servers": slice(1, None, 2)}
LONGER: Final = "en"

DESK: Final = ViewportSize(width=1280, height=800)
PHONE: Final = ViewportSize(width=390, height=844)


@pytest.mark.parametrize("fresh", [False, True])
async def test_nothing_is_wrong_on_any_page(
    tmp_path: Path, database_url: str, shape: str, fresh: bool
) -> None:
    """Every page in both languages, every other page on each of the databases. Roles, labels and
    colours are the same in both languages, so axe looks at them in one (`make pictures` in both);
    what enlarging loses shows in the longer one.
    """
    pages = [shown for shown in PAGES if shown.fresh is fresh][HALF_OF[shape]]
    looked: dict[str, list[str]] = {}
    async with (
        running_app(tmp_path, demo=not fresh, database_url=database_url) as app,
        chromium(camera=small_camera()) as browser,
        context_of(browser, locale="ja") as japanese,
        context_of(browser, locale="en") as english,
    ):
        windows = {"ja": await japanese.new_page(), "en": await english.new_page()}
        for setting, neighbours in by_setting(pages):
            async with setting(app, browser):  # what one does stands when the next comes
                for shown, (locale, page) in product(neighbours, windows.items()):
                    await log_in(page.context, app, shown.who, locale=locale)
                    await show(page, app, shown)
                    async for view, wrong in _looked_at(page, shown, locale):
                        looked[f"{shown.name} {locale} {view}"] = wrong
                    await _forget(page, app)
    enlarged = [shown for shown in pages if shown.route != ROOM]
    on_a_phone = len(pages) * len(windows)
    assert len(looked) == on_a_phone + len(pages) * len(RULES) + len(enlarged) * len(ZOOMED)
    assert {name: wrong for name, wrong in looked.items() if wrong} == {}


async def test_axe_sees_what_is_wrong() -> None:
    pale = '<p style="color: #777; background: #888">扉があく</p>'
    async with chromium() as browser, context_of(browser) as context:
        page = await context.new_page()
        await page.set_content(f'<html lang="ja"><title>壁</title><main><h1>壁</h1>{pale}<input>')
        await axe.bring(page)
        found = {light: await axe.wrongs(page, rules) for light, rules in RULES.items()}
    names = {light: [wrong.split(" at ")[0] for wrong in wrongs] for light, wrongs in found.items()}
    assert names == {"light": ["color-contrast", "label"], "dark": ["color-contrast"]}


async def test_what_does_not_fit_a_phone_is_seen() -> None:
    long, small = "<p style='width: 500px'>長い", "<p style='font-size: 12px'>小さい"
    rolling = "<div style='overflow: auto'><p style='width: 500px'>巻ける</div>"
    async with (
        chromium() as browser,
        context_of(browser, width=390) as context,
    ):
        page = await context.new_page()
        await page.set_content(long + small + rolling)
        assert await page.evaluate(MISFITS) == ["cut: p. 長い", "small: p. 小さい"]


async def test_what_is_covered_or_rolls_sideways_is_seen() -> None:
    wide = "<p style='width: 500px'>長い</p>"
    over = "<div style='position: fixed; inset: 0' class='over'></div>"
    async with chromium() as browser, context_of(browser) as context:
        page = await context.new_page()
        await page.set_content("<a href='/'>道</a>")
        assert await lost(page, ZOOMED["400 %"]) == []
        await page.set_content(f"{wide}<a href='/'>道</a>{over}")
        assert await lost(page, ZOOMED["400 %"]) == [
            "cut: p. 長い",
            "covered: a. 道 under div.over ",
            "rolls sideways",
        ]


def test_every_route_has_a_page(settings: Settings) -> None:
    assert routes_without_page(create_app(settings)) == set()


def test_a_new_route_without_a_page_is_noticed(settings: Settings) -> None:
    app = create_app(settings)
    app.add_route("/new", lambda request: Response(), methods=["GET"])
    assert routes_without_page(app) == {"/new"}


async def _forget(page: Page, app: App) -> None:
    """Leave what the page shows, to something plain of the same origin; the next begins as in a
    new browser, which would cost a fifth more.
    """
    await page.goto(f"{app.url}/healthz")
    await page.evaluate("localStorage.clear(); sessionStorage.clear()")
    await page.context.clear_cookies()
    await page.emulate_media(reduced_motion="no-preference", color_scheme="light")
    await page.set_viewport_size(DESK)


async def _looked_at(page: Page, shown: Shown, locale: str) -> AsyncIterator[tuple[str, list[str]]]:
    await page.emulate_media(reduced_motion="reduce")
    if locale != LONGER:
        await axe.bring(page)
        for light, rules in RULES.items():
            await page.emulate_media(color_scheme=light)
            yield light, await axe.wrongs(page, rules)
    await page.set_viewport_size(PHONE)
    yield "phone", await page.evaluate(MISFITS)
    if shown.route != ROOM and locale == LONGER:
        for zoom, size in ZOOMED.items():
            yield zoom, await lost(page, size)
