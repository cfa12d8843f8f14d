"""An organizer gives and takes the roles of a person."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from server.core import clock
from server.core.errors import NotFound
from server.core.ids import new_id
from server.events.models import Role
from server.events.queries import roles_of
from server.events.roles import Capability, can
from server.registration import grants, idempotency, queries
from server.registration.actions import Act
from server.registration.desk import outcomes
from server.registration.desk.acts import back, desk_for_acts
from server.registration.desk.outcomes import Verb
from server.registration.desk.people import shown
from server.registration.desk.view import View
from server.registration.forms import RolesForm
from server.registration.rules import LastOrganizer
from server.web.errors import status_of, text_of
from server.web.forms import bind
from server.web.pages import go
from server.web.services import services
from server.web.visitor import visitor


async def set_roles(request: Request) -> Response:
    """POST /manage/{slug}/people/roles: the ticked roles are the person's from now on."""
    form = await bind(request, RolesForm)
    wanted = _roles((await request.form()).getlist("role"))
    view = View.of_query(form.raw.get("view", "").removeprefix("?"))
    if form.values is None:
        raise NotFound
    key, now = form.values.key or str(new_id()), clock.now()
    try:
        async with services(request).database.writing() as db:
            desk = await desk_for_acts(db, request)
            organizer = desk.participation.account_id
            registration = await queries.by_id(db, form.values.registration, event=desk.event)
            act = Act(actor=organizer, now=now, reason=form.values.reason)
            of = registration.participation_id
            await grants.set_roles(db, of, wanted, event=desk.event, act=act)
            step = outcomes.step(key, Verb.ROLES, registration)
            if not await idempotency.answered(db, account_id=organizer, key=step):
                await outcomes.remember(db, key, Verb.ROLES, registration, actor=organizer, now=now)
            left = await roles_of(db, desk.participation.id)
    except LastOrganizer as error:
        wrong = {"role": text_of(error, visitor(request).locale)}
        return await shown(request, view, status=status_of(error), wrong=wrong)
    if not can(left, Capability.PEOPLE_READ):  # one's own role was given away
        return go(f"/e/{desk.event.slug}")
    return back(desk.event, view, key, Verb.ROLES)


def _roles(texts: Sequence[object]) -> set[Role]:
    """The roles named; others than those given by hand are left out later."""
    return {Role(str(text)) for text in texts if str(text) in set(Role)}
