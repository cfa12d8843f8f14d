"""What the board proposes where a mentor does not come, and what becomes of it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from server.core import clock
from server.core.db import Database
from server.mentoring import queries
from server.mentoring.matching.repair import Kind
from server.mentoring.models import Availability, Mentor, Round
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.rules import Visit
from server.rooms.models import PlacedBy, Placement
from server.rounds import ticking
from server.rounds.actions import Act
from server.rounds.board import mend as mending
from server.rounds.board.amend import MentorCame, VisitChanged
from server.rounds.board.mend import Proposed, RepairChanged
from server.rounds.board.proposing import Proposal, proposals
from tests.server.rounds.boarding import browser_of, opened, room_of, sit
from tests.support.training import NOW, Held, Sizes, hold
from tests.support.web import Site

MINUTE = timedelta(minutes=1)
NOW_MISSING = NOW + 2 * MINUTE
SIZES = Sizes(teams=4, members=2, mentors=4, due=2, rounds=2, slots=2)


async def made(database: Database, sizes: Sizes = SIZES) -> Held:
    async with database.writing() as db:
        held = await hold(db, sizes, slug="mend")
    await opened(database, held, NOW)
    return held


async def plan_of(database: Database, held: Held) -> set[Visit]:
    async with database.reading() as db:
        plan = await queries.plan_in(db, held.event.id, PlanState.PUBLISHED)
        return set(queries.visits_from(await queries.assignments_of(db, plan)))


async def first_visit(database: Database, held: Held) -> Visit:
    slot = held.slots[held.rounds[0].id][0].id
    return min(v for v in await plan_of(database, held) if v.slot_id == slot)


async def round_now(database: Database, held: Held) -> Round:
    async with database.reading() as db:
        return await db.get_one(Round, held.rounds[0].id)


async def proposed(
    database: Database, held: Held, *gone: Visit, now: datetime = NOW_MISSING
) -> dict[Visit, list[Proposal]]:
    return await proposals(database, held.event, await round_now(database, held), gone, now=now)


def wish(held: Held, gone: Visit, told: Proposal) -> Proposed:
    return Proposed(
        round_id=held.rounds[0].id,
        gone=gone,
        kind=told.repair.kind,
        own=told.repair.own,
        moved=frozenset(told.moved),
    )


async def mend(
    database: Database, held: Held, asked: Proposed, now: datetime = NOW_MISSING
) -> set[UUID]:
    async with database.writing() as db:
        act = Act(actor=held.organizer.id, now=now)
        return await mending.mend(db, held.event, asked, act)


async def away(database: Database, held: Held, *who: Mentor, slots: int | None = None) -> None:
    """Mentors are not free in the first slots of the first round, or in all of them."""
    async with database.writing() as db:
        for mentor in who:
            for slot in held.slots[held.rounds[0].id][:slots]:
                db.add(Availability(mentor_id=mentor.id, slot_id=slot.id, free=False))


async def where(database: Database, *people: UUID) -> list[tuple[UUID, PlacedBy]]:
    async with database.reading() as db:
        found = select(Placement).where(col(Placement.participation_id).in_(people))
        return [(row.room_id, row.cause) for row in await db.exec(found)]


async def test_a_free_mentor_comes_at_once_and_nothing_else_moves(database: Database) -> None:
    held = await made(database)
    gone, before = await first_visit(database, held), await plan_of(database, held)
    told = (await proposed(database, held, gone))[gone][0]
    assert (told.repair.kind, told.moved) == (Kind.FREE, [])
    assert told.repair.own.mentor_id in {m.id for m in held.mentors[2:]}
    person = {m.id: m.participation_id for m in held.mentors}
    moved = await mend(database, held, wish(held, gone, told))
    assert moved == {person[gone.mentor_id], person[told.repair.own.mentor_id]}
    assert await plan_of(database, held) == before - {gone} | {told.repair.own}
    team = next(t for t in held.teams if t.id == gone.team_id)
    room = await room_of(database, held, team.number or 0)
    assert await where(database, person[told.repair.own.mentor_id]) == [(room, PlacedBy.ROUND)]
    assert await where(database, person[gone.mentor_id]) == []


async def test_who_is_free_later_comes_then(database: Database) -> None:
    held = await made(database)
    await away(database, held, *held.mentors[2:], slots=1)
    gone = await first_visit(database, held)
    told = (await proposed(database, held, gone))[gone][0]
    assert told.repair.kind is Kind.LATER
    moved = await mend(database, held, wish(held, gone, told))
    assert len(moved) == 1  # who did not come is expected in the main room
    assert told.repair.own in await plan_of(database, held)


async def test_two_absent_mentors_are_not_replaced_by_the_same_one(database: Database) -> None:
    held = await made(database)
    slot = held.slots[held.rounds[0].id][0].id
    gone = sorted(v for v in await plan_of(database, held) if v.slot_id == slot)
    told = await proposed(database, held, *gone)
    new = [told[each][0].repair.own.mentor_id for each in gone]
    assert len(set(new)) == len(gone) == 2
    assert not set(new) & {each.mentor_id for each in gone}


async def test_a_team_joins_another_for_the_slot_and_comes_home(database: Database) -> None:
    held = await made(database)
    await away(database, held, *held.mentors[2:])
    gone, before = await first_visit(database, held), await plan_of(database, held)
    async with database.writing() as db:  # nobody takes more than planned
        for mentor in held.mentors[:2]:
            kept = await db.get_one(Mentor, mentor.id)
            kept.capacity = sum(v.mentor_id == mentor.id for v in before)
            db.add(kept)
    told = (await proposed(database, held, gone))[gone][0]
    assert told.repair.kind is Kind.MERGE
    assert await mend(database, held, wish(held, gone, told))
    people = [person.id for person in held.members[gone.team_id]]
    other = await room_of(database, held, told.joined or 0)
    assert await where(database, *people) == [(other, PlacedBy.MERGED)] * len(people)
    assert await plan_of(database, held) == before - {gone}
    end = NOW + timedelta(seconds=SIZES.slot)
    await ticking.tick(database, end - timedelta(seconds=1))
    assert await where(database, *people) == [(other, PlacedBy.MERGED)] * len(people)
    assert await ticking.tick(database, end)
    team = next(t for t in held.teams if t.id == gone.team_id)
    own = await room_of(database, held, team.number or 0)
    assert await where(database, *people) == [(own, PlacedBy.ROUND)] * len(people)
    assert not await ticking.tick(database, end + timedelta(seconds=1))


async def test_what_is_not_so_any_more_is_refused_and_changes_nothing(database: Database) -> None:
    held = await made(database)
    gone = await first_visit(database, held)
    told = (await proposed(database, held, gone))[gone][0]
    new = next(m for m in held.mentors if m.id == told.repair.own.mentor_id)
    await away(database, held, new)
    before = await plan_of(database, held)
    with pytest.raises(RepairChanged):
        await mend(database, held, wish(held, gone, told))
    former = next(m for m in held.mentors if m.id == gone.mentor_id)
    await sit(database, held, [former.participation_id], NOW_MISSING)
    again = (await proposed(database, held, gone))[gone][0]
    with pytest.raises(MentorCame):
        await mend(database, held, wish(held, gone, again))
    assert await plan_of(database, held) == before
    await sit(database, held, [former.participation_id], NOW_MISSING, here=False)
    await mend(database, held, wish(held, gone, again))
    with pytest.raises(VisitChanged):
        await mend(database, held, wish(held, gone, again))


async def test_ten_absences_are_mended_and_nobody_is_doubled(database: Database) -> None:
    sizes = Sizes(teams=66, members=1, mentors=26, due=22, rounds=1, slots=3)
    held = await made(database, sizes)
    moved = 0
    step = timedelta(seconds=sizes.slot + sizes.travel)
    for number, count in enumerate((3, 4, 3)):
        await ticking.tick(database, NOW + number * step)
        now = NOW_MISSING + number * step
        slot = held.slots[held.rounds[0].id][number].id
        gone = sorted(v for v in await plan_of(database, held) if v.slot_id == slot)[:count]
        for each, told in (await proposed(database, held, *gone, now=now)).items():
            assert told[0].repair.kind is Kind.FREE
            moved += len(told[0].moved)
            absent = frozenset(visit.mentor_id for visit in gone)
            await mend(database, held, replace(wish(held, each, told[0]), absent=absent), now)
    after = await plan_of(database, held)
    assert moved == 0
    assert len(after) == 66
    assert max(Counter((v.slot_id, v.mentor_id) for v in after).values()) == 1
    assert max(Counter(v.team_id for v in after).values()) == 1


async def test_the_board_proposes_and_one_click_does_it(site: Site) -> None:
    async with site.database.writing() as db:
        held = await hold(db, SIZES, now=clock.now() - 2 * MINUTE, slug="mend")
    await opened(site.database, held, clock.now() - 2 * MINUTE)
    people = [p.id for own in held.members.values() for p in own]
    await sit(site.database, held, people, clock.now())
    board = "/manage/mend/board/1"
    async with browser_of(site, held.organizer.id) as browser:
        page = await browser.get(board)
        assert page.text.count('class="board-propose"') == 2
        gone = await first_visit(site.database, held)
        slot = {v for v in await plan_of(site.database, held) if v.slot_id == gone.slot_id}
        told = await proposed(site.database, held, *sorted(slot), now=clock.now())
        own = told[gone][0].repair.own
        sent = {
            "slot": gone.slot_id,
            "team": gone.team_id,
            "instead_of": gone.mentor_id,
            "kind": "free",
            "own_slot": own.slot_id,
            "mentor": own.mentor_id,
            "joined": own.team_id,
            "moved": "",
            "absent": " ".join(str(v.mentor_id) for v in told),
        }
        fields = {name: str(value) for name, value in sent.items()}
        done = await browser.submit(board, f"{board}/mend", **fields)
        assert done.status_code == 303, done.text
        again = await browser.submit(board, f"{board}/mend", **fields)
        assert again.status_code == 409
        odd = await browser.submit(board, f"{board}/mend", **(fields | {"kind": "odd"}))
        assert odd.status_code == 404
    assert own in await plan_of(site.database, held)
