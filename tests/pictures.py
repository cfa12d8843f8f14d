"""`make pictures`: every page in ja and en, 390 and 1280 wide, light and dark, into `pictures/`.

    python -m tests.pictures [part of a name …]

The real application runs with demo data in a temporary folder. A few pictures go to
`docs/pictures/`, which the README shows. What axe-core finds wrong stands under a picture's name.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from playwright.async_api import Browser, Page

from tests.support import axe
from tests.support.app import ROOT, App, running_app
from tests.support.browser import chromium, context_of
from tests.support.pages import PAGES
from tests.support.pages.shown import Shown, show
from tests.support.visits import log_in

ALL: Final = ROOT / "pictures"
CHOSEN: Final = ROOT / "docs" / "pictures"
CHOSEN_BYTES: Final = 200_000
HEIGHTS: Final = {1280: 800, 390: 844, 1366: 768}
WIDTHS: Final = (1280, 390)
# An organizer's laptop shows the whole board at once, so it is looked at there too.
ALSO: Final = {"board": (1366,)}


class View(NamedTuple):
    """A browser's language, width in CSS pixels, and light or dark."""

    locale: str
    width: int
    dark: bool

    @property
    def name(self) -> str:
        """As it stands in the names of the files."""
        return f"{self.locale}-{self.width}-{'dark' if self.dark else 'light'}"


def views(shown: Shown) -> Iterator[View]:
    """How a page is looked at."""
    for locale in ("ja", "en"):
        for width in (*WIDTHS, *ALSO.get(shown.name, ())):
            for dark in (False, True):
                yield View(locale, width, dark)


# What the README shows: page and view, as much as fits into the window.
FOR_README: Final = {
    ("home", View("ja", 1280, False)),
    ("room", View("ja", 1280, False)),
    ("prejoin", View("ja", 1280, True)),
    ("event-known", View("en", 390, False)),
    ("board", View("ja", 1280, False)),
    ("mentor-day", View("en", 1280, False)),
}


async def main(parts: list[str]) -> None:
    """Take the pictures whose names contain one of `parts`, or all."""
    wanted = [page for page in PAGES if not parts or any(part in page.name for part in parts)]
    ALL.mkdir(exist_ok=True)
    CHOSEN.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        for fresh in (False, True):
            pages = [page for page in wanted if page.fresh is fresh]
            if pages:
                await _of_installation(browser, pages, demo=not fresh)


async def _of_installation(browser: Browser, pages: list[Shown], *, demo: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="yoriai-pictures-") as folder:
        async with running_app(Path(folder), demo=demo) as app:
            for shown in pages:
                async with shown.setting(app, browser):
                    for view in views(shown):
                        await _take(browser, app, shown, view)


async def _take(browser: Browser, app: App, shown: Shown, view: View) -> None:
    height, name = HEIGHTS[view.width], f"{shown.name}-{view.name}.png"
    async with context_of(
        browser, locale=view.locale, width=view.width, height=height, dark=view.dark
    ) as context:
        await log_in(context, app, shown.who, locale=view.locale)
        page = await context.new_page()
        await show(page, app, shown)
        await page.screenshot(path=ALL / name, full_page=True, animations="disabled")
        if (shown.name, view) in FOR_README:
            await _choose(page, name)
        await axe.bring(page)
        wrongs = await axe.wrongs(page)
    print(name, *wrongs, sep="\n  ", flush=True)


async def _choose(page: Page, name: str) -> None:
    await page.screenshot(path=CHOSEN / name, animations="disabled")
    size = (CHOSEN / name).stat().st_size
    assert size < CHOSEN_BYTES, f"{name}: {size} bytes are too many for the repository"


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
