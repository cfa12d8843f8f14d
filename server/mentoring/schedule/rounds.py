"""The rounds of an event, stored ahead: add one, change one, take the last one out.

Only what has not begun can be changed. Rounds follow each other by their numbers, so nobody has
to be in two of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.events.models import Event, Session, SessionKind
from server.mentoring import queries
from server.mentoring.models import Availability, Round, RoundForm, RoundState, Slot
from server.mentoring.plans import mails as plan_mails
from server.mentoring.plans.models import Assignment, Plan, PlanState

HOLDING: Final = (PlanState.DRAFT, PlanState.PUBLISHED)


class RoundBegun(DomainError):
    """The round runs or is over."""

    code = "round_begun"


class RoundChanged(DomainError):
    """Somebody else changed the round after the page was made."""

    code = "round_changed"


class RoundOutside(DomainError):
    """The round does not lie within its session."""

    code = "round_outside"


class RoundsOverlap(DomainError):
    """The round does not follow those before it, or runs into the next."""

    code = "rounds_overlap"


class SlotsVisited(DomainError):
    """Slots would go in which a plan has visits."""

    code = "slots_visited"


class NotLast(DomainError):
    """Only the last round can be taken out, so that numbers have no holes."""

    code = "round_not_last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What an organizer sets. `slot` and `travel` are in seconds; in rounds without teams the
    whole round is as long as one slot.
    """

    session_id: UUID
    form: RoundForm
    group_size: int
    starts_at: datetime
    slots: int
    slot: int
    travel: int
    warn_at: list[int]
    missing_after: int
    silent_after: int
    return_seconds: int

    @property
    def parts(self) -> list[tuple[int, int]]:
        """(offset, length) of the slots in seconds; none without teams."""
        if self.form is not RoundForm.TEAMS:
            return []
        return [(n * (self.slot + self.travel), self.slot) for n in range(self.slots)]

    @property
    def ends_at(self) -> datetime:
        """When the round ends: with its last slot."""
        offset, length = self.parts[-1] if self.parts else (0, self.slot)
        return self.starts_at + timedelta(seconds=offset + length)


async def sessions_of(db: Db, event: Event) -> list[Session]:
    """The sessions that rounds can be in, by their times."""
    found = select(Session).where(
        Session.event_id == event.id,
        Session.kind == SessionKind.ROUND,
        col(Session.cancelled_at).is_(None),
    )
    return list((await db.exec(found.order_by(col(Session.starts_at)))).all())


async def add(db: Db, event: Event, setup: Setup) -> Round:
    """A new round after all others.

    Raises:
        RoundOutside: it does not lie within its session.
        RoundsOverlap: it begins before the last one ends.
        NotFound: the session is not one for rounds.
    """
    await _hold_rounds(db, event)
    rounds = await queries.rounds_of(db, event.id)
    number = rounds[-1].number + 1 if rounds else 1
    await _ensure_fits(db, event, setup, rounds, number)
    round_ = Round(
        event_id=event.id,
        session_id=setup.session_id,
        number=number,
        starts_at=setup.starts_at,
        ends_at=setup.ends_at,
    )
    await _write(db, round_, setup, [])
    return round_


async def change(
    db: Db, event: Event, number: int, setup: Setup, *, v: int, now: datetime
) -> Round:
    """Set a round that has not begun. Who is visited in it, or visits, is told new times.

    Raises:
        RoundBegun, RoundChanged, RoundOutside, RoundsOverlap, NotFound: as above.
        SlotsVisited: slots with visits would go.
    """
    await _hold_rounds(db, event)
    round_ = await _unbegun(db, event, number, v)
    rounds = await queries.rounds_of(db, event.id)
    await _ensure_fits(db, event, setup, rounds, number)
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    await _drop(db, slots[len(setup.parts) :])
    times = [(round_.starts_at + timedelta(seconds=s.offset), s.length) for s in slots]
    round_.starts_at, round_.ends_at, round_.v = setup.starts_at, setup.ends_at, round_.v + 1
    await _write(db, round_, setup, slots[: len(setup.parts)])
    if times != [(setup.starts_at + timedelta(seconds=o), n) for o, n in setup.parts]:
        await plan_mails.owe_of_round(db, event, round_, now=now)
    return round_


async def remove(db: Db, event: Event, number: int, *, v: int) -> None:
    """Take the last round out.

    Raises:
        RoundBegun, RoundChanged, SlotsVisited: as above.
        NotLast: another follows.
    """
    await _hold_rounds(db, event)
    round_ = await _unbegun(db, event, number, v)
    if (await queries.rounds_of(db, event.id))[-1].id != round_.id:
        raise NotLast
    await _drop(db, (await queries.slots_of(db, [round_.id]))[round_.id])
    await db.delete(round_)
    await db.flush()


async def _hold_rounds(db: Db, event: Event) -> None:
    """Of two who set rounds of an event, one comes first."""
    await db.exec(select(Event.id).where(Event.id == event.id).with_for_update())


async def _unbegun(db: Db, event: Event, number: int, v: int) -> Round:
    round_ = await queries.held_round(db, (await queries.round_of(db, event, number)).id)
    if round_.state is not RoundState.PLANNED:
        raise RoundBegun
    if round_.v != v:
        raise RoundChanged
    return round_


async def _ensure_fits(
    db: Db, event: Event, setup: Setup, rounds: list[Round], number: int
) -> None:
    sessions = {session.id: session for session in await sessions_of(db, event)}
    session = sessions.get(setup.session_id)
    if session is None:
        raise NotFound(session=setup.session_id)
    if not session.starts_at <= setup.starts_at < setup.ends_at <= session.ends_at:
        raise RoundOutside(**_span(session.starts_at, session.ends_at, event))
    for other in rounds:
        before = other.number < number and other.ends_at > setup.starts_at
        after = other.number > number and other.starts_at < setup.ends_at
        if before or after:
            span = _span(other.starts_at, other.ends_at, event)
            raise RoundsOverlap(number=other.number, **span)


def _span(begins: datetime, ends: datetime, event: Event) -> dict[str, str]:
    zone = ZoneInfo(event.zone)
    local = begins.astimezone(zone), ends.astimezone(zone)
    return {"begins": f"{local[0]:%-H:%M}", "ends": f"{local[1]:%-H:%M}"}


async def _drop(db: Db, slots: list[Slot]) -> None:
    """Delete slots in which neither the draft nor the published plan has a visit."""
    ids = [slot.id for slot in slots]
    if not ids:
        return
    visits = (
        select(func.count())
        .select_from(Assignment)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(col(Assignment.slot_id).in_(ids), col(Plan.state).in_(HOLDING))
    )
    count = (await db.exec(visits)).one()
    if count:
        raise SlotsVisited(count=count)
    for table in (Assignment, Availability):
        await db.exec(delete(table).where(col(table.slot_id).in_(ids)))
    await db.exec(delete(Slot).where(col(Slot.id).in_(ids)))


async def _write(db: Db, round_: Round, setup: Setup, slots: list[Slot]) -> None:
    """`slots` keep their ids, and so what hangs on them."""
    round_.session_id, round_.form = setup.session_id, setup.form
    round_.group_size, round_.missing_after = setup.group_size, setup.missing_after
    round_.silent_after, round_.return_seconds = setup.silent_after, setup.return_seconds
    round_.warn_at = sorted(setup.warn_at, reverse=True)
    db.add(round_)
    await db.flush()
    for n, (offset, length) in enumerate(setup.parts):
        slot = (
            slots[n]
            if n < len(slots)
            else Slot(round_id=round_.id, number=n + 1, offset=offset, length=length)
        )
        slot.offset, slot.length = offset, length
        db.add(slot)
    await db.flush()
