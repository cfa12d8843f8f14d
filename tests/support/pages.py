"""The route table: every page of the application, and how a test comes to see it.

`routes_without_page` compares it with the application's own routes, so a new page without an entry
here fails a test. Pictures and axe both walk this table.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.routing import Route

from tests.support import planning, steps
from tests.support.app import App
from tests.support.boarded import BOARD, DAY, boarded, first_note
from tests.support.fair import SEATED_IN, SLUG, SOON, WAITING_IN, fair
from tests.support.registered import approve_two, open_person, registered
from tests.support.visits import (
    INVITATION,
    STAFF,
    STRANGER,
    first_link,
)
from tests.support.workshop import (
    ASKED,
    BARE,
    PAPER,
    SEAT,
    check_draft,
    first_mentor,
    held,
    mend_and_check,
    open_forms,
    print_seat,
)
from tests.support.workshop import SLUG as WORKSHOP

# To take away, not to look at.
FILES: Final = frozenset(
    {
        "/manage/{slug}/attendance.csv",
        "/manage/{slug}/people.csv",
        "/manage/{slug}/plans/{number:int}.csv",
        "/manage/{slug}/visits.csv",
        "/manage/{slug}/minutes.csv",
    }
)

# Plain text and calendars, not for people.
FOR_PROGRAMS: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/e/{slug}/calendar.ics",
        "/e/{slug}/s/{number:int}/room/visits",
        "/e/{slug}/s/{number:int}/room/note",
        "/e/{slug}/s/{number:int}/room/help",
        "/e/{slug}/s/{number:int}/room/visits/{assignment:uuid}/note",
    }
)

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


EDITOR: Final = "/manage/{slug}/sessions"
PEOPLE: Final = "/manage/{slug}/people"
FAIR: Final = f"/e/{SLUG}"
SESSION: Final = "/e/{slug}/s/{number:int}"
SCHEDULE: Final = "/e/{slug}/schedule"
REGISTER: Final = "/e/{slug}/register"
ATTENDANCE: Final = "/manage/{slug}/attendance"
ROOM: Final = "/e/{slug}/s/{number:int}/room"
DESK: Final = "{desk}"
BOARD_ROUTE: Final = "/manage/{slug}/board/{number:int}"
DAY_ROUTE: Final = "/e/{slug}/mentor"
PLANS: Final = f"/manage/{planning.SLUG}/plans"
PLAN: Final = "/manage/{slug}/plans/{number:int}"
TRAINING: Final = f"/e/{WORKSHOP}"
TEAM: Final = "/e/{slug}/team"

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
        name="register-sent",
        route=REGISTER,
        path="{event}/register",
        steps=steps.register_as_newcomer,
    ),
    Shown(
        name="register-seated",
        route=REGISTER,
        path="{event}/register",
        who=STRANGER,
        steps=steps.register,
    ),
    Shown(name="login", route="/login", path="/login"),
    Shown(
        name="login-wrong", route="/login", path="/login?next={event}", steps=steps.wrong_password
    ),
    Shown(name="login-sent", route="/login", path="/login?next={event}", steps=steps.ask_link),
    Shown(name="login-old", route="/login", path="/login", steps=steps.old_form),
    Shown(name="link", route="/link/{token}", path="{link}", fresh=True),
    Shown(
        name="link-wrong", route="/link/{token}", path="{link}", fresh=True, steps=steps.empty_form
    ),
    Shown(name="link-spent", route="/link/{token}", path="/link/spent", status=410),
    Shown(name="me", route="/me", path="/me", who="participant"),
    Shown(name="me-company", route="/me", path="/me", who="participant3", setting=steps.company),
    Shown(name="me-none", route="/me", path="/me", who=STRANGER),
    Shown(name="manage", route="/manage", path="/manage", who="organizer"),
    Shown(name="manage-new", route="/manage/new", path="/manage/new", who="organizer"),
    Shown(
        name="editor",
        route=EDITOR,
        path="{desk}/sessions",
        who="organizer",
        steps=steps.add_session,
    ),
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
        setting=steps.refused_mails,
    ),
    Shown(name="signup", route="/signup", path="/signup"),
    Shown(name="account", route="/me/account", path="/me/account", who="participant"),
    Shown(
        name="account-wrong",
        route="/me/account",
        path="/me/account",
        who="speaker",  # whose password no other entry tries
        steps=steps.wrong_present_password,
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
        steps=steps.first_account,
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
        steps=steps.first_office,
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
        steps=steps.first_office,
    ),
    Shown(
        name="invitation",
        route="/invitation/{token}",
        path=f"/invitation/{INVITATION}",
        setting=steps.invited,
    ),
    Shown(name="styleguide", route="/styleguide", path="/styleguide"),
    Shown(name="licences", route="/licences", path="/licences"),
    Shown(
        name="prejoin",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=steps.company,
        steps=steps.others_inside,
    ),
    Shown(name="prejoin-early", route=ROOM, path="{event}/s/3/room", who="participant"),
    Shown(name="prejoin-closed", route=ROOM, path="{event}/s/1/room", who="participant"),
    Shown(name="prejoin-listen", route=ROOM, path="{event}/s/4/room", who="observer"),
    Shown(name="room-alone", route=ROOM, path="{room}", who="participant", steps=steps.inside),
    Shown(
        name="room",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=steps.company,
        steps=steps.in_company,
    ),
    Shown(name="room-left", route=ROOM, path="{room}", who="participant", steps=steps.left),
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
    Shown(
        name="board",
        route=BOARD_ROUTE,
        path=BOARD,
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-now",
        route="/manage/{slug}/board",
        path=BOARD.rpartition("/")[0],
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-list",
        route=BOARD_ROUTE,
        path=f"{BOARD}?view=list",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-replace",
        route=BOARD_ROUTE,
        path=f"{BOARD}?room=38&do=replace",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-planned",
        route=BOARD_ROUTE,
        path=f"{BOARD.rpartition('/')[0]}/3",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="visits",
        route="/manage/{slug}/visits",
        path=f"{BOARD.rpartition('/board/')[0]}/visits",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="visits-none", route="/manage/{slug}/visits", path=f"{DESK}/visits", who="organizer"
    ),
    Shown(
        name="notes",
        route="/manage/{slug}/notes",
        path=f"{BOARD.rpartition('/board/')[0]}/notes",
        who="organizer",
        setting=boarded,
    ),
    Shown(name="mentor-day", route=DAY_ROUTE, path=DAY, who="mentor", setting=boarded),
    Shown(
        name="mentor-note",
        route=f"{DAY_ROUTE}/notes/{{assignment:uuid}}",
        path=DAY,
        who="mentor",
        setting=boarded,
        steps=first_note,
    ),
    Shown(
        name="rounds",
        route="/manage/{slug}/rounds",
        path=f"/manage/{planning.SLUG}/rounds",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="rounds-wrong",
        route="/manage/{slug}/rounds",
        path=f"/manage/{planning.SLUG}/rounds",
        who="organizer",
        setting=planning.planned,
        steps=planning.wrong_round,
    ),
    Shown(
        name="rounds-none",
        route="/manage/{slug}/rounds",
        path=f"{DESK}/rounds",
        who="organizer",
    ),
    Shown(name="plan-none", route="/manage/{slug}/plans", path=f"{DESK}/plans", who="organizer"),
    Shown(
        name="plan-published",
        route=PLAN,
        path=f"{PLANS}/1",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan",
        route=PLAN,
        path=f"{PLANS}/2",
        who="organizer",
        setting=planning.planned,
        steps=planning.choose,
    ),
    Shown(
        name="plan-gap",
        route=PLAN,
        path=f"{PLANS}/2",
        who="organizer",
        setting=planning.planned,
        steps=planning.see_candidates,
    ),
    Shown(
        name="plan-list",
        route=PLAN,
        path=f"{PLANS}/2?view=list",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan-difference",
        route=f"{PLAN}/difference",
        path=f"{PLANS}/2/difference",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan-sheet",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan-sheet-wrong",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
        steps=planning.wrong_sheet,
    ),
    Shown(
        name="plan-sheet-seen",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
        steps=planning.good_sheet,
    ),
    Shown(name="team-begin", route=TEAM, path=f"{TRAINING}/team", setting=held),
    Shown(name="team-new", route=TEAM, path=f"{TRAINING}/team", who=STRANGER, setting=held),
    Shown(name="team-draft", route=TEAM, path=f"{TRAINING}/team", who="participant2", setting=held),
    Shown(
        name="team-wrong",
        route=TEAM,
        path=f"{TRAINING}/team",
        who="participant2",
        setting=held,
        steps=check_draft,
    ),
    Shown(
        name="team-check",
        route="/e/{slug}/team/check",
        path=f"{TRAINING}/team",
        who="participant2",
        setting=held,
        steps=mend_and_check,
    ),
    Shown(
        name="team",
        route="/e/{slug}/team/{number:int}",
        path=f"{TRAINING}/team/1",
        who="participant",
        setting=held,
    ),
    Shown(
        name="team-paper",
        route="/e/{slug}/team/{number:int}",
        path=f"{TRAINING}/team/1",
        who="participant",
        setting=held,
        steps=print_seat,
    ),
    Shown(name="seat", route="/seat/{token}", path=f"/seat/{SEAT}", setting=held),
    Shown(name="seat-printed", route="/seat/{token}", path=f"/seat/{PAPER}", setting=held),
    Shown(
        name="mentor-asked", route="/mentoring/{token}", path=f"/mentoring/{ASKED}", setting=held
    ),
    Shown(name="mentors", route="/e/{slug}/mentors", path=f"{TRAINING}/mentors", setting=held),
    Shown(
        name="mentors-none",
        route="/e/{slug}/mentors",
        path=f"/e/{BARE}/mentors",
        setting=held,
    ),
    Shown(
        name="mentor-profile",
        route="/e/{slug}/mentor/profile",
        path=f"{TRAINING}/mentor/profile",
        who="mentor",
        setting=held,
    ),
    Shown(
        name="mentor-free",
        route="/e/{slug}/mentor/availability",
        path=f"{TRAINING}/mentor/availability",
        who="mentor",
        setting=held,
    ),
    Shown(
        name="desk-teams",
        route="/manage/{slug}/teams",
        path=f"/manage/{WORKSHOP}/teams",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-teams-none",
        route="/manage/{slug}/teams",
        path=f"/manage/{BARE}/teams",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-team",
        route="/manage/{slug}/teams/{number:int}",
        path=f"/manage/{WORKSHOP}/teams/1",
        who="organizer",
        setting=held,
        steps=open_forms,
    ),
    Shown(
        name="desk-questions",
        route="/manage/{slug}/questions",
        path=f"/manage/{WORKSHOP}/questions",
        who="organizer",
        setting=held,
        steps=open_forms,
    ),
    Shown(
        name="desk-mentors",
        route="/manage/{slug}/mentors",
        path=f"/manage/{WORKSHOP}/mentors",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-mentor",
        route="/manage/{slug}/mentors/{id:uuid}",
        path=f"/manage/{WORKSHOP}/mentors",
        who="organizer",
        setting=held,
        steps=first_mentor,
    ),
    Shown(name="not-found", route="", path="/nowhere", status=404),
    Shown(name="broken", route="/", path="/", status=500, setting=steps.without_events),
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
