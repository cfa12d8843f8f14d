"""Ten absences in a training of 26 mentors: each on the board in time, replaced, nobody dropped."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Database
from server.mentoring import queries
from server.mentoring.models import Round
from server.mentoring.plans.models import Assignment, PlanState
from server.rooms.models import Placement
from server.rounds import actions, ticking
from server.rounds.actions import Act
from server.rounds.board import repair
from server.rounds.board.health import Need
from server.rounds.board.repair import Names, Wish
from server.rounds.board.room import RoomNow
from tests.server.rounds.boarding import seen, sit
from tests.support.training import Held, Sizes, hold

SIZES = Sizes(teams=66, members=2, mentors=26, due=22, rounds=2, slots=3)
ABSENT = (3, 3, 1, 3)  # in the slots one after the other, four slots in two rounds
SECOND = timedelta(seconds=1)
AT_MOST = timedelta(seconds=65)


async def test_ten_absences_are_seen_in_time_and_repaired(database: Database) -> None:
    async with database.writing() as db:
        held = await hold(db, SIZES, slug="absences")
    before = await plan_of(database, held)
    changed: dict[tuple[UUID, UUID], UUID] = {}
    for count, (round_, start) in zip(ABSENT, moments(held), strict=False):
        await begin(database, round_, start)
        changed |= await a_slot(database, held, round_, start, count)
    assert len(changed) == sum(ABSENT) == 10
    after = await plan_of(database, held)
    assert after == before | changed
    at_once = Counter((slot, mentor) for (slot, _), mentor in after.items())
    assert max(at_once.values()) == 1
    assert Counter(slot for slot, _ in after) == Counter(slot for slot, _ in before)


def moments(held: Held) -> list[tuple[Round, datetime]]:
    """The starts of the slots in their order, as they are planned."""
    step = timedelta(seconds=SIZES.slot + SIZES.travel)
    return [(r, r.starts_at + n * step) for r in held.rounds for n in range(SIZES.slots)]


async def begin(database: Database, round_: Round, start: datetime) -> None:
    """The clock ticks, and an organizer opens the round where it is not open."""
    await ticking.tick(database, start)
    async with database.writing() as db:
        row = await db.get_one(Round, round_.id)
        if row.state == "planned":
            await actions.open_round(db, round_.id, Act(actor=None, now=start))


async def a_slot(
    database: Database, held: Held, round_: Round, start: datetime, count: int
) -> dict[tuple[UUID, UUID], UUID]:
    """So many mentors do not come; each is seen within 65 s of the slot's start, and replaced."""
    visiting = await sent(database, held)
    away = set(sorted(visiting)[:count])
    members = {p.id for people in held.members.values() for p in people}
    await sit(database, held, away, start - SECOND, here=False)
    await sit(database, held, (members | visiting) - away, start + 59 * SECOND)
    early = await queue(database, held, round_, start + 59 * SECOND)
    assert early == []
    now = start + AT_MOST
    await sit(database, held, (members | visiting) - away, now)
    missing = await queue(database, held, round_, now)
    assert {room.visit.person for room in missing if room.visit} == away
    assert {room.need for room in missing} == {Need.MISSING}
    changed = {}
    for room in missing:
        slot, team, new = await replaced(database, held, round_, room, now)
        changed[slot, team] = new
    await sit(database, held, await sent(database, held), now + SECOND)
    await sit(database, held, members, now + SECOND)
    assert await queue(database, held, round_, now + SECOND) == []
    assert len(await sent(database, held)) == len(visiting) == 22
    return changed


async def queue(database: Database, held: Held, round_: Round, now: datetime) -> list[RoomNow]:
    """What needs a hand in a round."""
    return (await seen(database, held, now, round_=round_)).queue


async def sent(database: Database, held: Held) -> set[UUID]:
    """The mentors who are placed in a team's room now, each in one of their own."""
    mentors = {mentor.participation_id for mentor in held.mentors}
    async with database.reading() as db:
        found = select(Placement).where(col(Placement.participation_id).in_(mentors))
        placed = (await db.exec(found)).all()
    assert len({row.room_id for row in placed}) == len(placed)
    return {row.participation_id for row in placed}


async def replaced(
    database: Database, held: Held, round_: Round, room: RoomNow, now: datetime
) -> tuple[UUID, UUID, UUID]:
    """The first free mentor goes to the room."""
    assert room.visit is not None
    visit = room.visit
    async with database.reading() as db:
        free = await repair.free_mentors(db, held.event.id, visit.slot.id, visit.team_id)
    wish = Wish(
        round_id=round_.id,
        slot_id=visit.slot.id,
        team_id=visit.team_id,
        instead_of=visit.mentor_id,
        mentor_id=free[0].id,
    )
    async with database.writing() as db:
        act = Act(actor=held.organizer.id, now=now)
        await repair.replace(db, wish, Names(former="", new=""), act)
    return visit.slot.id, visit.team_id, free[0].id


async def plan_of(database: Database, held: Held) -> dict[tuple[UUID, UUID], UUID]:
    """Who visits whom when."""
    async with database.reading() as db:
        plan = await queries.plan_in(db, held.event.id, PlanState.PUBLISHED)
        assert plan is not None
        found = (await db.exec(select(Assignment).where(Assignment.plan_id == plan.id))).all()
    return {(each.slot_id, each.team_id): each.mentor_id for each in found}
