"""The console: how the event stands at this moment."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.core import clock
from server.events import queries as events
from server.events.access import at_desk
from server.events.roles import Capability
from server.registration import attention, growth, people, seats
from server.registration.desk import schedule
from server.web.pages import known_visitor, page
from server.web.services import services

WEEK: Final = timedelta(days=7)


async def show(request: Request) -> Response:
    """GET /manage/{slug}/"""
    now, who = clock.now(), known_visitor(request)
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        desk = await at_desk(
            db,
            slug=request.path_params["slug"],
            account_id=who.account_id,
            capability=Capability.PEOPLE_READ,
        )
        event = desk.event
        sessions = await events.sessions_of(db, event)
        everyone = await people.of_event(db, event)
        taken = (await seats.of_events(db, [event]))[event.id]
        of_sessions = await seats.of_sessions(db, sessions)
        troubles = await attention.troubles(db, event, sessions)
        steps = await growth.steps(db, event)
    return page(
        request,
        "registration/desk/console.html",
        event=event,
        seats=taken,
        asked_count=taken.asked,
        days=schedule.days(sessions, zone=event.zone, now=now),
        session_seats=of_sessions,
        needs=attention.needs(
            everyone,
            sessions,
            seats=taken,
            session_seats=of_sessions,
            troubles=troubles,
            now=now,
        ),
        line=growth.line_of(steps, capacity=event.capacity, now=now),
        week=taken.seated - growth.seated_at(steps, now - WEEK),
        today=schedule.local_date(now, event.zone),
    )
