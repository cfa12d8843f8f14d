"""On a screen of 1280 × 1024, at 200 % and at 400 % (WCAG 2.2, 1.4.4 and 1.4.10), in ja and en: no
page reaches over its right edge, and nothing that can be pressed lies under something else.
"""

from pathlib import Path
from typing import Final

from playwright.async_api import Page, ViewportSize

from tests.e2e.test_pages import LOCALES, MISFITS
from tests.support.app import running_app
from tests.support.browser import chromium, context_of
from tests.support.pages import PAGES, ROOM, showing
from tests.support.visits import log_in

ZOOMED: Final = {
    "100 %": ViewportSize(width=1280, height=1024),
    "200 %": ViewportSize(width=640, height=512),
    "400 %": ViewportSize(width=320, height=256),
}
SHOWN: Final = [page for page in PAGES if page.route != ROOM and not page.fresh]

# What one can press, whose middle, brought into sight, belongs to another element.
COVERED: Final = """
() => {
  const pressed = "a[href], button:not(:disabled), input, select, textarea, summary";
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(".visually-hidden, .skip") && element.getBoundingClientRect().width > 1;
  const over = (element) => {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = element.getClientRects()[0];
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const own = !top || element.contains(top) || top.contains(element)
      || top.closest("label")?.contains(element);
    return own ? null : top;
  };
  const name = (element) => `${element.localName}.${element.className} ${element.textContent}`;
  return [...document.querySelectorAll(pressed)].filter(seen)
    .map((element) => [element, over(element)]).filter(([, top]) => top)
    .map(([element, top]) => `${name(element)} under ${name(top)}`);
}
"""


async def test_no_page_loses_anything_when_it_is_enlarged(
    tmp_path: Path, database_url: str
) -> None:
    found: dict[str, list[str]] = {}
    async with (
        running_app(tmp_path, demo=True, database_url=database_url) as app,
        chromium() as browser,
    ):
        for locale in LOCALES:
            for shown in SHOWN:
                async with context_of(browser, locale=locale) as context:
                    await log_in(context, app, shown.who, locale=locale)
                    page = await context.new_page()
                    async with showing(page, app, shown):
                        for zoom, size in ZOOMED.items():
                            found[f"{shown.name} {locale} {zoom}"] = await _lost(page, size)
    assert len(found) == len(SHOWN) * len(LOCALES) * len(ZOOMED)
    assert {name: lost for name, lost in found.items() if lost} == {}


async def test_what_is_covered_or_rolls_sideways_is_seen() -> None:
    wide = "<p style='width: 500px'>長い</p>"
    over = "<div style='position: fixed; inset: 0' class='over'></div>"
    async with chromium() as browser, context_of(browser) as context:
        page = await context.new_page()
        await page.set_content("<a href='/'>道</a>")
        assert await _lost(page, ZOOMED["400 %"]) == []
        await page.set_content(f"{wide}<a href='/'>道</a>{over}")
        assert await _lost(page, ZOOMED["400 %"]) == [
            "cut: p. 長い",
            "covered: a. 道 under div.over ",
            "rolls sideways",
        ]


async def _lost(page: Page, size: ViewportSize) -> list[str]:
    await page.set_viewport_size(size)
    lost = [wrong for wrong in await page.evaluate(MISFITS) if wrong.startswith("cut")]
    lost += [f"covered: {wrong}" for wrong in await page.evaluate(COVERED)]
    rolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return lost + (["rolls sideways"] if await page.evaluate(rolls) else [])
