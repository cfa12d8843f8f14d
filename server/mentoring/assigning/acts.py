"""What organizers do on the page of the assignment, each in one transaction; then it again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.mentoring.assigning import why
from server.mentoring.assigning.forms import (
    LockForm,
    OfLookForm,
    PairForm,
    SolveForm,
    WeighForm,
)
from server.mentoring.assigning.look import Look
from server.mentoring.assigning.pages import assignment_page, read, round_of, team_of
from server.mentoring.matching.task import Meeting
from server.mentoring.plans import actions as plans
from server.mentoring.plans import acts as plan_acts
from server.mentoring.plans.actions import PlanChanged, VisitChanged
from server.mentoring.plans.acts import Doing, Endpoint, acting
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.rules import Visit
from server.mentoring.solving import actions as solvings
from server.mentoring.solving import queries as searches
from server.mentoring.solving.actions import SolvingRuns
from server.mentoring.solving.weights import USUAL, Level
from server.web.forms import bind
from server.web.pages import go
from server.web.services import services

REFUSALS: Final = (*plan_acts.REFUSALS, SolvingRuns)

Sent = TypeVar("Sent", bound=OfLookForm)


def _acting(
    verb: str, form: type[Sent], do: Callable[[Db, Doing[Sent]], Awaitable[str]]
) -> Endpoint:
    """The endpoint of an act; `do` names what was done, for the page that follows."""

    async def then(db: Db, doing: Doing[Sent]) -> str:
        return _end(doing.sent, await do(db, doing))

    return acting(f"assignment/{verb}", form, then, _refuse, REFUSALS)


async def _refuse(request: Request, sent: OfLookForm | None, error: DomainError) -> Response:
    return await assignment_page(request, _look(sent) if sent else Look(), refused=error)


def _look(sent: OfLookForm) -> Look:
    return Look(round=sent.round, team=sent.team, view=sent.view)


def _end(sent: OfLookForm, done: str) -> str:
    """What follows the draft in the address of the page that tells what was done."""
    query = _look(sent).query
    told = f"{'&' if query else '?'}done={done}" if done else ""
    return f"/assignment{query}{told}"


async def _solve(db: Db, doing: Doing[SolveForm]) -> str:
    """The best plan is looked for."""
    await solvings.ask(db, doing.draft, near=doing.sent.near, actor=doing.actor, now=doing.now)
    return ""


async def _cancel(db: Db, doing: Doing[OfLookForm]) -> str:
    """The search ends; what was found stays."""
    await solvings.cancel(db, doing.draft.plan, now=doing.now)
    return "cancelled"


async def _take(db: Db, doing: Doing[OfLookForm]) -> str:
    """What was found while somebody changed the draft comes into it."""
    newest = await searches.newest(db, doing.draft.plan, now=doing.now)
    if newest is None:
        raise PlanChanged
    await solvings.take(db, doing.draft, newest.solving, actor=doing.actor, now=doing.now)
    return "taken"


async def _undo(db: Db, doing: Doing[OfLookForm]) -> str:
    """The draft is as before it was replaced as a whole."""
    v = doing.draft.plan.v
    await plans.undo(db, doing.draft, v=v, actor=doing.actor, now=doing.now)
    return "back"


async def _weigh(db: Db, doing: Doing[WeighForm]) -> str:
    """How much each reason counts."""
    sent, said = doing.sent, doing.sent.before.split(",")
    if len(said) != len(USUAL) or not set(said) <= set(Level):
        raise PlanChanged
    before = dict(zip(USUAL, map(Level, said), strict=True))
    await solvings.weigh(
        db, doing.draft, sent.levels, before=before, actor=doing.actor, now=doing.now
    )
    return "weighed"


async def _lock(db: Db, doing: Doing[LockForm]) -> str:
    """A visit stays where it is, or may move again."""
    sent = doing.sent
    team = team_of(doing.draft, _look(sent))
    if team is None:
        raise VisitChanged
    meant = Visit(sent.slot, team.id, sent.mentor)
    await plans.lock(db, doing.draft, meant, on=sent.on, actor=doing.actor, now=doing.now)
    return "locked" if sent.on else "unlocked"


async def exchange(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/assignment/exchange: another mentor, as was tried."""
    bound = await bind(request, PairForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if bound.values is None:
        return await _refuse(request, None, PlanChanged())
    sent = bound.values
    found = await read(request)
    team, round_ = team_of(found.planning, _look(sent)), round_of(found.planning, _look(sent))
    if team is None or round_ is None or sent.mentor not in found.planning.people:
        raise NotFound
    visits = frozenset(found.planning.visits)
    at = Meeting(sent.mentor, team.id, round_.id)
    swap = await asyncio.to_thread(why.trial, found.task, visits, at)
    try:
        if swap is None:
            raise VisitChanged
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            actor, now = planner(request), clock.now()
            await plans.take(db, draft, list(swap.visits), v=sent.v, actor=actor, now=now)
    except REFUSALS as error:
        return await _refuse(request, sent, error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}{_end(sent, 'exchanged')}")


ACTS: Final = {
    "solve": _acting("solve", SolveForm, _solve),
    "cancel": _acting("cancel", OfLookForm, _cancel),
    "take": _acting("take", OfLookForm, _take),
    "undo": _acting("undo", OfLookForm, _undo),
    "weigh": _acting("weigh", WeighForm, _weigh),
    "lock": _acting("lock", LockForm, _lock),
    "exchange": exchange,
}

routes = [
    Route(f"/manage/{{slug}}/plans/{{number:int}}/assignment/{verb}", act, methods=["POST"])
    for verb, act in ACTS.items()
]
