"""What would have to give way so that a team without a visit has one: as few rules as can be.

Other rounds stay as they are, whoever has a visit in the round keeps one.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from server.mentoring.matching.program import Program
from server.mentoring.matching.slots import placed
from server.mentoring.matching.task import Meeting, Rule, Task
from server.mentoring.plans.rules import Visit


class Relaxed(NamedTuple):
    """A rule that gives way for a mentor: with a team (`APART`, `ONCE`, `KEPT`), in a slot
    (`FREE`), or for one visit more than taken (`OVER`), the first, the second …
    """

    rule: Rule
    mentor_id: UUID
    team_id: UUID | None = None
    slot_id: UUID | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The rules that give way, and the plan that then is possible."""

    rules: frozenset[Relaxed]
    visits: frozenset[Visit]


def relax(
    task: Task, visits: Collection[Visit], team_id: UUID, round_id: UUID
) -> Relaxation | None:
    """The smallest set of rules that have to give way for a visit of a team in a round; of sets of
    the same size, the one that moves the fewest. None: there is nobody who could visit it, or all
    slots are locked.
    """
    board = task.board
    others = frozenset(v for v in visits if board.slots[v.slot_id] != round_id)
    visited = {(v.team_id, round_id) for v in frozenset(visits) - others}
    within = replace(
        task,
        fixed=task.fixed | others,
        before=frozenset(visits),
        needs=frozenset({*visited, (team_id, round_id)}),
    )
    return _Relaxing(within, round_id, sorted(t for t, _ in within.open)).found()


class _Relaxing:
    """Columns: each mentor with each team (0 or 1), then for each mentor the visits more than
    taken, then those in slots in which the mentor is not free.
    """

    def __init__(self, task: Task, round_id: UUID, teams: list[UUID]) -> None:
        self.task, self.round_id, self.teams = task, round_id, teams
        self.meetings = [Meeting(m, t, round_id) for m in task.mentors for t in teams]
        self.busy = {m: self._busy_slots(m) for m in task.mentors}
        self.size = len(self.meetings) + 2 * len(task.mentors)

    def _busy_slots(self, mentor: UUID) -> list[UUID]:
        board = self.task.board
        locked = {v.slot_id for v in self.task.fixed if v.mentor_id == mentor}
        return [
            slot
            for slot, round_ in board.slots.items()
            if round_ == self.round_id and (mentor, slot) in board.busy and slot not in locked
        ]

    def found(self) -> Relaxation | None:
        """Solve it."""
        found = self._rows().least(
            self._costs(),
            bounds=([0.0] * self.size, self._most()),
            whole=[True] * self.size,
        )
        if found.columns is None:
            return None
        counts = [round(x) for x in found.columns]
        held = [m for m, count in zip(self.meetings, counts, strict=False) if count]
        rules = frozenset(self._given_way(held, counts[len(self.meetings) :]))
        visits = placed(relaxed(self.task, rules), held)
        return Relaxation(rules, self.task.fixed | set(visits))

    def _costs(self) -> list[float]:
        """A rule weighs more than all moves together."""
        rule = len(self.teams) + 1
        stays = self.task.stays
        pairs = [rule * len(self._against(m)) + (m not in stays) for m in self.meetings]
        return [*pairs, *[rule] * (2 * len(self.task.mentors))]

    def _most(self) -> list[float]:
        mentors = self.task.mentors
        busy = [len(self.busy[m]) for m in mentors]
        return [*[1] * len(self.meetings), *[len(self.teams)] * len(mentors), *busy]

    def _rows(self) -> Program:
        rows, task = Program(self.size), self.task
        for column, (mentor, team, round_) in enumerate(self.meetings):
            rows.put(("once", team), column, low=1, high=1)
            rows.put(("taken", mentor), column, high=task.left[mentor])
            rows.put(("free", mentor), column, high=len(task.free_slots[mentor, round_]))
        start = len(self.meetings)
        for n, mentor in enumerate(task.mentors):
            rows.put(("taken", mentor), start + n, -1, high=task.left[mentor])
            rows.put(
                ("free", mentor),
                start + len(task.mentors) + n,
                -1,
                high=len(task.free_slots[mentor, self.round_id]),
            )
        return rows

    def _against(self, meeting: Meeting) -> list[Rule]:
        mentor, team, _ = meeting
        keeps = team in self.task.board.keeps
        found = [Rule.APART] if (mentor, team) in self.task.board.apart else []
        if self.task.is_settled(mentor, team):
            found.append(Rule.KEPT if keeps else Rule.ONCE)
        return found

    def _given_way(self, held: list[Meeting], more: list[int]) -> Iterator[Relaxed]:
        for meeting in held:
            for rule in self._against(meeting):
                yield Relaxed(rule, meeting.mentor_id, team_id=meeting.team_id)
        mentors = self.task.mentors
        for mentor, over, busy in zip(mentors, more, more[len(mentors) :], strict=False):
            for n in range(over):
                yield Relaxed(Rule.TAKEN, mentor, more=n + 1)
            for slot in self.busy[mentor][:busy]:
                yield Relaxed(Rule.FREE, mentor, slot_id=slot)


def relaxed(task: Task, rules: Iterable[Relaxed]) -> Task:
    """The task in which rules do not hold any more.

    Meetings that were not possible because of `ONCE` or `KEPT` are, for those teams count as
    teams that keep whomever they have met.
    """
    board = task.board
    capacity, apart, busy, again = dict(board.capacity), set(board.apart), set(board.busy), set()
    for rule, mentor, team, slot, _ in rules:
        if rule is Rule.TAKEN:
            capacity[mentor] += 1
        elif rule is Rule.FREE and slot:
            busy.discard((mentor, slot))
        elif rule is Rule.APART and team:
            apart.discard((mentor, team))
        elif team:
            again.add((mentor, team))
    board = replace(board, capacity=capacity, apart=frozenset(apart), busy=frozenset(busy))
    return replace(task, board=board, again=task.again | again)
