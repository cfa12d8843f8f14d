"""The page of an event, as people see it and as its organizers see it before."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from server.events.models import Role
from server.programme import queries, rows, rules
from server.web.pages import page
from server.web.services import services


def event_page(
    request: Request,
    found: queries.Programme,
    people: Mapping[Role, int],
    *,
    now: datetime,
    preview: bool = False,
) -> Response:
    """The page of an event; as a `preview` it says that nobody else sees it."""
    shown = rows.session_rows(found, now)
    way = rules.way(found.event, found.seats, now)
    return page(
        request,
        "events/show.html",
        event=found.event,
        rows=shown,
        topics=list(rows.topic_rows(found, shown)),
        people=people,
        seats=found.seats,
        standing=found.standing,
        turn=found.turn,
        way=way,
        offered=rules.offers(found.standing, way),
        host=host(request),
        preview=preview,
    )


def host(request: Request) -> str:
    """Where calendars find us."""
    return urlsplit(services(request).settings.public_url).netloc
