"""The verbs of the organizer's board: what was sent, and what is done with it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from server.core import i18n
from server.core.db import Db
from server.core.errors import NotFound
from server.core.i18n import N_
from server.events import queries as events
from server.events.access import Desk
from server.events.models import Session
from server.mentoring.matching.repair import Kind
from server.mentoring.models import Mentor, Round
from server.mentoring.plans.rules import Visit
from server.rounds import actions
from server.rounds import help as calls
from server.rounds.actions import Act
from server.rounds.board import mend, moves, repair
from server.rounds.board.mend import Proposed
from server.rounds.board.moves import NoSuchRooms
from server.rounds.board.repair import Names, Wish
from server.web.visitor import Visitor

KNOCK: Final = N_("主催者の{name}さんが、まもなくこの部屋に入ります。")
MOST_MINUTES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Somebody at the board of a round, and what was sent."""

    desk: Desk
    round_: Round
    session: Session
    who: Visitor
    act: Act
    sent: Mapping[str, str]

    def minutes(self, otherwise: int) -> timedelta:
        """How long, as it was asked for."""
        typed = self.sent.get("minutes", "")
        count = int(typed) if re.fullmatch(r"\d{1,3}", typed) else otherwise
        return timedelta(minutes=min(max(count, 1), MOST_MINUTES))

    def id(self, name: str) -> UUID:
        """An id that was sent.

        Raises:
            NotFound: it is none.
        """
        try:
            return UUID(self.sent.get(name, ""))
        except ValueError as error:
            raise NotFound(**{name: self.sent.get(name, "")}) from error

    def number(self, name: str) -> int:
        """A room's number that was sent.

        Raises:
            NotFound: it is none.
        """
        typed = self.sent.get(name, "")
        if not re.fullmatch(r"\d{1,4}", typed):
            raise NotFound(**{name: typed})
        return int(typed)


Do = Callable[[Db, Doing], Awaitable[object]]


async def _open(db: Db, doing: Doing) -> None:
    await actions.open_round(db, doing.round_.id, doing.act)


async def _extend(db: Db, doing: Doing) -> None:
    await actions.extend(db, doing.round_.id, doing.minutes(5), doing.act)


async def _back(db: Db, doing: Doing) -> None:
    await actions.ask_back(db, doing.round_.id, doing.act)


async def _stop(db: Db, doing: Doing) -> None:
    await actions.stop_return(db, doing.round_.id, doing.act)


async def _reopen(db: Db, doing: Doing) -> None:
    await actions.reopen(db, doing.round_.id, doing.minutes(10), doing.act)


async def _tell(db: Db, doing: Doing) -> None:
    typed = doing.sent.get("rooms", "")
    numbers = {int(each) for each in re.findall(r"\d{1,4}", typed)}
    if typed.strip() and not numbers:
        raise NoSuchRooms
    await moves.tell(
        db,
        doing.round_,
        doing.sent.get("text", ""),
        numbers or None,
        name=doing.who.name,
        act=doing.act,
    )


async def _visit(db: Db, doing: Doing) -> None:
    knock = i18n.catalog(doing.who.locale).gettext(KNOCK).format(name=doing.who.name)
    await moves.visit(
        db,
        doing.round_,
        doing.number("number"),
        name=doing.who.name,
        knock=knock,
        act=doing.act,
    )


async def _leave(db: Db, doing: Doing) -> None:
    await moves.leave(db, doing.round_, doing.act)


async def _move(db: Db, doing: Doing) -> None:
    to_main = doing.sent.get("to") == "main"
    number = None if to_main else doing.number("to")
    await moves.reassign(db, doing.round_, doing.id("person"), number, doing.act)


async def _take(db: Db, doing: Doing) -> None:
    assert doing.act.actor is not None
    await calls.take(
        db,
        await _call(db, doing),
        session_id=doing.round_.session_id,
        actor=doing.act.actor,
        name=doing.who.name,
        now=doing.act.now,
    )


async def _close(db: Db, doing: Doing) -> None:
    assert doing.act.actor is not None
    await calls.close(
        db,
        await _call(db, doing),
        session_id=doing.round_.session_id,
        actor=doing.act.actor,
        now=doing.act.now,
    )


async def _call(db: Db, doing: Doing) -> UUID:
    """A call of this round, not of any other.

    Raises:
        NotFound: it is none.
    """
    wanted = doing.id("call")
    if all(call.id != wanted for call in await calls.of_round(db, doing.round_.id)):
        raise NotFound(call=str(wanted))
    return wanted


async def _replace(db: Db, doing: Doing) -> None:
    wish = Wish(
        round_id=doing.round_.id,
        slot_id=doing.id("slot"),
        team_id=doing.id("team"),
        instead_of=doing.id("instead_of"),
        mentor_id=doing.id("mentor"),
    )
    names = await _names(db, doing, wish)
    await repair.replace(db, wish, names, doing.act)


async def _mend(db: Db, doing: Doing) -> None:
    round_id, sent = doing.round_.id, doing.sent
    if sent.get("kind") not in set(Kind):
        raise NotFound(kind=sent.get("kind", ""))
    team_id = doing.id("team")
    joined = doing.id("joined") if sent["kind"] == Kind.MERGE else team_id
    wish = Proposed(
        round_id=round_id,
        gone=Visit(doing.id("slot"), team_id, doing.id("instead_of")),
        kind=Kind(sent["kind"]),
        own=Visit(doing.id("own_slot"), joined, doing.id("mentor")),
        moved=frozenset(map(int, re.findall(r"\d{1,4}", sent.get("moved", "")))),
        absent=frozenset(_ids(sent.get("absent", ""))),
    )
    await mend.mend(db, doing.desk.event, wish, doing.act)


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(each) for each in text.split()]
    except ValueError as error:
        raise NotFound(id=text) from error


async def _names(db: Db, doing: Doing, wish: Wish) -> Names:
    """The names of two mentors of this event.

    Raises:
        NotFound: one of them is none.
    """
    found = []
    for mentor_id in (wish.instead_of, wish.mentor_id):
        mentor = await db.get(Mentor, mentor_id)
        if mentor is None or mentor.event_id != doing.desk.event.id:
            raise NotFound(mentor=str(mentor_id))
        found.append(await events.name_of(db, mentor.participation_id))
    return Names(former=found[0], new=found[1])


VERBS: Final[dict[str, Do]] = {
    "open": _open,
    "extend": _extend,
    "back": _back,
    "stop": _stop,
    "reopen": _reopen,
    "tell": _tell,
    "visit": _visit,
    "leave": _leave,
    "move": _move,
    "take": _take,
    "close": _close,
    "replace": _replace,
    "mend": _mend,
}
