"""axe-core finds nothing on any page of the route table, in ja and en, light and dark."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.async_api import Browser, Page
from starlette.responses import Response

from server.app import create_app
from server.core.config import Settings
from tests.support.app import ROOT, App, running_app
from tests.support.browser import chromium, context_of
from tests.support.pages import PAGES, Shown, log_in, routes_without_page, showing

AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The light changes colours only, so the second run looks at those alone.
RULES: Final[dict[Literal["light", "dark"], list[str]]] = {"light": [], "dark": ["color-contrast"]}
LOCALES: Final = ("ja", "en")

# What is wrong, and where, without the pages of explanation.
RUN: Final = """
async (rules) => {
  const runOnly = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...runOnly });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
}
"""


@pytest.mark.parametrize("fresh", [False, True])
async def test_axe_finds_nothing(tmp_path: Path, database_url: str, fresh: bool) -> None:
    pages = [shown for shown in PAGES if shown.fresh is fresh]
    found: dict[str, list[str]] = {}
    async with (
        running_app(tmp_path, demo=not fresh, database_url=database_url) as app,
        chromium() as browser,
    ):
        for locale in LOCALES:
            for shown in pages:
                async for light, violations in _violations(browser, app, shown, locale):
                    found[f"{shown.name} {locale} {light}"] = violations
    assert len(found) == len(pages) * len(LOCALES) * len(RULES)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


async def test_axe_sees_what_is_wrong() -> None:
    pale = '<p style="color: #777; background: #888">扉があく</p>'
    async with chromium() as browser, context_of(browser) as context:
        page = await context.new_page()
        await page.set_content(f'<html lang="ja"><title>壁</title><main><h1>壁</h1>{pale}<input>')
        await page.evaluate(AXE.read_text("utf-8"))
        found = {light: await _axe(page, rules) for light, rules in RULES.items()}
    names = {light: [wrong.split(" at ")[0] for wrong in wrongs] for light, wrongs in found.items()}
    assert names == {"light": ["color-contrast", "label"], "dark": ["color-contrast"]}


def test_every_route_has_a_page(settings: Settings) -> None:
    assert routes_without_page(create_app(settings)) == set()


def test_a_new_route_without_a_page_is_noticed(settings: Settings) -> None:
    app = create_app(settings)
    app.add_route("/new", lambda request: Response(), methods=["GET"])
    assert routes_without_page(app) == {"/new"}


async def _violations(
    browser: Browser, app: App, shown: Shown, locale: str
) -> AsyncIterator[tuple[str, list[str]]]:
    async with context_of(browser, locale=locale, dark=False) as context:
        await log_in(context, app, shown.who, locale=locale)
        page = await context.new_page()
        async with showing(page, app, shown):
            await page.evaluate(AXE.read_text("utf-8"))
            for light, rules in RULES.items():
                await page.emulate_media(color_scheme=light, reduced_motion="reduce")
                yield light, await _axe(page, rules)


async def _axe(page: Page, rules: list[str]) -> list[str]:
    found: list[Any] = await page.evaluate(RUN, rules)
    return [str(wrong) for wrong in found]
