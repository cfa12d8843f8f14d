"""`python -m tests.letters [part of a name …]`: every mail in ja and en, 640 and 360 wide, light
and dark, into `pictures/`, without a mail program and without any picture in it.
"""

import asyncio
import sys
from typing import Final

from server.core.i18n import LOCALES
from tests.pictures import ALL
from tests.support.browser import chromium, context_of
from tests.support.letters import letters, written

WIDTHS: Final = (640, 360)


async def main(parts: list[str]) -> None:
    """Take the pictures of the letters whose names contain one of `parts`, or all."""
    ALL.mkdir(exist_ok=True)
    async with chromium() as browser:
        for locale in LOCALES:
            for name, letter in letters(locale).items():
                if parts and not any(part in name for part in parts):
                    continue
                html = written(letter, locale).html
                for width in WIDTHS:
                    for dark in (False, True):
                        async with context_of(
                            browser, locale=locale, width=width, height=800, dark=dark
                        ) as context:
                            page = await context.new_page()
                            await page.set_content(html)
                            file = f"mail-{name}-{locale}-{width}-{'dark' if dark else 'light'}.png"
                            await page.screenshot(path=ALL / file, full_page=True)
    print(f"{len(list(ALL.glob('mail-*')))} pictures in {ALL}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
