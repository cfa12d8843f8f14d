"""Ten mentors do not come: each is on the organizer's board in time, and the visit is repaired.

    python -m tests.load.absences [--teams 66] [--absences 3 3 1 3] [--by hand|proposal]

A training on PostgreSQL with Redis: 22 of 26 mentors are due in each slot, two rounds of two slots.
Everybody but the absent is there by a page's live channel; an organizer has the board open in a
real Chromium. `seen_seconds` runs from the slot's start to the absence in the page's queue,
`proposed_seconds` from there to a proposal under each, `repaired_seconds` from the slot's start to
the repair. By hand two clicks replace (choose, confirm), by proposal one click does what the board
proposes; `moved` are the other teams whose visit changes, for each absence. In the end each team
has one mentor in each slot, nobody is in two places, and of the plan nothing else has changed. The
last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import uvloop
from playwright.async_api import Page
from sqlmodel import col, select

from server.accounts import logins
from server.accounts.models import Account
from server.core import clock
from server.core.db import Database
from server.events.models import Participation
from server.mentoring import queries
from server.mentoring.models import Round, Slot
from server.mentoring.plans.models import PlanState
from server.mentoring.schedule import timetable
from server.rooms.models import Placement
from tests.support.app import running_app
from tests.support.browser import chromium
from tests.support.live_client import Page as LivePage
from tests.support.round_people import Training
from tests.support.servers import fresh, postgres, redis_server
from tests.support.training import Sizes, hold
from tests.support.waiting import until

IN_TIME: Final = 65.0  # seconds after the slot's start
PROPOSED_IN_TIME: Final = 2.0  # seconds after the board's entry
REPAIRED_IN_TIME: Final = 150.0
BEFORE: Final = 45.0  # seconds until the first round, for everybody to come
AT_ONCE: Final = 8  # who come
REPORT_EVERY: Final = 5.0
CALLS: Final = "#board-calls > li"
PROPOSAL: Final = ".board-propose button"
MISSING: Final = "メンターがいません"


@dataclass
class Drill:
    """What is looked at, and what was found."""

    held: Training
    board: Page
    database: Database
    by_proposal: bool = False
    lines: dict[UUID, LivePage] = field(default_factory=dict)  # by participation
    proposed: list[float] = field(default_factory=list)
    repaired: list[float] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    replaced: list[float] = field(default_factory=list)
    changed: dict[tuple[UUID, UUID], UUID] = field(default_factory=dict)  # slot, team → mentor


async def run(sizes: Sizes, absences: list[int], *, by_proposal: bool) -> dict[str, object]:
    """The whole drill on an installation of its own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yoriai-absences-")))
        port, redis_port = (stack.enter_context(each()) for each in (postgres, redis_server))
        servers = await stack.enter_async_context(fresh(port, redis_port))
        app = await stack.enter_async_context(
            running_app(
                folder,
                database_url=servers.database_url,
                redis_url=servers.redis_url,
                demo=False,
            )
        )
        database = Database(servers.database_url)
        stack.push_async_callback(database.close)
        first = clock.now() + timedelta(seconds=BEFORE)
        async with database.writing() as db:
            made = await hold(db, sizes, now=first, slug="absences")
        held = Training(app, made, database)
        browser = await stack.enter_async_context(chromium(devices=False))
        organizer = await stack.enter_async_context(held.somebody(browser, made.organizer))
        drill = Drill(held, organizer.page, database, by_proposal)
        before = await plan_of(drill)
        alive = asyncio.create_task(_live(drill))
        await _come(drill, made.everyone)
        for slot, round_, count in _slots(drill, absences):
            await _slot(drill, round_, slot, count)
        found = await verdict(drill, before)
        alive.cancel()
        for page in drill.lines.values():
            await page.__aexit__()
        return found


def _slots(drill: Drill, absences: list[int]) -> list[tuple[Slot, Round, int]]:
    made = drill.held.held
    every = [(slot, round_) for round_ in made.rounds for slot in made.slots[round_.id]]
    return [(slot, round_, n) for (slot, round_), n in zip(every, absences, strict=True)]


async def _slot(drill: Drill, planned: Round, slot: Slot, count: int) -> None:
    """So many of those who are due go before the slot begins; the organizer repairs."""
    due = await _due(drill, slot)
    gone = due[:count]
    for _, person in gone:
        page = drill.lines.pop(person)
        await page.ask("seat.leave")
        await page.__aexit__()
    number = planned.number
    await drill.board.goto(f"{drill.held.app.url}/manage/absences/board/{number}")
    if slot.number == 1:
        await _sleep_until(planned.starts_at.timestamp())
        await drill.board.click(".board-act summary >> nth=0")
        await drill.board.click(".board-act[open] button[type=submit]")
    async with drill.database.reading() as db:
        round_ = await db.get_one(Round, planned.id)
    span = timetable.span_of(round_, slot)
    await _sleep_until(span.starts_at.timestamp())
    print("round", number, "slot", slot.number, "absent", count, flush=True)
    await until(partial(_missing, drill, count), ceiling=IN_TIME + 30)
    seen_at = time.time()
    drill.seen += [seen_at - span.starts_at.timestamp()] * count
    await until(partial(_proposals, drill, count))
    drill.proposed.append(time.time() - seen_at)
    for left in range(count - 1, -1, -1):
        began = time.monotonic()
        await _replace(drill, slot)
        await until(partial(_missing, drill, left))
        drill.replaced.append(time.monotonic() - began)
        drill.repaired.append(time.time() - span.starts_at.timestamp())
    back = [person for _, person in gone]
    await _come(drill, back)
    await _sleep_until(span.ends_at.timestamp())


async def _replace(drill: Drill, slot: Slot) -> None:
    """For the first in the queue: what is proposed, or the first who is free."""
    before = await plan_of(drill)
    if drill.by_proposal:
        await drill.board.click(f"{CALLS} >> nth=0 >> {PROPOSAL}")
    else:
        await drill.board.click(f"{CALLS} >> nth=0 >> a.board-do")
        await drill.board.click(".board-replace form[action$='/replace'] button >> nth=0")
    await drill.board.wait_for_load_state()
    after = await plan_of(drill)
    changed = {key: m for key, m in after.items() if before.get(key) != m}
    drill.moved.append(len({team for _, team in changed}) - 1)
    drill.changed |= changed
    assert all(of_slot == slot.id for of_slot, _ in drill.changed.keys() - before.keys())


async def _missing(drill: Drill, count: int) -> bool:
    words = await drill.board.locator(CALLS).all_text_contents()
    return sum(MISSING in each for each in words) == count


async def _proposals(drill: Drill, count: int) -> bool:
    return await drill.board.locator(f"{CALLS} {PROPOSAL}").count() == count


async def _come(drill: Drill, people: list[UUID]) -> None:
    """Everybody opens the page and takes the seat."""
    path, url = f"/e/{drill.held.held.event.slug}/s/1/room", drill.held.app.url
    gate = asyncio.Semaphore(AT_ONCE)

    async def come(person: UUID, token: str) -> None:
        async with gate:
            page = LivePage(url, token, path)
            await page.__aenter__()
            await page.ask("seat.take")
            drill.lines[person] = page

    tokens = await _logins(drill, people)
    await asyncio.gather(*(come(person, token) for person, token in tokens.items()))


async def _live(drill: Drill) -> None:
    """Tell of everybody's devices as pages do; who does not is not there any more."""
    quiet = {"mic": True, "camera": False, "talk_ms": 0, "quality": "good", "transport": "udp"}
    while True:
        for page in list(drill.lines.values()):
            await page.tell({"type": "seat.report", **quiet})
        await asyncio.sleep(REPORT_EVERY)


async def _logins(drill: Drill, people: list[UUID]) -> dict[UUID, str]:
    found = select(Participation.id, Participation.account_id).where(
        col(Participation.id).in_(people)
    )
    tokens = {}
    async with drill.database.writing() as db:
        for person, account_id in (await db.exec(found)).all():
            account = await db.get_one(Account, account_id)
            tokens[person] = await logins.start(
                db, account=account, browser="light", now=clock.now()
            )
    return tokens


async def _due(drill: Drill, slot: Slot) -> list[tuple[UUID, UUID]]:
    """Mentor and participation of those who are due in a slot and there."""
    people = {mentor.id: mentor.participation_id for mentor in drill.held.held.mentors}
    of_slot = [m for (s, _), m in (await plan_of(drill)).items() if s == slot.id]
    return sorted((mentor, people[mentor]) for mentor in of_slot)


async def plan_of(drill: Drill) -> dict[tuple[UUID, UUID], UUID]:
    """The plan that holds: slot and team → mentor."""
    event_id = drill.held.held.event.id
    async with drill.database.reading() as db:
        plan = await queries.plan_in(db, event_id, PlanState.PUBLISHED)
        rows = await queries.assignments_of(db, plan)
    return {(row.slot_id, row.team_id): row.mentor_id for row in rows}


async def verdict(drill: Drill, before: dict[tuple[UUID, UUID], UUID]) -> dict[str, object]:
    """What the plan and the rooms say after the last absence."""
    after = await plan_of(drill)
    at_once = Counter((slot, mentor) for (slot, _), mentor in after.items())
    async with drill.database.reading() as db:
        places = (await db.exec(select(Placement.participation_id))).all()
    return {
        "absences": len(drill.seen),
        "seen_seconds_max": round(max(drill.seen), 1),
        "proposed_seconds_max": round(max(drill.proposed), 1),
        "replaced": len(drill.changed),
        "replaced_seconds_max": round(max(drill.replaced), 1),
        "repaired_seconds_max": round(max(drill.repaired), 1),
        "moved": drill.moved,
        "doubled": sum(n - 1 for n in at_once.values()) + len(places) - len(set(places)),
        "dropped": len(before.keys() - after.keys()),
        "others_changed": sum(
            after.get(key) != mentor for key, mentor in (before | drill.changed).items()
        ),
    }


async def _sleep_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.time()))


def main() -> None:
    """Run and print; exit with 1 when an absence was seen late, or somebody doubled or dropped."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--teams", type=int, default=66)
    options.add_argument("--members", type=int, default=2)
    options.add_argument("--mentors", type=int, default=26)
    options.add_argument("--due", type=int, default=22)
    options.add_argument("--slot", type=int, default=110, help="seconds")
    options.add_argument("--by", choices=["hand", "proposal"], default="hand")
    options.add_argument("--absences", type=int, nargs="*", default=[3, 3, 1, 3])
    chosen = options.parse_args()
    sizes = Sizes(
        teams=chosen.teams,
        members=chosen.members,
        mentors=chosen.mentors,
        due=chosen.due,
        rounds=2,
        slots=len(chosen.absences) // 2,
        slot=chosen.slot,
        travel=10,
        pause=20,
    )
    found = uvloop.run(run(sizes, chosen.absences, by_proposal=chosen.by == "proposal"))
    print(json.dumps(found))
    wanted = sum(chosen.absences)
    good = (
        found["absences"] == found["replaced"] == wanted
        and float(str(found["seen_seconds_max"])) <= IN_TIME
        and float(str(found["proposed_seconds_max"])) <= PROPOSED_IN_TIME
        and float(str(found["repaired_seconds_max"])) <= REPAIRED_IN_TIME
        and not (found["doubled"] or found["dropped"] or found["others_changed"])
    )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
