"""The route table: every page of the application, and how a test comes to see it.

`routes_without_page` compares it with the application's own routes, so a new page without an entry
here fails a test. Pictures and axe both walk this table.
"""

from typing import Final

from starlette.applications import Starlette
from starlette.routing import Route

from tests.support import steps
from tests.support.pages import desk, people, plans, programme, room, rounds, teams
from tests.support.pages.shown import Shown

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
        "/manage/{slug}/plans/{number:int}/assignment/search",  # a part of a page
        "/healthz",
        "/readyz",
        "/e/{slug}/calendar.ics",
        "/e/{slug}/s/{number:int}/room/visits",
        "/e/{slug}/s/{number:int}/room/note",
        "/e/{slug}/s/{number:int}/room/help",
        "/e/{slug}/s/{number:int}/room/visits/{assignment:uuid}/note",
    }
)

PAGES: Final = (
    *programme.PAGES,
    *people.PAGES,
    *desk.PAGES,
    *room.PAGES,
    *rounds.PAGES,
    *plans.PAGES,
    *teams.PAGES,
    Shown(name="styleguide", route="/styleguide", path="/styleguide"),
    Shown(name="licences", route="/licences", path="/licences"),
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
