"""A mentor's day: the way from team to team, who waits there, and what is still to be written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Event, Session
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, Slot, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span
from server.records.models import Attendance
from server.rounds.models import Lateness, Note


class Step(StrEnum):
    """Where a stop of the way stands."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    LATER = "later"
    FREE = "free"  # no visit in this slot


class Stop(NamedTuple):
    """A slot of a mentor's day. `was_there`: the record shows the mentor in the team's room."""

    round_: Round
    slot: Slot
    span: Span
    team: Team | None
    step: Step
    was_there: bool = False
    assignment_id: UUID | None = None


class Unwritten(NamedTuple):
    """A visit that is over whose note is not there, or was last saved before its end."""

    stop: Stop
    note: Note | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a mentor has to do on one day. `at` is the visit that runs, or else the next one."""

    rounds: list[tuple[Round, Span, list[Stop]]]
    at: Stop | None
    said: Lateness | None
    session: Session | None
    unwritten: list[Unwritten]

    @property
    def stops(self) -> list[Stop]:
        """The visits of the day."""
        return [stop for _, _, stops in self.rounds for stop in stops if stop.team]

    @property
    def done(self) -> int:
        """How many visits are over."""
        return sum(stop.step is Step.DONE for stop in self.stops)

    @property
    def free(self) -> list[Stop]:
        """Slots to come without a visit."""
        every = [stop for _, _, stops in self.rounds for stop in stops]
        return [stop for stop in every if stop.step is Step.FREE]


async def day_of(db: Db, event: Event, mentor: Mentor, now: datetime) -> Day:
    """The mentor's day: today, or the day of the next visit."""
    rounds = await queries.rounds_of(db, event.id)
    slots = await queries.slots_of(db, [round_.id for round_ in rounds])
    visits = await _visits(db, event, mentor)
    there = await _rooms_been_in(db, mentor)
    stops = _stops(rounds, slots, visits, there, now)
    at = next((s for s in stops if s.step is Step.NOW), None)
    at = at or next((s for s in stops if s.step is Step.NEXT), None)
    own = [stop for stop in stops if stop.team is not None and stop.step is Step.DONE]
    return Day(
        rounds=_on_day(rounds, stops, _date(event, at, rounds, now), event.zone),
        at=at,
        said=await _said(db, at, mentor) if at else None,
        session=await _session(db, at) if at else None,
        unwritten=await _unwritten(db, mentor, own),
    )


def _stops(
    rounds: Sequence[Round],
    slots: dict[UUID, list[Slot]],
    visits: dict[UUID, tuple[UUID, Team]],
    there: dict[UUID, list[Span]],
    now: datetime,
) -> list[Stop]:
    stops: list[Stop] = []
    found_next = False
    for round_ in rounds:
        for slot in slots[round_.id]:
            span = timetable.span_of(round_, slot)
            assignment_id, team = visits.get(slot.id, (None, None))
            if span.ends_at <= span.starts_at:
                continue  # the round ended before the slot began
            step = _step(span, team, now)
            if step is Step.LATER and not found_next:
                step, found_next = Step.NEXT, True
            spans = there.get(team.room_id, []) if team and team.room_id else []
            was = any(s.starts_at < span.ends_at and s.ends_at > span.starts_at for s in spans)
            stops.append(Stop(round_, slot, span, team, step, was, assignment_id))
    return stops


def _step(span: Span, team: Team | None, now: datetime) -> Step:
    if span.ends_at <= now:
        return Step.DONE
    if team is None:
        return Step.FREE
    return Step.NOW if span.starts_at <= now else Step.LATER


def _date(event: Event, at: Stop | None, rounds: Sequence[Round], now: datetime) -> object:
    zone = ZoneInfo(event.zone)
    today = now.astimezone(zone).date()
    dates = [timetable.begins_at(round_).astimezone(zone).date() for round_ in rounds]
    if at is not None:
        return at.span.starts_at.astimezone(zone).date()
    return today if today in dates or not dates else dates[-1]


def _on_day(
    rounds: Sequence[Round], stops: Sequence[Stop], date: object, zone: str
) -> list[tuple[Round, Span, list[Stop]]]:
    by_round: dict[UUID, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_round[stop.round_.id].append(stop)
    return [
        (round_, Span(timetable.begins_at(round_), round_.ends_at), by_round[round_.id])
        for round_ in rounds
        if by_round[round_.id]
        and timetable.begins_at(round_).astimezone(ZoneInfo(zone)).date() == date
    ]


async def _visits(db: Db, event: Event, mentor: Mentor) -> dict[UUID, tuple[UUID, Team]]:
    """The mentor's visits by the plan that holds: slot → assignment, team."""
    found = (
        select(Assignment.slot_id, Assignment.id, Team)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .where(
            Plan.event_id == event.id,
            Plan.state == PlanState.PUBLISHED,
            Assignment.mentor_id == mentor.id,
        )
    )
    return {slot: (id_, team) for slot, id_, team in (await db.exec(found)).all()}


async def _rooms_been_in(db: Db, mentor: Mentor) -> dict[UUID, list[Span]]:
    found = select(Attendance).where(Attendance.participation_id == mentor.participation_id)
    there: dict[UUID, list[Span]] = defaultdict(list)
    for row in await db.exec(found):
        there[row.room_id].append(Span(row.joined_at, row.left_at or row.seen_at))
    return there


async def _said(db: Db, at: Stop, mentor: Mentor) -> Lateness | None:
    found = select(Lateness).where(Lateness.slot_id == at.slot.id, Lateness.mentor_id == mentor.id)
    return (await db.exec(found)).one_or_none()


async def _session(db: Db, at: Stop) -> Session:
    return (await db.exec(select(Session).where(Session.id == at.round_.session_id))).one()


async def _unwritten(db: Db, mentor: Mentor, over: Sequence[Stop]) -> list[Unwritten]:
    found = select(Note).where(Note.author_id == mentor.participation_id)
    notes = {(note.slot_id, note.team_id): note for note in await db.exec(found)}
    left = []
    for stop in over:
        assert stop.team is not None
        note = notes.get((stop.slot.id, stop.team.id))
        if note is None or not note.body.strip() or note.saved_at < stop.span.ends_at:
            left.append(Unwritten(stop, note))
    return left
