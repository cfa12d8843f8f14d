"""What organizers do with registrations, one or many at once, each in its own transaction."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from server.accounts import actions as accounts
from server.core import clock, i18n
from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.core.i18n import N_
from server.core.ids import new_id
from server.events.access import Desk, at_desk
from server.events.models import Event, Session
from server.events.roles import Capability
from server.registration import actions, guard, idempotency, queries, rules, undo
from server.registration.actions import Act
from server.registration.desk import outcomes
from server.registration.desk.outcomes import Verb
from server.registration.desk.people import shown
from server.registration.desk.view import View
from server.registration.forms import DeskForm
from server.registration.models import Registration
from server.registration.rules import StateChanged
from server.web.forms import Bound, bind
from server.web.pages import go, known_visitor
from server.web.services import services
from server.web.visitor import visitor

REASON_MISSING: Final = N_("取り消す理由を書いてください。記録に残ります。")
NOBODY_CHOSEN: Final = N_("だれも選ばれていません。名前の左の箱に印をつけてください。")

Do = Callable[[Db, Registration, Event, Session | None, Act], Awaitable[None]]


async def approve(request: Request) -> Response:
    """POST /manage/{slug}/people/approve: say yes to those who asked."""
    return await _each(request, Verb.APPROVE, _approve)


async def unapprove(request: Request) -> Response:
    """POST /manage/{slug}/people/unapprove: take the yes back, within a minute."""
    return await _each(request, Verb.UNAPPROVE, _unapprove)


async def promote(request: Request) -> Response:
    """POST /manage/{slug}/people/promote: give free seats to those who wait."""
    return await _each(request, Verb.PROMOTE, _promote)


async def cancel(request: Request) -> Response:
    """POST /manage/{slug}/people/cancel: give places back, with a reason."""
    return await _each(request, Verb.CANCEL, _cancel)


async def restore(request: Request) -> Response:
    """POST /manage/{slug}/people/restore: bring cancelled places back."""
    return await _each(request, Verb.RESTORE, _restore)


async def desk_for_acts(db: Db, request: Request) -> Desk:
    """The desk, for one who may change registrations."""
    account_id = known_visitor(request).account_id
    assert account_id is not None
    slug = request.path_params["slug"]
    return await at_desk(db, slug=slug, account_id=account_id, capability=Capability.PEOPLE_EDIT)


def back(event: Event, view: View, key: str, verb: Verb) -> Response:
    """Back to the list, which tells what became of the request."""
    return go(f"/manage/{event.slug}/people{view.but(result=outcomes.told(key, verb)).query}")


async def _each(request: Request, verb: Verb, do: Do) -> Response:
    form = await bind(request, DeskForm)
    ids = _chosen(form, (await request.form()).getlist("registration"))
    async with services(request).database.reading() as db:
        desk = await desk_for_acts(db, request)
        await queries.ensure_of_event(db, ids, event=desk.event)
    view = View.of_query(form.raw.get("view", "").removeprefix("?"))
    wrong = _wrong(form, verb, ids)
    if wrong or form.values is None:
        word = i18n.catalog(visitor(request).locale).gettext
        sentences = {name: word(text) for name, text in wrong.items()}
        return await shown(request, view, status=422, wrong=sentences, chosen=ids)
    key = form.values.key or str(new_id())
    act = Act(
        actor=desk.participation.account_id,
        now=clock.now(),
        reason=form.values.reason,
        mail_after=rules.UNDO_WITHIN,
    )
    for registration_id in ids:
        async with services(request).database.writing() as db:
            await _one(db, registration_id, desk.event, verb, do, key=key, act=act)
    return back(desk.event, view, key, verb)


def _chosen(form: Bound[DeskForm], texts: Sequence[object]) -> list[UUID]:
    try:
        return list(dict.fromkeys(UUID(str(text)) for text in texts))
    except ValueError as error:
        raise NotFound from error


def _wrong(form: Bound[DeskForm], verb: Verb, ids: list[UUID]) -> dict[str, str]:
    if form.values is None:
        return form.errors
    if not ids:
        return {"registration": NOBODY_CHOSEN}
    if verb is Verb.CANCEL and not form.values.reason:
        return {"reason": REASON_MISSING}
    return {}


async def _one(
    db: Db, registration_id: UUID, event: Event, verb: Verb, do: Do, *, key: str, act: Act
) -> None:
    """One registration: done once, or left as it is and the reason kept for the summary."""
    assert act.actor is not None
    registration = await queries.by_id(db, registration_id, event=event)
    session_id = registration.session_id
    session = await db.get(Session, session_id) if session_id else None
    await guard.lock(db, event, session)  # of two copies of a form, one comes first
    step = outcomes.step(key, verb, registration)
    if await idempotency.answered(db, account_id=act.actor, key=step):
        return
    refused = ""
    try:
        await do(db, registration, event, session, act)
    except DomainError as error:  # raised before anything has changed
        refused = error.code
    await outcomes.remember(
        db, key, verb, registration, actor=act.actor, now=act.now, refused=refused
    )


async def _approve(
    db: Db, registration: Registration, event: Event, session: Session | None, act: Act
) -> None:
    if session is not None:  # a session never asks
        raise StateChanged
    await actions.approve(db, registration, event=event, act=act)


async def _unapprove(
    db: Db, registration: Registration, event: Event, session: Session | None, act: Act
) -> None:
    if session is not None:
        raise StateChanged
    await undo.unapprove(db, registration, event=event, act=act)


async def _promote(
    db: Db, registration: Registration, event: Event, session: Session | None, act: Act
) -> None:
    await actions.promote(db, registration, event=event, session=session, act=act)


async def _cancel(
    db: Db, registration: Registration, event: Event, session: Session | None, act: Act
) -> None:
    await actions.cancel(db, registration, event=event, session=session, act=act)


async def _restore(
    db: Db, registration: Registration, event: Event, session: Session | None, act: Act
) -> None:
    gone_at = registration.changed_at
    await undo.restore(db, registration, event=event, session=session, act=act)
    if registration.unverified_until and act.now - gone_at > rules.UNDO_WITHIN:
        await accounts.ask_link(  # the one of the first time has run out
            db,
            account_id=await queries.account_of(db, registration.participation_id),
            then=f"/e/{event.slug}/register",
            now=act.now,
            due_at=act.now + act.mail_after,
        )
