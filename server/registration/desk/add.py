"""An organizer registers somebody, who called or wrote."""

from starlette.requests import Request
from starlette.responses import Response

from server.accounts import actions as accounts
from server.accounts import queries as account_queries
from server.accounts.entering import slow_down
from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.core.ids import new_id
from server.events.models import Event, EventState
from server.registration import actions, guard, idempotency, rules
from server.registration.actions import Act
from server.registration.desk import outcomes
from server.registration.desk.acts import back, desk_for_acts
from server.registration.desk.outcomes import Verb
from server.registration.desk.people import shown
from server.registration.desk.view import View
from server.registration.forms import AddForm
from server.registration.models import Registration
from server.registration.rules import AlreadyRegistered, RegistrationNotOpen
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor


async def add(request: Request) -> Response:
    """POST /manage/{slug}/people/add: the place is taken, and who is new gets a mailed link."""
    form = await bind(request, AddForm)
    async with services(request).database.reading() as db:
        await desk_for_acts(db, request)
    view = View.of_query(form.raw.get("view", "").removeprefix("?"))
    if form.values is None:
        return await shown(request, view, status=422, add=form)
    key = form.values.key or str(new_id())
    try:
        await slow_down(request, "register", account_queries.canonical(form.values.address))
        async with services(request).database.writing() as db:
            event = (await desk_for_acts(db, request)).event
            registration = await _add(db, request, event, form.values, key)
    except (TooMany, rules.RegistrationClosed, RegistrationNotOpen) as error:
        return await _refused(request, view, form, error)
    return back(event, view.but(who=registration.id), key, Verb.ADD)


async def _add(db: Db, request: Request, event: Event, wanted: AddForm, key: str) -> Registration:
    if event.state is not EventState.PUBLISHED:  # its mail would lead to a page nobody can see
        raise RegistrationNotOpen
    now, organizer = clock.now(), visitor(request).account_id
    assert organizer is not None
    await guard.lock(db, event, None)  # of two copies of a form, one comes first
    account, _fresh = await accounts.account_for(
        db,
        address=wanted.address,
        name=wanted.name,
        reading=wanted.reading,
        locale=visitor(request).locale,
        zone=event.zone,
        now=now,
    )
    verified = await account_queries.is_verified(db, account.id)
    act = Act(actor=organizer, now=now, reason=wanted.reason, mail_after=rules.UNDO_WITHIN)
    registration = await actions.register(
        db, event=event, account=account, act=act, verified=verified
    )
    step = outcomes.step(key, Verb.ADD, registration)
    if await idempotency.answered(db, account_id=organizer, key=step):
        return registration
    refused = "" if registration.changed_at == now else AlreadyRegistered.code
    if not verified and not refused:
        link = f"/e/{event.slug}/register"
        due_at = now + rules.UNDO_WITHIN
        await accounts.ask_link(db, account_id=account.id, then=link, now=now, due_at=due_at)
    await outcomes.remember(
        db, key, Verb.ADD, registration, actor=organizer, now=now, refused=refused
    )
    return registration


async def _refused(
    request: Request, view: View, form: Bound[AddForm], error: DomainError
) -> Response:
    text = text_of(error, visitor(request).locale)
    again = Bound[AddForm](None, {"address": text}, form.raw)
    return await shown(request, view, status=status_of(error), add=again)
