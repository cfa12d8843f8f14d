"""What organizers do from the board, each in one transaction; then the board again."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock
from server.core.db import Db
from server.events import queries as events
from server.events.access import at_desk
from server.events.roles import Capability
from server.mentoring.queries import round_of
from server.rooms.chat import EmptyLine
from server.rounds.actions import Act, RoundNotReady
from server.rounds.board.amend import MentorCame, VisitChanged
from server.rounds.board.doing import VERBS, Do, Doing
from server.rounds.board.mend import RepairChanged
from server.rounds.board.moves import NoSuchRooms
from server.rounds.board.page import address, shown
from server.rounds.board.repair import MentorNotFree
from server.rounds.help import HelpByAnother, HelpOver
from server.web.errors import text_of
from server.web.forms import texts
from server.web.pages import go, known_visitor
from server.web.services import services
from server.web.visitor import Visitor

ANSWERED: Final = (
    EmptyLine,
    HelpByAnother,
    HelpOver,
    MentorCame,
    MentorNotFree,
    NoSuchRooms,
    RepairChanged,
    RoundNotReady,
    VisitChanged,
)
SEEN: Final = ("visit", "leave", "take", "close")  # these leave their own trace, or none


def acting(verb: str, do: Do) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of an act: POST /manage/{slug}/board/{number}/{verb}."""

    async def endpoint(request: Request) -> Response:
        sent = await texts(request)
        who, now = known_visitor(request), clock.now()
        try:
            async with services(request).database.writing() as db:
                doing = await _doing(db, request, who, sent, now)
                await do(db, doing)
                if verb not in SEEN:
                    await _note(db, verb, doing)
        except ANSWERED as error:
            return await shown(request, refused=text_of(error, who.locale), status=409)
        request.app.state.live.look()
        if verb == "visit":
            return go(f"/e/{doing.desk.event.slug}/s/{doing.session.number}/room")
        return go(address(doing.desk.event.slug, doing.round_.number, sent))

    endpoint.__doc__ = f"POST /manage/{{slug}}/board/{{number}}/{verb}"
    return endpoint


async def _doing(
    db: Db, request: Request, who: Visitor, sent: Mapping[str, str], now: datetime
) -> Doing:
    assert who.account_id is not None
    desk = await at_desk(
        db,
        slug=request.path_params["slug"],
        account_id=who.account_id,
        capability=Capability.ROUND_RUN,
    )
    round_ = await round_of(db, desk.event, request.path_params["number"])
    own = Act(actor=desk.participation.id, now=now)
    session = await events.session_by_id(db, round_.session_id)
    return Doing(desk=desk, round_=round_, session=session, who=who, act=own, sent=sent)


async def _note(db: Db, verb: str, doing: Doing) -> None:
    what = {name: text for name, text in doing.sent.items() if name in ("person", "to", "mentor")}
    await audit.note(
        db,
        actor=doing.who.account_id,
        verb=f"round.{verb}",
        object=audit.about("round", doing.round_.id),
        now=doing.act.now,
        **what,
    )


routes = [
    Route(f"/manage/{{slug}}/board/{{number:int}}/{verb}", acting(verb, do), methods=["POST"])
    for verb, do in VERBS.items()
]
