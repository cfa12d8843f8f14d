"""The assignment at the organizer's desk: who visits whom in a round, why, and what if not."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.assigning import view
from server.mentoring.assigning import why as reasons
from server.mentoring.assigning.drawing import drawing
from server.mentoring.assigning.look import Look
from server.mentoring.assigning.spare import spare
from server.mentoring.assigning.why import Why
from server.mentoring.matching.exchange import Exchange
from server.mentoring.matching.task import Meeting, Task
from server.mentoring.models import Round, RoundState, Team
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.at_desk import number_of, planned
from server.mentoring.plans.comparing import difference
from server.mentoring.plans.planning import Planning, plan_of, planning_of, plans_of
from server.mentoring.solving import queries as solvings
from server.mentoring.solving import weights as weighing
from server.mentoring.solving.merits import Merits, hash_of, merits_of
from server.mentoring.solving.queries import Search
from server.web.errors import text_of
from server.web.pages import page
from server.web.services import services
from server.web.visitor import visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """All that the page is made of, as it was at one moment."""

    event: Event
    planning: Planning
    merits: Merits
    task: Task
    search: Search | None
    others: list[Any]


async def read(request: Request) -> Read:
    """Read it."""
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request)
        planning = await planning_of(db, event, await plan_of(db, event, number_of(request)))
        merits = await merits_of(db, planning)
        return Read(
            event=event,
            planning=planning,
            merits=merits,
            task=merits.task(planning),
            search=await solvings.newest(db, planning.plan, now=clock.now()),
            others=await plans_of(db, event),
        )


async def show(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}/assignment"""
    return await assignment_page(request, Look.of(request.query_params))


async def watch(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}/assignment/search: how far a search is, while it goes on.

    204 once it is over, or none goes on: then the page itself has something new.
    """
    look = Look.of(request.query_params)
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request)
        plan = await plan_of(db, event, number_of(request))
        search = await solvings.newest(db, plan, now=clock.now())
        rounds = await queries.rounds_of(db, event.id)
    if search is None or not search.is_active:
        return Response(status_code=204)
    round_ = next((each for each in rounds if each.number == look.round), rounds[0])
    return page(
        request,
        "assigning/search.html",
        event=event,
        plan=plan,
        search=search,
        look=look,
        round=round_,
    )


async def assignment_page(
    request: Request, look: Look, *, refused: DomainError | None = None
) -> Response:
    """The page as it is now; with a refusal it answers 409."""
    found = await read(request)
    planning = found.planning
    round_ = round_of(planning, look)
    team = team_of(planning, look)
    facts: dict[str, Any] = {}
    if round_ is not None:
        facts = await asyncio.to_thread(_facts, found, look, round_, team)
    search = found.search
    return page(
        request,
        "assigning/show.html",
        status=409 if refused else 200,
        event=found.event,
        planning=planning,
        plan=planning.plan,
        merits=found.merits,
        task=found.task,
        look=look,
        round=round_,
        team=team,
        search=search,
        waits=bool(search and search.waits(planning.plan, set(planning.visits))),
        renewed=bool(search and not search.is_active and _is_old(found, search)),
        levels=weighing.levels(planning.plan),
        others=found.others,
        can_go_back=planning.is_draft and plan_rows.before(planning.plan) is not None,
        refused=text_of(refused, visitor(request).locale) if refused else "",
        done=request.query_params.get("done", ""),
        **facts,
    )


def round_of(planning: Planning, look: Look) -> Round | None:
    """The round of a look; without one the first that has not begun."""
    for each in planning.rounds:
        if each.number == look.round:
            return each
    to_come = (each for each in planning.rounds if each.state is RoundState.PLANNED)
    return next(to_come, planning.rounds[-1] if planning.rounds else None)


def team_of(planning: Planning, look: Look) -> Team | None:
    """The team of a look."""
    return next((each for each in planning.teams.values() if each.number == look.team), None)


def _is_old(found: Read, search: Search) -> bool:
    """Whether what a best plan depends on has changed since it was looked for."""
    return search.solving.visits is not None and search.solving.input_hash != hash_of(found.task)


def _facts(found: Read, look: Look, round_: Round, team: Team | None) -> dict[str, Any]:
    """What is worked out of what was read, in a thread."""
    planning, merits, task = found.planning, found.merits, found.task
    told: Why | None = None
    trial: Exchange | None = None
    visits = frozenset(planning.visits)
    if team is not None:
        told = reasons.why(planning, merits, task, team.id, round_.id)
        if planning.is_draft and look.trial in planning.people:
            trial = reasons.trial(task, visits, Meeting(look.trial, team.id, round_.id))
    published = planning.before if planning.is_draft and planning.published else None
    shown = view.shown(
        planning,
        merits,
        round_,
        visits=trial.visits if trial else visits,
        against=visits if trial else published,
    )
    places = spare(task) if planning.is_draft and task.open else None
    return {
        "shown": shown,
        "drawing": drawing(shown, team.number if team else None),
        "changed_teams": len(difference(planning.before, visits, planning.board.slots).teams),
        "why": told,
        "trial": trial,
        "points": task.value(visits),
        "spare": places,
        "key_names": [planning.people[each].short for each in places.key] if places else [],
    }


PATH: Final = "/manage/{slug}/plans/{number:int}/assignment"

routes = [
    Route(PATH, show, methods=["GET"]),
    Route(f"{PATH}/search", watch, methods=["GET"]),
]
