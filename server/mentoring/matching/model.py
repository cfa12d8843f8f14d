"""A task as columns (what is decided) and rows (what must hold) of a mixed-integer program."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.mentoring.matching.program import Program, Row
from server.mentoring.matching.task import Meeting, Task

LEAST_SECONDS: Final = 0.05  # with less, the solver would not begin


@dataclass(frozen=True, slots=True)
class Run:
    """The outcome of a run: the meetings chosen (None: none was found in time), the bound of the
    costs, and whether it was ended by proof.
    """

    chosen: list[Meeting] | None
    bound: float
    in_time: bool


class Model:
    """Columns: each possible meeting (0 or 1), each need (1: uncovered), each further visit of a
    mentor, in the order of their costs, and each pair of a team that keeps its mentor (0 or 1).
    """

    def __init__(self, task: Task, *, told: bool = False) -> None:
        """`told`: the solver writes to the standard output how far it is."""
        self.task, self._told = task, told
        self.meetings = list(task.possible())
        self.needs = sorted(task.open)
        self.loads = [(m, cost) for m in task.mentors for cost in task.load_of(m)]
        keeps = task.board.keeps
        self.pairs = sorted(
            {m[:2] for m in self.meetings if m.team_id in keeps and m[:2] not in task.again}
        )
        self._first_need = len(self.meetings)
        self._first_load = self._first_need + len(self.needs)
        self._first_pair = self._first_load + len(self.loads)
        self.size = self._first_pair + len(self.pairs)
        self._fine = len(self.needs) + 1  # of plans of the same points, the nearer to before
        self._program = Program(self.size)
        self._state_rules()

    def _state_rules(self) -> None:
        need = {key: self._first_need + n for n, key in enumerate(self.needs)}
        pair = {key: self._first_pair + n for n, key in enumerate(self.pairs)}
        rows, task = self._program, self.task
        for key, column in need.items():  # a team has one visit in a round, or none
            rows.put(("once", key), column, low=1, high=1)
        for column, at in enumerate(self.meetings):
            mentor, team, round_ = at
            rows.put(("once", (team, round_)), column, low=1, high=1)
            free = len(task.free_slots[mentor, round_])
            rows.put(("free", mentor, round_), column, high=free)
            rows.put(("load", mentor), column, low=0, high=0)
            if (mentor, team) in pair:  # only whom the team keeps meets it
                rows.put(("kept", at), column, high=0)
                rows.put(("kept", at), pair[mentor, team], -1, high=0)
            elif (mentor, team) not in task.again:  # nobody twice
                rows.put(("again", mentor, team), column, high=1)
        for n, (mentor, _) in enumerate(self.loads):
            rows.put(("load", mentor), self._first_load + n, -1, low=0, high=0)
        for (_, team), column in pair.items():
            rows.put(("keeps", team), column, high=1)

    def uncovered(self) -> list[float]:
        """Costs: one for each need without a visit."""
        costs = [0.0] * self.size
        costs[self._first_need : self._first_load] = [1.0] * len(self.needs)
        return costs

    def points(self) -> list[float]:
        """Costs: the points of the free decisions, negative, in fine units."""
        task, costs = self.task, [0.0] * self.size
        for column, at in enumerate(self.meetings):
            stays = at in task.stays
            points = task.worth.get((at.mentor_id, at.team_id), 0) + task.stay * stays
            costs[column] = -(self._fine * points + stays)
        for n, (_, cost) in enumerate(self.loads):
            costs[self._first_load + n] = self._fine * cost
        return costs

    def points_of(self, bound: float) -> float:
        """The points that a bound of the costs in fine units leaves possible."""
        return -bound / self._fine

    def run(
        self,
        costs: Sequence[float],
        *,
        gap: float,
        until: float,
        uncovered_most: int | None = None,
    ) -> Run:
        """Decide at the least costs.

        Args:
            gap: how far from the best is near enough, relative.
            until: when to give up, in `time.monotonic`.
            uncovered_most: how many needs may go without.
        """
        if not self.meetings:
            return Run([], sum(costs[self._first_need : self._first_load]), in_time=True)
        left = until - time.monotonic()
        if left < LEAST_SECONDS:
            return Run(None, sum(min(0.0, cost) for cost in costs), in_time=False)
        must = self.task.must
        least = [float(meeting in must) for meeting in self.meetings]
        others = self.size - len(self.meetings)
        meetings, pairs = len(self.meetings), len(self.pairs)
        found = self._program.least(
            costs,
            bounds=([*least, *[0.0] * others], [1.0] * self.size),
            whole=[*[True] * meetings, *[False] * (others - pairs), *[True] * pairs],
            also=None if uncovered_most is None else Row(self.uncovered(), uncovered_most),
            gap=gap,
            seconds=left,
            told=self._told,
        )
        if found.columns is None:
            return Run(None, found.bound, in_time=False)
        chosen = [at for at, x in zip(self.meetings, found.columns, strict=False) if x > 0.5]
        return Run(chosen, found.bound, in_time=found.in_time)
