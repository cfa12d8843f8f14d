"""What the board proposes where a mentor does not come: the least disturbing repairs."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from server.core.db import Database, Db
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.matching.repair import Repair, repairs
from server.mentoring.matching.task import Task
from server.mentoring.models import Round
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import Planning, planning_of
from server.mentoring.plans.rules import Visit
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span
from server.mentoring.solving.merits import merits_of


class Proposal(NamedTuple):
    """A repair as the board says it: who would come when, and the numbers of teams that move."""

    repair: Repair
    mentor: str
    span: Span
    joined: int | None  # of a merge, the room
    moved: list[int]


class Standing(NamedTuple):
    """The plan that holds while a round runs, and what a repair may touch."""

    planning: Planning
    task: Task
    past: list[UUID]
    running: list[UUID]


async def standing(db: Db, event: Event, round_: Round, now: datetime) -> Standing | None:
    """How the plan that holds stands at a moment; None: there is none."""
    plan = await queries.plan_in(db, event.id, PlanState.PUBLISHED)
    if plan is None:
        return None
    planning = await planning_of(db, event, plan)
    task = (await merits_of(db, planning)).task(planning)
    slots = planning.slots.get(round_.id, [])
    spans = {slot.id: timetable.span_of(round_, slot) for slot in slots}
    return Standing(
        planning=planning,
        task=task,
        past=[slot.id for slot in slots if spans[slot.id].ends_at <= now],
        running=[slot.id for slot in slots if spans[slot.id].holds(now)],
    )


async def proposals(
    database: Database, event: Event, round_: Round, missing: Sequence[Visit], *, now: datetime
) -> dict[Visit, list[Proposal]]:
    """For each visit whose mentor does not come, what can be done, the least disturbing first.

    They go together: no two of the first ones count on the same mentor.
    """
    if not missing:
        return {}
    async with database.reading_one_moment() as db:
        found = await standing(db, event, round_, now)
    if found is None:
        return {}
    return await asyncio.to_thread(_proposals, found, missing)


def _proposals(found: Standing, missing: Sequence[Visit]) -> dict[Visit, list[Proposal]]:
    absent, visits = {visit.mentor_id for visit in missing}, set(found.planning.visits)
    proposed = {}
    for gone in missing:
        if gone not in visits:
            continue
        own = possible(found, visits, gone, absent)
        proposed[gone] = [_told(found.planning, each) for each in own]
        if own:
            visits = set(own[0].visits)
    return proposed


def possible(
    found: Standing,
    visits: Collection[Visit],
    gone: Visit,
    absent: Collection[UUID] = (),
    most: int = 2,
) -> list[Repair]:
    """The repairs of a visit beside others."""
    return repairs(
        found.task,
        visits,
        gone,
        past=found.past,
        running=found.running,
        absent=absent,
        most=most,
    )


def _told(planning: Planning, repair: Repair) -> Proposal:
    numbers = {team_id: team.number or 0 for team_id, team in planning.teams.items()}
    own = repair.own
    return Proposal(
        repair=repair,
        mentor=planning.people[own.mentor_id].name,
        span=planning.span(own.slot_id),
        joined=numbers[own.team_id] if repair.kind == "merge" else None,
        moved=sorted(numbers[team_id] for team_id in repair.moved),
    )
