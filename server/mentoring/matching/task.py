"""What a matching is asked for: who can meet whom, what a visit is worth, what stays as it is.

Slots within a round are all the same to a team, and a team has at most one visit in a round. So a
mentor can visit any teams in a round as long as they are no more than the slots in which the
mentor is free: who meets whom in which round is decided first, the slots follow
(`server.mentoring.matching.slots`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from server.mentoring.plans.rules import Board, Visit


class Rule(StrEnum):
    """What no plan may break, but by what is fixed."""

    APART = "apart"  # the two must not meet
    FREE = "free"  # a mentor visits in slots that are free, one team in each
    TAKEN = "taken"  # a mentor visits no more than taken
    ONCE = "once"  # a team has one visit in a round, and meets a mentor in one round only
    KEPT = "kept"  # a team that keeps its mentor meets no other
    FIXED = "fixed"  # what is locked or has begun stays


class Meeting(NamedTuple):
    """A mentor and a team in a round, in whichever slot."""

    mentor_id: UUID
    team_id: UUID
    round_id: UUID


@dataclass(frozen=True, kw_only=True)
class Task:
    """A matching to be made. All points are whole numbers.

    `fixed` are visits that stay, be they allowed or not: locked ones, and those of rounds that
    have begun. `worth` is (mentor, team) → points of each of their visits. `load` is what the last
    visit that a mentor has taken costs; the first costs nothing, those between in proportion.
    `stay` is what each visit earns that is in `before`; of plans of the same worth, the one that is
    nearer to `before` is taken. `needs` are the (team, round) that are decided; None: all.
    `must` are meetings that have to be held, of those that are possible. `again` are (mentor, team)
    that may meet in any rounds, whatever the team wants kept.
    """

    board: Board
    worth: Mapping[tuple[UUID, UUID], int] = field(default_factory=dict)
    fixed: frozenset[Visit] = frozenset()
    load: int = 0
    before: frozenset[Visit] = frozenset()
    stay: int = 0
    needs: frozenset[tuple[UUID, UUID]] | None = None
    must: frozenset[Meeting] = frozenset()
    again: frozenset[tuple[UUID, UUID]] = frozenset()

    @cached_property
    def more_than_all(self) -> int:
        """More points than any two plans can differ by: what this much weighs comes first."""
        most = max((abs(points) for points in self.worth.values()), default=0) + self.load
        return 1 + 2 * most * len(self.board.teams) * len(self.board.rounds)

    @cached_property
    def mentors(self) -> list[UUID]:
        """The mentors, in an order that is the same however the input is ordered."""
        return sorted(self.board.capacity)

    @cached_property
    def teams(self) -> list[UUID]:
        """The teams, in an order that is the same however the input is ordered."""
        return sorted(self.board.teams)

    @cached_property
    def open(self) -> frozenset[tuple[UUID, UUID]]:
        """The (team, round) to be decided that no fixed visit covers."""
        slots = self.board.slots
        covered = {(visit.team_id, slots[visit.slot_id]) for visit in self.fixed}
        return frozenset(
            (team, round_)
            for team in self.board.teams
            for round_ in self.board.rounds
            if (team, round_) not in covered
            and (self.needs is None or (team, round_) in self.needs)
        )

    @cached_property
    def left(self) -> dict[UUID, int]:
        """How many visits more each mentor has taken than are fixed."""
        held = Counter(visit.mentor_id for visit in self.fixed)
        return {m: max(0, most - held[m]) for m, most in self.board.capacity.items()}

    @cached_property
    def free_slots(self) -> dict[tuple[UUID, UUID], list[UUID]]:
        """The slots of (mentor, round) in which the mentor is free and nothing is fixed."""
        taken = self.board.busy | {(visit.mentor_id, visit.slot_id) for visit in self.fixed}
        found: dict[tuple[UUID, UUID], list[UUID]] = {
            (mentor, round_): [] for mentor in self.mentors for round_ in self.board.rounds
        }
        for slot, round_ in self.board.slots.items():
            for mentor in self.mentors:
                if (mentor, slot) not in taken:
                    found[mentor, round_].append(slot)
        return found

    @cached_property
    def stays(self) -> frozenset[Meeting]:
        """The meetings of `before` that can stay in their slot."""
        free = {(m, slot) for (m, _), slots in self.free_slots.items() for slot in slots}
        return frozenset(
            self.meeting(visit) for visit in self.before if (visit.mentor_id, visit.slot_id) in free
        )

    def meeting(self, visit: Visit) -> Meeting:
        """A visit without its slot."""
        return Meeting(visit.mentor_id, visit.team_id, self.board.slots[visit.slot_id])

    def possible(self) -> Iterator[Meeting]:
        """The meetings that no rule forbids by itself, sorted."""
        for mentor in self.mentors:
            if not self.left[mentor]:
                continue
            for team in self.teams:
                if (mentor, team) in self.board.apart:
                    continue
                if (mentor, team) not in self.again and self.is_settled(mentor, team):
                    continue
                for round_ in self.board.rounds:
                    if (team, round_) in self.open and self.free_slots[mentor, round_]:
                        yield Meeting(mentor, team, round_)

    def is_settled(self, mentor: UUID, team: UUID) -> bool:
        """Whether fixed visits rule out that the two meet: they have met, or the team keeps
        another.
        """
        met = self._met[team]
        return bool(met) and mentor not in met if team in self.board.keeps else mentor in met

    @cached_property
    def _met(self) -> defaultdict[UUID, set[UUID]]:
        """The mentors of each team's fixed visits."""
        met: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for visit in self.fixed:
            met[visit.team_id].add(visit.mentor_id)
        return met

    def load_of(self, mentor: UUID) -> list[int]:
        """What each visit more than the fixed ones costs: never less than the one before it."""
        most = self.board.capacity[mentor]
        return [
            self.load * (n - 1) // max(most - 1, 1)
            for n in range(most - self.left[mentor] + 1, most + 1)
        ]

    def value(self, visits: Collection[Visit]) -> int:
        """The points of a plan, in which all that is fixed stands."""
        slots = self.board.slots
        own = [visit for visit in visits if visit not in self.fixed]
        count = Counter(visit.mentor_id for visit in own)
        load = sum(sum(self.load_of(m)[: count[m]]) for m in count)
        stays = sum(visit in self.before for visit in own)
        points = sum(self.worth.get((visit.mentor_id, visit.team_id), 0) for visit in visits)
        assert all(visit.slot_id in slots for visit in visits)
        return points - load + self.stay * stays

    def uncovered(self, visits: Iterable[Visit]) -> frozenset[tuple[UUID, UUID]]:
        """The (team, round) without a visit."""
        covered = {(visit.team_id, self.board.slots[visit.slot_id]) for visit in visits}
        return frozenset(need for need in self.open if need not in covered)
