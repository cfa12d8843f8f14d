"""The rounds of the day: who is where, what is written, who calls for help."""

import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from server.mentoring import queries
from server.mentoring.models import Round, Slot
from server.mentoring.plans.models import PlanState
from server.mentoring.schedule import timetable
from tests.support.waiting import until

from .day import Day

SETTLE: Final = 6.0  # after a move everybody must be where they belong
ALL_SETTLE: Final = 12.0  # the same when all come into one room
KILL_AFTER: Final = 25.0  # of a slot's start


async def hold_round(day: Day, number: int, deaths: list[Awaitable[None]]) -> None:
    """One round from its opening to its end; processes die in some of its slots."""
    planned = day.held.rounds[number]
    await _sleep_until(planned.starts_at)
    day.opened.append(time.time())
    await day.organizer.open(number + 1)
    async with day.database.reading() as db:
        round_ = await db.get_one(Round, planned.id)
    print("round", number + 1, "open", flush=True)
    slots = day.held.slots[planned.id]
    for slot in slots:
        await _sleep_until(timetable.span_of(round_, slot).starts_at)
        await _slot(day, round_, slot, deaths)
    await _sleep_until(round_.ends_at)
    await until(partial(_is_closed, day, round_))
    day.closed.append((round_.ends_at.timestamp(), time.time()))
    await asyncio.sleep(ALL_SETTLE)
    main = str((await day.main_room()).id)
    await _check_places(day, f"after round {number + 1}", dict.fromkeys(day.held.everyone, main))


async def _slot(day: Day, round_: Round, slot: Slot, deaths: list[Awaitable[None]]) -> None:
    began = timetable.span_of(round_, slot).starts_at.timestamp()
    await asyncio.sleep(max(0.0, began + SETTLE - time.time()))
    places = await _places(day, slot)
    await _check_places(day, f"round {round_.number} slot {slot.number}", places)
    writing = asyncio.create_task(_write_notes(day, round_, slot))
    calling = asyncio.create_task(_call(day, slot))
    if deaths and (slot.number + round_.number) % 2 == 0:
        await asyncio.sleep(max(0.0, began + KILL_AFTER - time.time()))
        await deaths.pop(0)
    await asyncio.gather(writing, calling)
    await asyncio.sleep(max(0.0, began + slot.length - 5 - time.time()))
    at_the_end = f"end of round {round_.number} slot {slot.number}"
    await _check_places(day, at_the_end, places)
    await _check_faces(day, at_the_end, places)


async def _write_notes(day: Day, round_: Round, slot: Slot) -> None:
    """Two of each team add a line to the note that they share, at about the same time."""

    async def write(team: UUID, place: int) -> None:
        person = day.people.get(day.held.members[team][place].id)
        line = f"round {round_.number} slot {slot.number} seat {place}"
        if person is not None and await person.write(line):
            day.written.append((team, line))

    await asyncio.gather(*(write(t.id, place) for t in day.held.teams for place in (0, 1)))


async def _call(day: Day, slot: Slot) -> None:
    """Two rooms call for help."""
    for team in day.held.teams[slot.number :: 33][:2]:
        person = day.people[day.held.members[team.id][0].id]
        day.help_calls += await person.call_for_help("音が聞こえない人がいます")


async def _places(day: Day, slot: Slot) -> dict[UUID, str]:
    """Where everybody belongs in a slot, by the plan that holds."""
    async with day.database.reading() as db:
        plan = await queries.plan_in(db, day.held.event.id, PlanState.PUBLISHED)
        known = await queries.teams_of(db, day.held.event.id)
        visits = [v for v in await queries.assignments_of(db, plan) if v.slot_id == slot.id]
    teams = {team.id: str(team.room_id) for team in known}
    places = {
        person.id: teams[team] for team, people in day.held.members.items() for person in people
    }
    by_mentor = {mentor.id: mentor.participation_id for mentor in day.held.mentors}
    return places | {by_mentor[visit.mentor_id]: teams[visit.team_id] for visit in visits}


async def _check_places(day: Day, when: str, places: dict[UUID, str]) -> None:
    wrong = [p for p, room in places.items() if p in day.people and day.people[p].at != room]
    day.misplaced += [f"{when}: {person}" for person in wrong]
    if wrong:
        print(when, len(wrong), "misplaced", flush=True)


async def _check_faces(day: Day, when: str, places: dict[UUID, str]) -> None:
    """Whether each browser shows those who belong into its room, and nobody else."""
    for person, browser in day.browsers.items():
        expected = {str(other) for other, room in places.items() if room == places[person]}
        if (shown := await browser.faces()) != expected:
            day.misplaced.append(f"{when}: a browser shows {sorted(shown ^ expected)}")
            print(day.misplaced[-1], flush=True)


async def _is_closed(day: Day, round_: Round) -> bool:
    async with day.database.reading() as db:
        now = await db.get_one(Round, round_.id)
        return now.state not in timetable.RUNNING


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
