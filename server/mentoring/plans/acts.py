"""What organizers do to a draft from its page, each in one transaction; then the page again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.mentoring.plans import actions as plans
from server.mentoring.plans.actions import PlanChanged, Put, VisitChanged, VisitLocked, VisitPast
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.forms import FillForm, How, LockForm, UndoForm, VisitForm
from server.mentoring.plans.look import Look, Undo
from server.mentoring.plans.pages import plan_page
from server.mentoring.plans.planning import Planning
from server.mentoring.plans.rules import Visit
from server.web.forms import Form, bind
from server.web.pages import go
from server.web.services import services

REFUSALS: Final = (PlanChanged, VisitChanged, VisitLocked, VisitPast)

Sent = TypeVar("Sent", bound=Form)
Endpoint = Callable[[Request], Awaitable[Response]]
Refuse = Callable[[Request, Sent | None, DomainError], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Doing(Generic[Sent]):
    """Somebody does something to a draft, which is theirs until the transaction ends."""

    draft: Planning
    sent: Sent
    actor: UUID
    now: datetime


def acting(
    verb: str,
    form: type[Sent],
    do: Callable[[Db, Doing[Sent]], Awaitable[str]],
    refuse: Refuse[Sent],
    refusals: tuple[type[DomainError], ...] = REFUSALS,
) -> Endpoint:
    """The endpoint of an act: POST /manage/{slug}/plans/{number}/{verb}.

    `do` says with what the address of the page that follows ends; `refuse` shows the page on which
    it was asked for, with what is against it: one of `refusals`.
    """

    async def endpoint(request: Request) -> Response:
        bound = await bind(request, form)
        async with services(request).database.reading() as db:
            await planned(db, request)
        if bound.values is None:
            return await refuse(request, None, PlanChanged())
        sent = bound.values
        try:
            async with services(request).database.writing() as db:
                event = await planned(db, request)
                draft = await plans.held(db, event, number_of(request))
                end = await do(db, Doing(draft, sent, planner(request), clock.now()))
        except refusals as error:
            return await refuse(request, sent, error)
        return go(f"/manage/{event.slug}/plans/{draft.plan.number}{end}")

    endpoint.__doc__ = f"POST /manage/{{slug}}/plans/{{number}}/{verb}"
    return endpoint


async def _refuse(request: Request, sent: Form | None, error: DomainError) -> Response:
    look = _cell(sent) if isinstance(sent, VisitForm | LockForm) else Look()
    return await plan_page(request, look, refused=error)


def _cell(sent: VisitForm | LockForm) -> Look:
    return Look.of({"view": sent.view}).at(sent.mentor, sent.slot)


async def _visit(db: Db, doing: Doing[VisitForm]) -> str:
    """A team for a cell, or nobody."""
    sent, draft = doing.sent, doing.draft
    wanted = Put(mentor_id=sent.mentor, slot_id=sent.slot, team_id=sent.team, was=sent.was)
    back = None if sent.team == sent.was else _back(draft.visits, wanted, draft.board.slots)
    await plans.put(db, draft, wanted, actor=doing.actor, now=doing.now)
    return f"{_cell(sent).but(undo=back).query}#chosen"


def _back(visits: list[Visit], wanted: Put, slots: Mapping[UUID, UUID]) -> Undo:
    """The put that takes this one back: the team goes where it was, or the cell to whom it had."""
    for each in visits:
        if each.team_id == wanted.team_id and slots[each.slot_id] == slots.get(wanted.slot_id):
            at_cell = (
                v.team_id
                for v in visits
                if (v.mentor_id, v.slot_id) == (wanted.mentor_id, wanted.slot_id)
            )
            return Undo(each.mentor_id, each.slot_id, wanted.team_id, next(at_cell, None))
    return Undo(wanted.mentor_id, wanted.slot_id, wanted.was, wanted.team_id)


async def _lock(db: Db, doing: Doing[LockForm]) -> str:
    """A visit stays where it is, or may move again."""
    sent = doing.sent
    meant = Visit(sent.slot, sent.team, sent.mentor)
    await plans.lock(db, doing.draft, meant, on=sent.on, actor=doing.actor, now=doing.now)
    return f"{_cell(sent).query}#chosen"


async def _fill(db: Db, doing: Doing[FillForm]) -> str:
    """The simple rule places who has no visit."""
    anew = doing.sent.how is How.ANEW
    came = await plans.fill(db, doing.draft, anew=anew, actor=doing.actor, now=doing.now)
    return f"?filled={came}"


async def _undo(db: Db, doing: Doing[UndoForm]) -> str:
    """The draft is as before the file or the simple rule."""
    await plans.undo(db, doing.draft, v=doing.sent.v, actor=doing.actor, now=doing.now)
    return "?back=1"


ACTS: Final[Mapping[str, Endpoint]] = {
    "visit": acting("visit", VisitForm, _visit, _refuse),
    "lock": acting("lock", LockForm, _lock, _refuse),
    "fill": acting("fill", FillForm, _fill, _refuse),
    "undo": acting("undo", UndoForm, _undo, _refuse),
}

routes = [
    Route(f"/manage/{{slug}}/plans/{{number:int}}/{verb}", act, methods=["POST"])
    for verb, act in ACTS.items()
]
