"""The people list: who is registered, found and filtered; one person with history; as CSV."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from server.accounts import audit
from server.core import clock
from server.core.db import Db
from server.core.errors import NotFound
from server.core.ids import new_id
from server.events import queries as events
from server.events.access import Desk, at_desk
from server.events.models import Event
from server.events.roles import Capability, can
from server.registration import idempotency, people, queries, seats
from server.registration.desk import sheet
from server.registration.desk.outcomes import Outcome
from server.registration.desk.view import PAGE, View
from server.registration.forms import AddForm
from server.registration.models import RegistrationState
from server.registration.people import Person
from server.web.forms import Bound
from server.web.pages import known_visitor, page
from server.web.services import services
from server.web.visitor import visitor


async def show(request: Request) -> Response:
    """GET /manage/{slug}/people"""
    return await shown(request, View.of(request.query_params))


async def export(request: Request) -> Response:
    """GET /manage/{slug}/people.csv: exactly the rows that the search and the filter leave."""
    view = View.of(request.query_params)
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.RECORDS_EXPORT)
        everyone = people.searched(await people.of_event(db, desk.event), view.q)
        rows = _filtered(everyone, view)
        details = await people.details(db, rows)
    who, now = visitor(request), clock.now()
    async with services(request).database.writing() as db:
        await audit.note(
            db,
            actor=who.account_id,
            verb="people.exported",
            object=audit.about("event", desk.event.id),
            now=now,
            rows=len(rows),
        )
    return sheet.csv(desk.event, rows, details, who.locale, now=now)


async def shown(
    request: Request,
    view: View,
    *,
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    chosen: Collection[UUID] = (),
    add: Bound[AddForm] | None = None,
) -> Response:
    """The list, with what was wrong with the form that was just sent.

    Args:
        wrong: sentences by the field of an act's form.
        chosen: the registrations whose boxes stay ticked.
        add: the form that registers somebody.
    """
    now = clock.now()
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.PEOPLE_READ)
        everyone = await people.of_event(db, desk.event)
        found = people.searched(everyone, view.q)
        listed = _filtered(found, view)
        rows = listed[view.start : view.start + PAGE]
        person = _person(everyone, view)
        open_here = person is not None and person not in rows
        details = await people.details(db, [*rows, person] if person and open_here else rows)
        beside = await _beside(db, desk.event, person, details)
        outcome = await _outcome(db, request, view)
    counts = people.counted(everyone)
    return page(
        request,
        "registration/desk/people.html",
        status=status,
        event=desk.event,
        asked_count=counts[RegistrationState.ASKED],
        total=len(everyone),
        seats=_seats(desk.event, counts),
        counts=people.counted(found),
        found=len(found),
        listed=len(listed),
        rows=rows,
        details=details,
        person=person,
        open_here=open_here,
        names={each.participation: each.name for each in everyone},
        view=view,
        key=str(new_id()),
        page_size=PAGE,
        outcome=outcome,
        undo=outcome.undo(now) if outcome else None,
        wrong=wrong or {},
        chosen=set(chosen),
        add=add or Bound[AddForm](None),
        may_edit=can(desk.roles, Capability.PEOPLE_EDIT),
        may_export=can(desk.roles, Capability.RECORDS_EXPORT),
        **beside,
    )


async def _beside(
    db: Db, event: Event, person: Person | None, details: people.Details
) -> dict[str, Any]:
    """What the open person's part of the page needs besides."""
    if person is None:
        return {"history": [], "session_seats": {}, "session_of": {}, "targets": []}
    held = details.seats[person.participation]
    of = {seat.registration: seat.session for seat in held}
    all_of_them = await events.sessions_of(db, event)
    targets = [each for each in all_of_them if each.by_seat and each.cancelled_at is None]
    return {
        "history": await queries.history(db, [person.registration, *of]),
        "session_seats": await seats.of_sessions(db, all_of_them),
        "session_of": of,
        "targets": targets,
    }


async def _desk(db: Db, request: Request, capability: Capability) -> Desk:
    account_id = known_visitor(request).account_id
    assert account_id is not None
    slug = request.path_params["slug"]
    return await at_desk(db, slug=slug, account_id=account_id, capability=capability)


async def _outcome(db: Db, request: Request, view: View) -> Outcome | None:
    account_id = known_visitor(request).account_id
    if not view.result or account_id is None:
        return None
    return Outcome.of(await idempotency.answers(db, account_id=account_id, key=view.result))


def _filtered(found: list[Person], view: View) -> list[Person]:
    return [each for each in found if view.state in (None, each.state)]


def _person(everyone: list[Person], view: View) -> Person | None:
    if view.who is None:
        return None
    person = next((each for each in everyone if each.registration == view.who), None)
    if person is None:
        raise NotFound(registration=view.who)
    return person


def _seats(event: Event, counts: Counter[RegistrationState]) -> seats.Seats:
    return seats.Seats(
        event.capacity,
        counts[RegistrationState.SEATED],
        counts[RegistrationState.WAITING],
        counts[RegistrationState.ASKED],
    )
