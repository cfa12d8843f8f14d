"""Rounds, moves, replacements and what the board proposes in any order: nobody is in two rooms, and
nobody is dropped.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import SQLModel, col, select

from server.core.db import Database
from server.core.errors import DomainError
from server.mentoring import queries
from server.mentoring.matching.repair import Kind
from server.mentoring.models import Round, RoundState, Team
from server.mentoring.plans.models import Assignment, PlanState
from server.mentoring.plans.rules import Visit
from server.mentoring.schedule import timetable
from server.records.models import Attendance, Via
from server.rooms import moving
from server.rooms.models import PlacedBy, Placement, SeatState
from server.rounds import actions, ticking
from server.rounds.actions import Act, team_rooms
from server.rounds.board import mend, repair
from server.rounds.board.mend import Proposed
from server.rounds.board.proposing import proposals
from server.rounds.board.repair import Names, Wish
from tests.support.training import NOW, Held, Sizes, hold

SIZES = Sizes(teams=4, members=1, mentors=4, due=2, rounds=2, slots=2, slot=60, travel=10, pause=30)
NUMBERS = st.integers(min_value=0, max_value=3)
T = TypeVar("T")


@cache
def prepared() -> tuple[Path, Held]:
    """A file with the training, made once; each example works on a copy."""
    folder = Path(tempfile.mkdtemp(prefix="yoriai-repair-"))
    return folder / "start.db", asyncio.run(_prepare(folder / "start.db"))


async def _prepare(file: Path) -> Held:
    database = Database(f"sqlite+aiosqlite:///{file}", pool_size=1)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with database.writing() as db:
        held = await hold(db, SIZES, slug="any-order")
        rooms = await team_rooms(db, await queries.teams_of(db, held.event.id))
        for number, person in enumerate(held.everyone):
            db.add(
                SeatState(
                    participation_id=person,
                    session_id=held.session.id,
                    room_id=rooms[held.teams[number % len(held.teams)].id].id,
                    last_seen=NOW - timedelta(hours=1),
                )
            )
    await database.close()
    return held


class Training(RuleBasedStateMachine):
    """A training in which organizers and the clock act in any order."""

    def __init__(self) -> None:
        super().__init__()
        start, self.held = prepared()
        self.file = start.with_name(f"{uuid4().hex}.db")
        shutil.copy(start, self.file)
        self.loop = asyncio.new_event_loop()
        self.database = Database(f"sqlite+aiosqlite:///{self.file}", pool_size=1)
        self.now = NOW
        self.published = self.run(self._visits())
        self.replaced: dict[tuple[UUID, UUID], UUID] = {}

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.file.unlink()

    @rule(number=st.integers(min_value=0, max_value=1))
    def open_a_round(self, number: int) -> None:
        self.run(self._act(actions.open_round, self.held.rounds[number].id))

    @rule(number=st.integers(min_value=0, max_value=1))
    def bring_everybody_back(self, number: int) -> None:
        self.run(self._act(actions.ask_back, self.held.rounds[number].id))

    @rule(seconds=st.sampled_from([1, 20, 65, 200]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.run(ticking.tick(self.database, self.now))
        self.run(ticking.tick(self.database, self.now))

    @rule(who=st.integers(min_value=0, max_value=7), to=NUMBERS)
    def an_organizer_moves_somebody(self, who: int, to: int) -> None:
        self.run(self._move(self.held.everyone[who], to))

    @rule(who=st.integers(min_value=0, max_value=7), here=st.booleans())
    def somebody_comes_or_goes(self, who: int, here: bool) -> None:
        self.run(self._seat(self.held.everyone[who], here))

    @rule(visit=NUMBERS, mentor=NUMBERS)
    def an_organizer_replaces_a_mentor(self, visit: int, mentor: int) -> None:
        self.run(self._replace(visit, self.held.mentors[mentor].id))

    @rule(visit=NUMBERS)
    def an_organizer_does_what_the_board_proposes(self, visit: int) -> None:
        self.run(self._mend(visit))

    @invariant()
    def nobody_is_in_two_rooms_and_nobody_is_dropped(self) -> None:
        self.run(self._check_places())

    @invariant()
    def the_plan_has_every_visit_once_and_no_mentor_twice(self) -> None:
        visits = self.run(self._visits())
        assert visits.keys() == self.published.keys()
        assert visits == self.published | self.replaced
        at_once = Counter((slot, mentor) for (slot, _), mentor in visits.items())
        assert max(at_once.values()) == 1

    @precondition(lambda self: self.run(self._running()) is not None)
    @invariant()
    def the_mentors_of_a_slot_are_with_their_teams(self) -> None:
        self.run(self._check_mentors())

    async def _act(self, do: Any, round_id: UUID) -> None:
        try:
            async with self.database.writing() as db:
                await do(db, round_id, Act(actor=self.held.organizer.id, now=self.now))
        except DomainError:
            return

    async def _move(self, person: UUID, to: int) -> None:
        """A mentor is moved only where it belongs: others would be missing in their room."""
        if person not in [p.id for people in self.held.members.values() for p in people]:
            return
        async with self.database.writing() as db:
            team = await db.get_one(Team, self.held.teams[to].id)
            rooms = await team_rooms(db, [team])
            places = {person: rooms[team.id]}
            session = self.held.session
            await moving.move(db, session, places, cause=PlacedBy.MOVE, now=self.now)

    async def _seat(self, person: UUID, here: bool) -> None:
        async with self.database.writing() as db:
            found = select(SeatState).where(SeatState.participation_id == person)
            seat = (await db.exec(found)).one()
            placed = select(Placement.room_id).where(Placement.participation_id == person)
            seat.room_id = (await db.exec(placed)).one_or_none() or seat.room_id
            seat.connection_id, seat.last_seen = (uuid4() if here else None), self.now
            db.add(seat)
            if here:
                stay = Attendance(
                    event_id=self.held.event.id,
                    session_id=self.held.session.id,
                    participation_id=person,
                    room_id=seat.room_id,
                    via=Via.LIVE,
                    source_key=uuid4().hex,
                    joined_at=self.now,
                    seen_at=self.now,
                )
                open_ones = select(Attendance).where(
                    Attendance.participation_id == person, col(Attendance.left_at).is_(None)
                )
                for before in await db.exec(open_ones):
                    before.left_at = self.now
                    db.add(before)
                db.add(stay)

    async def _mend(self, number: int) -> None:
        """Others keep their visit of the round; only a team that joins another goes without."""
        running = await self._running()
        found = await self._visit(number) if running else None
        if running is None or found is None:
            return
        gone = Visit(found.slot_id, found.team_id, found.mentor_id)
        told = await proposals(self.database, self.held.event, running, [gone], now=self.now)
        if not told.get(gone):
            return
        first, before = told[gone][0], await self._visits()
        asked = Proposed(
            round_id=running.id,
            gone=gone,
            kind=first.repair.kind,
            own=first.repair.own,
            moved=frozenset(first.moved),
        )
        try:
            async with self.database.writing() as db:
                act = Act(actor=self.held.organizer.id, now=self.now)
                await mend.mend(db, self.held.event, asked, act)
        except DomainError:
            return
        after = await self._visits()
        slots = {slot.id for slot in self.held.slots[running.id]}
        assert {k: m for k, m in after.items() if k[0] not in slots} == {
            k: m for k, m in before.items() if k[0] not in slots
        }
        without = {gone.team_id} if first.repair.kind is Kind.MERGE else set()
        teams = Counter(team for slot, team in before if slot in slots and team not in without)
        assert Counter(team for slot, team in after if slot in slots) == teams
        self.published, self.replaced = after, {}

    async def _visit(self, number: int) -> Assignment | None:
        """A visit of the round that runs."""
        running = await self._running()
        if running is None:
            return None
        async with self.database.reading() as db:
            slots = (await queries.slots_of(db, [running.id]))[running.id]
            ids = [slot.id for slot in slots]
            found = select(Assignment).where(col(Assignment.slot_id).in_(ids))
            visits = (await db.exec(found.order_by(col(Assignment.id)))).all()
        return visits[number % len(visits)] if visits else None

    async def _replace(self, number: int, mentor: UUID) -> None:
        running = await self._running()
        visit = await self._visit(number)
        if running is None or visit is None:
            return
        wish = Wish(
            round_id=running.id,
            slot_id=visit.slot_id,
            team_id=visit.team_id,
            instead_of=visit.mentor_id,
            mentor_id=mentor,
        )
        try:
            async with self.database.writing() as db:
                act = Act(actor=self.held.organizer.id, now=self.now)
                await repair.replace(db, wish, Names(former="", new=""), act)
        except DomainError:
            return
        self.replaced[visit.slot_id, visit.team_id] = mentor

    async def _running(self) -> Round | None:
        states = RoundState.OPEN, RoundState.RETURNING
        async with self.database.reading() as db:
            found = select(Round).where(col(Round.state).in_(states))
            running = (await db.exec(found)).one_or_none()
        return running if running and running.ends_at > self.now else None

    async def _visits(self) -> dict[tuple[UUID, UUID], UUID]:
        async with self.database.reading() as db:
            plan = await queries.plan_in(db, self.held.event.id, PlanState.PUBLISHED)
            found = await queries.assignments_of(db, plan)
        return {(each.slot_id, each.team_id): each.mentor_id for each in found}

    async def _check_places(self) -> None:
        running = await self._running()
        async with self.database.reading() as db:
            placed = (await db.exec(select(Placement))).all()
            seats = {seat.participation_id: seat for seat in await db.exec(select(SeatState))}
            stays = (
                await db.exec(select(Attendance).where(col(Attendance.left_at).is_(None)))
            ).all()
        people = [row.participation_id for row in placed]
        assert len(people) == len(set(people))
        assert all(seats[row.participation_id].room_id == row.room_id for row in placed)
        for person, count in Counter(stay.participation_id for stay in stays).items():
            assert count == 1, person
        if running is not None:  # every member of a team is in a room of the round
            members = {p.id for own in self.held.members.values() for p in own}
            assert members <= set(people)

    async def _check_mentors(self) -> None:
        running = await self._running()
        assert running is not None
        async with self.database.reading() as db:
            slots = (await queries.slots_of(db, [running.id]))[running.id]
            begun = [slot for slot in slots if slot.begun]
            visits = await queries.visits_in(db, begun[-1], self.held.event.id) if begun else []
            placed = {row.participation_id: row.room_id for row in await db.exec(select(Placement))}
        slot = timetable.slot_at(running, slots, self.now)
        if slot is None or not begun or slot.id != begun[-1].id:
            return
        for _, mentor, team in visits:
            assert placed[mentor.participation_id] == team.room_id


TestTraining = Training.TestCase
TestTraining.settings = settings(max_examples=25, stateful_step_count=20)
