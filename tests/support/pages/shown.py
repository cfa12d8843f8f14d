"""A page of the application in one of its states, and how a browser comes to it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from playwright.async_api import Browser, Page

from tests.support.app import App
from tests.support.visits import first_link

DESK: Final = "{desk}"

Steps = Callable[[Page], Awaitable[None]]
Setting = Callable[[App, Browser], AbstractAsyncContextManager[None]]


def bare(_app: App, _browser: Browser) -> AbstractAsyncContextManager[None]:
    """The application as it has begun."""
    return nullcontext()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page in one of its states.

    `path` may name `{event}` (the demo's address), `{room}` and `{link}` (the first staff link).
    """

    name: str
    route: str  # as the application spells it; "" for what has no route
    path: str
    who: str = ""  # a demo account, STRANGER, or nobody
    status: int = 200
    fresh: bool = False  # on an installation without demo data
    steps: Steps | None = None  # after loading
    setting: Setting = bare  # before loading, until the page has been looked at


async def show(page: Page, app: App, shown: Shown) -> None:
    """Bring a browser's page to an entry of the table, whose setting stands.

    Raises:
        AssertionError: it answered with another status.
    """
    answer = await page.goto(address(app, shown))
    assert answer is not None
    assert answer.status == shown.status, f"{shown.name}: {answer.status}"
    if shown.steps:
        await shown.steps(page)
    await page.evaluate("document.fonts.ready")


def by_setting(pages: Iterable[Shown]) -> Iterator[tuple[Setting, list[Shown]]]:
    """Neighbours that want the same setting, which then is made once for all of them."""
    for setting, neighbours in groupby(pages, lambda shown: shown.setting):
        yield setting, list(neighbours)


def address(app: App, shown: Shown) -> str:
    """The whole address of an entry."""
    event = app.event.removeprefix(app.url)
    room = app.room.removeprefix(app.url)
    return app.url + shown.path.format(
        event=event, desk=event.replace("/e/", "/manage/"), room=room, link=first_link(app)
    )
