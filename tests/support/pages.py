"""The route table: every page of the application, and how a test comes to see it.

`routes_without_page` compares it with the application's own routes, so a new page without an entry
here fails a test. Pictures and axe both walk this table.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.routing import Route

from tests.support.app import CEILING_SECONDS, App
from tests.support.browser import context_of
from tests.support.fair import SEATED_IN, SLUG, SOON, WAITING_IN, fair
from tests.support.registered import approve_two, open_person, registered
from tests.support.visits import (
    INVITATION,
    STAFF,
    STRANGER,
    execute,
    first_link,
    invite,
    log_in,
    refuse_mails,
)

# To take away, not to look at.
FILES: Final = frozenset({"/manage/{slug}/attendance.csv", "/manage/{slug}/people.csv"})

COMPANY: Final = ("mentor", "participant2")  # who is in the room already
# Plain text and calendars, not for people.
FOR_PROGRAMS: Final = frozenset({"/healthz", "/readyz", "/e/{slug}/calendar.ics"})

Steps = Callable[[Page], Awaitable[None]]
Setting = Callable[[App, Page], AbstractAsyncContextManager[None]]


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
    setting: Setting | None = None  # before loading, until the page has been looked at


async def _wrong_password(page: Page) -> None:
    await page.fill("[name=address]", "participant@sample.example")
    await page.check("[name=way][value=password]")
    await page.fill("[name=password]", "not the password")
    await page.press("[name=password]", "Enter")
    await page.locator("[data-wrong]").wait_for()


async def _wrong_present_password(page: Page) -> None:
    await page.fill("[name=present]", "not the password")
    await page.fill("[name=password]", "a better one than before")
    await page.press("[name=password]", "Enter")
    await page.locator("[data-wrong]").wait_for()


async def _ask_link(page: Page) -> None:
    await page.fill("[name=address]", f"{uuid4().hex}@sample.example")
    await page.press("[name=address]", "Enter")
    await page.locator(".ways-out").wait_for()


async def _empty_form(page: Page) -> None:
    await page.evaluate("document.querySelector('main form').noValidate = true")
    await page.click("main form button.button")
    await page.locator(".error-summary").wait_for()


async def _old_form(page: Page) -> None:
    await page.context.clear_cookies(name="form")
    await page.fill("[name=address]", "participant@sample.example")
    await page.check("[name=way][value=password]")
    await page.fill("[name=password]", "whatever")
    await page.press("[name=password]", "Enter")
    await page.locator(".empty").wait_for()


async def _register_as_newcomer(page: Page) -> None:
    await page.fill("[name=name]", "森川 とき子")
    await page.fill("[name=address]", f"{uuid4().hex}@sample.example")
    await _register(page)


async def _register(page: Page) -> None:
    shown = page.url
    async with page.expect_navigation():
        await page.click("main form button.button-primary")
    assert page.url == shown
    await page.locator(".standing, .checks").first.wait_for()


async def _add_session(page: Page) -> None:
    """The draft differs from what is public: a session moves, another is new."""
    if await page.locator(".is-new").count():
        return  # another visit has done it
    await page.fill("#s1-from", "0:05")
    await page.fill("[name=new-title]", "まとめ")
    async with page.expect_navigation():
        await page.click("[value=add-session]")
    await page.locator(".is-new").first.wait_for()


async def _at_the_door(page: Page) -> None:
    await _playing(page, "[data-part=preview]", count=1)


async def _others_inside(page: Page) -> None:
    await _at_the_door(page)
    seated = page.locator(".prejoin .plan-letter:not(.you)").nth(len(COMPANY) - 1)
    await seated.wait_for(timeout=CEILING_SECONDS * 1000)


async def _inside(page: Page) -> None:
    await page.click("[data-part=prejoin] [data-part=enter]")
    await page.locator("yoriai-tile.tile-you").wait_for(timeout=CEILING_SECONDS * 1000)
    await _playing(page, "yoriai-tile video", count=1)


async def _in_company(page: Page) -> None:
    await _inside(page)
    await _playing(page, "yoriai-tile video", count=1 + len(COMPANY))


async def _playing(page: Page, selector: str, *, count: int) -> None:
    """Wait until so many of the videos show a picture."""
    await page.wait_for_function(
        "([selector, count]) => [...document.querySelectorAll(selector)]"
        ".filter((video) => video.checkVisibility() && video.videoWidth && video.currentTime)"
        ".length >= count",
        arg=[selector, count],
        timeout=CEILING_SECONDS * 1000,
    )


async def _left(page: Page) -> None:
    await _inside(page)
    await page.locator("[data-leave]:visible").first.click()
    await page.locator("[data-part=left]").wait_for()


async def _first_office(page: Page) -> None:
    """From a list of organizations into the first of them."""
    await page.locator(".list-who a").first.click()
    await page.locator("#people").wait_for()


async def _first_account(page: Page) -> None:
    """From the list of accounts into the first of them."""
    await page.locator(".list-who a").first.click()
    await page.locator("#staff").wait_for()


@asynccontextmanager
async def _invited(app: App, _page: Page) -> AsyncIterator[None]:
    """Somebody of the demo has a mailed invitation."""
    await invite(app, "participant3")
    yield


@asynccontextmanager
async def _company(app: App, page: Page) -> AsyncIterator[None]:
    """Others of the demo sit in the room already."""
    assert page.context.browser
    async with AsyncExitStack() as stack:
        for who in COMPANY:
            context = await stack.enter_async_context(context_of(page.context.browser))
            await log_in(context, app, who, locale="ja")
            other = await context.new_page()
            await other.goto(app.room)
            await _inside(other)
        yield


@asynccontextmanager
async def _refused_mails(app: App, _page: Page) -> AsyncIterator[None]:
    """The mail server has refused what was owed."""
    await refuse_mails(app, "participant", "mentor")
    yield


@asynccontextmanager
async def _without_events(app: App, _page: Page) -> AsyncIterator[None]:
    """A fault of ours: the table of events is gone while the block runs."""
    await execute(app, 'ALTER TABLE event RENAME TO "event_away"')
    try:
        yield
    finally:
        await execute(app, 'ALTER TABLE "event_away" RENAME TO event')


EDITOR: Final = "/manage/{slug}/sessions"
PEOPLE: Final = "/manage/{slug}/people"
FAIR: Final = f"/e/{SLUG}"
SESSION: Final = "/e/{slug}/s/{number:int}"
SCHEDULE: Final = "/e/{slug}/schedule"
REGISTER: Final = "/e/{slug}/register"
ATTENDANCE: Final = "/manage/{slug}/attendance"
ROOM: Final = "/e/{slug}/s/{number:int}/room"
DESK: Final = "{desk}"

PAGES: Final = (
    Shown(name="home", route="/", path="/"),
    Shown(name="home-known", route="/", path="/", who="participant"),
    Shown(name="home-empty", route="/", path="/", fresh=True),
    Shown(name="event", route="/e/{slug}", path="{event}"),
    Shown(name="event-known", route="/e/{slug}", path="{event}", who="participant"),
    Shown(name="event-stranger", route="/e/{slug}", path="{event}", who=STRANGER),
    Shown(name="home-fair", route="/", path="/", setting=fair),
    Shown(name="event-fair", route="/e/{slug}", path=FAIR, setting=fair),
    Shown(name="event-fair-known", route="/e/{slug}", path=FAIR, who="participant", setting=fair),
    Shown(name="event-soon", route="/e/{slug}", path=f"/e/{SOON}", setting=fair),
    Shown(name="schedule", route=SCHEDULE, path="{event}/schedule"),
    Shown(
        name="schedule-fair",
        route=SCHEDULE,
        path=f"{FAIR}/schedule",
        who="participant",
        setting=fair,
    ),
    Shown(name="schedule-fair-guest", route=SCHEDULE, path=f"{FAIR}/schedule", setting=fair),
    Shown(
        name="session-fair-seated",
        route=SESSION,
        path=f"{FAIR}/s/{SEATED_IN}",
        who="participant",
        setting=fair,
    ),
    Shown(name="session-fair-full", route=SESSION, path=f"{FAIR}/s/{WAITING_IN}", setting=fair),
    Shown(name="session-known", route=SESSION, path="{event}/s/2", who="participant"),
    Shown(name="register", route=REGISTER, path="{event}/register"),
    Shown(name="register-known", route=REGISTER, path="{event}/register", who=STRANGER),
    Shown(
        name="register-sent", route=REGISTER, path="{event}/register", steps=_register_as_newcomer
    ),
    Shown(
        name="register-seated",
        route=REGISTER,
        path="{event}/register",
        who=STRANGER,
        steps=_register,
    ),
    Shown(name="login", route="/login", path="/login"),
    Shown(name="login-wrong", route="/login", path="/login?next={event}", steps=_wrong_password),
    Shown(name="login-sent", route="/login", path="/login?next={event}", steps=_ask_link),
    Shown(name="login-old", route="/login", path="/login", steps=_old_form),
    Shown(name="link", route="/link/{token}", path="{link}", fresh=True),
    Shown(name="link-wrong", route="/link/{token}", path="{link}", fresh=True, steps=_empty_form),
    Shown(name="link-spent", route="/link/{token}", path="/link/spent", status=410),
    Shown(name="me", route="/me", path="/me", who="participant"),
    Shown(name="me-company", route="/me", path="/me", who="participant3", setting=_company),
    Shown(name="me-none", route="/me", path="/me", who=STRANGER),
    Shown(name="manage", route="/manage", path="/manage", who="organizer"),
    Shown(name="manage-new", route="/manage/new", path="/manage/new", who="organizer"),
    Shown(name="editor", route=EDITOR, path="{desk}/sessions", who="organizer", steps=_add_session),
    Shown(
        name="preview",
        route="/manage/{slug}/preview",
        path="{desk}/preview",
        who="organizer",
    ),
    Shown(
        name="duplicate",
        route="/manage/{slug}/duplicate",
        path="{desk}/duplicate",
        who="organizer",
    ),
    Shown(
        name="attendance",
        route=ATTENDANCE,
        path="{desk}/attendance?session=1",
        who="organizer",
    ),
    Shown(
        name="attendance-running",
        route=ATTENDANCE,
        path="{desk}/attendance?show=absent",
        who="organizer",
    ),
    Shown(
        name="attendance-early",
        route=ATTENDANCE,
        path="{desk}/attendance?session=3",
        who="organizer",
    ),
    Shown(name="mails", route="/staff/mails", path="/staff/mails", who=STAFF),
    Shown(
        name="mails-refused",
        route="/staff/mails",
        path="/staff/mails?show=failed",
        who=STAFF,
        setting=_refused_mails,
    ),
    Shown(name="signup", route="/signup", path="/signup"),
    Shown(name="account", route="/me/account", path="/me/account", who="participant"),
    Shown(
        name="account-wrong",
        route="/me/account",
        path="/me/account",
        who="speaker",  # whose password no other entry tries
        steps=_wrong_present_password,
    ),
    Shown(name="account-new", route="/me/account", path="/me/account", who=STRANGER),
    Shown(name="logins", route="/me/logins", path="/me/logins", who=STRANGER),
    Shown(name="staff", route="/staff/", path="/staff/", who=STAFF),
    Shown(name="staff-accounts", route="/staff/accounts", path="/staff/accounts", who=STAFF),
    Shown(
        name="staff-account",
        route="/staff/accounts/{id:uuid}",
        path="/staff/accounts?q=森川",
        who=STAFF,
        steps=_first_account,
    ),
    Shown(
        name="staff-organizations",
        route="/staff/organizations",
        path="/staff/organizations",
        who=STAFF,
    ),
    Shown(
        name="staff-organization",
        route="/staff/organizations/{id:uuid}",
        path="/staff/organizations",
        who=STAFF,
        steps=_first_office,
    ),
    Shown(
        name="organizations",
        route="/organizations",
        path="/organizations?q=見本",
        who="participant3",
    ),
    Shown(name="organizations-none", route="/organizations", path="/organizations", who=STRANGER),
    Shown(
        name="organization",
        route="/organizations/{id:uuid}",
        path="/organizations",
        who="organizer",
        steps=_first_office,
    ),
    Shown(
        name="invitation",
        route="/invitation/{token}",
        path=f"/invitation/{INVITATION}",
        setting=_invited,
    ),
    Shown(name="styleguide", route="/styleguide", path="/styleguide"),
    Shown(name="licences", route="/licences", path="/licences"),
    Shown(
        name="prejoin",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=_company,
        steps=_others_inside,
    ),
    Shown(name="prejoin-early", route=ROOM, path="{event}/s/3/room", who="participant"),
    Shown(name="prejoin-closed", route=ROOM, path="{event}/s/1/room", who="participant"),
    Shown(name="prejoin-listen", route=ROOM, path="{event}/s/4/room", who="observer"),
    Shown(name="room-alone", route=ROOM, path="{room}", who="participant", steps=_inside),
    Shown(
        name="room",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=_company,
        steps=_in_company,
    ),
    Shown(name="room-left", route=ROOM, path="{room}", who="participant", steps=_left),
    Shown(name="room-refused", route=ROOM, path="{room}", who=STRANGER, status=403),
    Shown(name="console-empty", route="/manage/{slug}/", path=f"{DESK}/", who="organizer"),
    Shown(name="people-empty", route=PEOPLE, path=f"{DESK}/people", who="organizer"),
    Shown(
        name="console",
        route="/manage/{slug}/",
        path=f"{DESK}/",
        who="organizer",
        setting=registered,
    ),
    Shown(
        name="people",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
    ),
    Shown(
        name="people-person",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
        steps=open_person,
    ),
    Shown(
        name="people-told",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
        steps=approve_two,
    ),
    Shown(name="not-found", route="", path="/nowhere", status=404),
    Shown(name="broken", route="/", path="/", status=500, setting=_without_events),
)


def routes_without_page(app: Starlette) -> set[str]:
    """The routes that a person can open, and that no entry of the table shows."""
    opened = {
        route.path
        for route in app.routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    }
    return opened - FOR_PROGRAMS - FILES - {page.route for page in PAGES}


@asynccontextmanager
async def showing(page: Page, app: App, shown: Shown) -> AsyncIterator[None]:
    """Bring a browser's page to an entry of the table, until the block ends.

    Raises:
        AssertionError: it answered with another status.
    """
    async with shown.setting(app, page) if shown.setting else nullcontext():
        answer = await page.goto(address(app, shown))
        assert answer is not None
        assert answer.status == shown.status, f"{shown.name}: {answer.status}"
        if shown.steps:
            await shown.steps(page)
        await page.evaluate("document.fonts.ready")
        yield


def address(app: App, shown: Shown) -> str:
    """The whole address of an entry."""
    event = app.event.removeprefix(app.url)
    room = app.room.removeprefix(app.url)
    return app.url + shown.path.format(
        event=event, desk=event.replace("/e/", "/manage/"), room=room, link=first_link(app)
    )
