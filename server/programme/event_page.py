"""The page of an event, as people see it and as its organizers see it before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from server.events.models import Role
from server.programme import lanes, queries, rows, rules
from server.web.pages import page
from server.web.services import services

MOST_SPEAKERS: Final = 9  # seen at once; the others are behind one press


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
        days=lanes.days(shown, zone=found.event.zone),
        own=rows.own_rows(shown),
        doors_at=_doors(found),
        topics=list(rows.topic_rows(found, shown)),
        speakers=rows.speaker_rows(shown),
        most_speakers=MOST_SPEAKERS,
        lit=rules.is_lit(found.event, now),
        people=people,
        seats=found.seats,
        standing=found.standing,
        turn=found.turn,
        way=way,
        offered=rules.offers(found.standing, way),
        host=host(request),
        preview=preview,
    )


def _doors(found: queries.Programme) -> datetime | None:
    """When the first door of an event opens, where that is before it begins."""
    held = [each.doors_at for each in found.sessions if each.cancelled_at is None]
    doors = found.event.doors_at or min(held, default=None)
    return doors if doors and doors < found.event.starts_at else None


def host(request: Request) -> str:
    """Where calendars find us."""
    return urlsplit(services(request).settings.public_url).netloc
