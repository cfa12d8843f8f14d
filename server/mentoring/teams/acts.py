"""What leads and organizers do alike with the seats of a team.

Each comes with a finder of its own, which says whose team it is and whether the visitor may.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import queries as account_queries
from server.accounts.entering import slow_down, slow_down_person
from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Event
from server.mentoring.forms import OfSeatForm, SubstituteForm
from server.mentoring.models import Team, Training
from server.mentoring.teams import members, seats
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.members import Somebody
from server.mentoring.teams.queries import Roll
from server.mentoring.teams.rules import AlreadyInTeam, LeadStays, TeamChanged, TeamFull
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor


@dataclass(frozen=True, slots=True)
class Held:
    """A team that the visitor may work on, and the address of the page that shows it."""

    event: Event
    training: Training
    team: Team
    place: str


Find = Callable[[Db, Request], Awaitable[Held]]
Again = Callable[..., Awaitable[Response]]  # the page once more: request, status, what was wrong

Act = Callable[[Request, Find, Again], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

REFUSALS = (AlreadyInTeam, LeadStays, TeamChanged, TeamFull, TooMany)


def routes(place: str, find: Find, again: Again) -> list[Route]:
    """POST `place`/<act> for each act; `find` says on what, `again` shows what was wrong."""

    def acting(act: Act) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return await act(request, find, again)

        return endpoint

    return [Route(f"{place}/{name}", acting(act), methods=["POST"]) for name, act in ACTS.items()]


async def substitute(request: Request, find: Find, again: Again) -> Response:
    """Let somebody have a seat of the team, a free one or another person's."""
    form, who = await bind(request, SubstituteForm), visitor(request)
    async with services(request).database.reading() as db:
        await find(db, request)
    if form.values is None:
        return await again(request, status=422, seat=form)
    wanted = form.values
    try:
        await _slow_down(request, wanted.address)
        async with services(request).database.writing() as db:
            held = await find(db, request)
            await members.seat(
                db,
                held.event,
                held.team,
                wanted.seat,
                Somebody(wanted.name, wanted.reading, wanted.address or ""),
                most=held.training.team_most,
                locale=who.locale,
                actor=_actor(request),
                now=clock.now(),
            )
    except (AlreadyInTeam, TooMany) as error:
        wrong = Bound[SubstituteForm](None, {"address": text_of(error, who.locale)}, form.raw)
        return await again(request, status=status_of(error), seat=wrong)
    except REFUSALS as error:
        return await _refused(request, again, error)
    return go(f"{held.place}?done=seat")


async def invite(request: Request, find: Find, again: Again) -> Response:
    """Mail the link of a seat once more."""
    number = await _number(request)
    try:
        async with services(request).database.reading() as db:
            held = await find(db, request)
            member = (await team_queries.roll_of(db, held.team)).seat(number)
        if member is None or not member.address:
            raise TeamChanged
        await _slow_down(request, member.address)
        async with services(request).database.writing() as db:
            held = await find(db, request)
            fresh = _seat(await team_queries.roll_of(db, held.team), number)
            await members.offer(
                db, held.event, held.team, fresh, locale=visitor(request).locale, now=clock.now()
            )
    except REFUSALS as error:
        return await _refused(request, again, error)
    return go(f"{held.place}?done=invite")


async def paper(request: Request, find: Find, again: Again) -> Response:
    """A page to print, with a link for who has no mail address here."""
    number, now = await _number(request), clock.now()
    try:
        async with services(request).database.writing() as db:
            held = await find(db, request)
            member = _seat(await team_queries.roll_of(db, held.team), number)
            token = await seats.paper(db, held.event, held.team, member, now=now)
    except REFUSALS as error:
        return await _refused(request, again, error)
    return page(
        request,
        "mentoring/paper.html",
        event=held.event,
        team=held.team,
        member=member,
        place=held.place,
        link=f"{services(request).settings.public_url.rstrip('/')}/seat/{token}",
        expires_at=now + seats.PAPER_LASTS,
    )


async def vacate(request: Request, find: Find, again: Again) -> Response:
    """Let nobody have a seat for now."""
    return await _with_seat(request, find, again, members.vacate)


async def hand_over(request: Request, find: Find, again: Again) -> Response:
    """Let another member speak for the team."""
    return await _with_seat(request, find, again, members.hand_over)


async def _with_seat(request: Request, find: Find, again: Again, do: Any) -> Response:
    number = await _number(request)
    try:
        async with services(request).database.writing() as db:
            held = await find(db, request)
            await do(db, held.event, held.team, number, actor=_actor(request), now=clock.now())
    except REFUSALS as error:
        return await _refused(request, again, error)
    return go(f"{held.place}?done=seat")


async def _refused(request: Request, again: Again, error: DomainError) -> Response:
    sentence = text_of(error, visitor(request).locale)
    return await again(request, status=status_of(error), refused=sentence)


async def _number(request: Request) -> int:
    form = await bind(request, OfSeatForm)
    return form.values.seat if form.values else 0


async def _slow_down(request: Request, address: str | None) -> None:
    """Count a mail that this person has sent to somebody."""
    if address:
        await slow_down_person(request, "team")
        await slow_down(request, "team", account_queries.canonical(address))


def _seat(roll: Roll, number: int) -> Any:
    member = roll.seat(number)
    if member is None:
        raise TeamChanged
    return member


def _actor(request: Request) -> Any:
    return known_visitor(request).account_id


ACTS: Final[Mapping[str, Act]] = {
    "substitute": substitute,
    "invite": invite,
    "paper": paper,
    "vacate": vacate,
    "lead": hand_over,
}
