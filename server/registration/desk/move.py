"""An organizer moves somebody from a session's seat to another's."""

from starlette.requests import Request
from starlette.responses import Response

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.core.ids import new_id
from server.events import queries as events
from server.events.models import Event, Session
from server.registration import idempotency, moving, queries, rules
from server.registration.actions import Act
from server.registration.desk import outcomes
from server.registration.desk.acts import back, desk_for_acts
from server.registration.desk.outcomes import Verb
from server.registration.desk.people import shown
from server.registration.desk.view import View
from server.registration.forms import MoveForm
from server.web.forms import bind
from server.web.services import services


async def move(request: Request) -> Response:
    """POST /manage/{slug}/people/move: a free seat elsewhere, and the present one given back."""
    form = await bind(request, MoveForm)
    async with services(request).database.reading() as db:
        await desk_for_acts(db, request)
    view = View.of_query(form.raw.get("view", "").removeprefix("?"))
    if form.values is None:
        return await shown(
            request, view, status=422, wrong={"move": next(iter(form.errors.values()))}
        )
    key = form.values.key or str(new_id())
    async with services(request).database.writing() as db:
        desk = await desk_for_acts(db, request)
        act = Act(
            actor=desk.participation.account_id,
            now=clock.now(),
            reason=form.values.reason,
            mail_after=rules.UNDO_WITHIN,
        )
        await _once(db, desk.event, form.values, key=key, act=act)
    return back(desk.event, view, key, Verb.MOVE)


async def _once(db: Db, event: Event, wanted: MoveForm, *, key: str, act: Act) -> None:
    """Done once, or left as it is and the reason kept for the summary."""
    assert act.actor is not None
    registration = await queries.by_id(db, wanted.registration, event=event)
    if registration.session_id is None:
        raise NotFound
    source = await db.get_one(Session, registration.session_id)
    target = await events.session_of(db, event, wanted.session)
    await moving.hold(db, event, source, target)  # of two copies of a form, one comes first
    step, refused = outcomes.step(key, Verb.MOVE, registration), ""
    if await idempotency.answered(db, account_id=act.actor, key=step):
        return
    try:
        await moving.move(db, registration, event=event, source=source, target=target, act=act)
    except DomainError as error:  # raised before anything has changed
        refused = error.code
    await outcomes.remember(
        db, key, Verb.MOVE, registration, actor=act.actor, now=act.now, refused=refused
    )
