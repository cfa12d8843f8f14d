"""A task as columns (what is decided) and rows (what must hold) of a mixed-integer program."""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from server.mentoring.matching.rows import Rows
from server.mentoring.matching.task import Meeting, Task

Costs = NDArray[np.float64]
LEAST_SECONDS: Final = 0.05  # with less, the solver would not begin
LONGEST_SECONDS: Final = 86_400.0


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
        self._rows = Rows()
        self._first_need = len(self.meetings)
        self._first_load = self._first_need + len(self.needs)
        self._first_pair = self._first_load + len(self.loads)
        self.size = self._first_pair + len(self.pairs)
        self._fine = len(self.needs) + 1  # of plans of the same points, the nearer to before
        self._least = np.zeros(self.size)
        self._least[: self._first_need] = [meeting in task.must for meeting in self.meetings]
        self._state_rules()

    def _state_rules(self) -> None:
        need = {key: self._first_need + n for n, key in enumerate(self.needs)}
        pair = {key: self._first_pair + n for n, key in enumerate(self.pairs)}
        rows, task = self._rows, self.task
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

    def uncovered(self) -> Costs:
        """Costs: one for each need without a visit."""
        costs = np.zeros(self.size)
        costs[self._first_need : self._first_load] = 1
        return costs

    def points(self) -> Costs:
        """Costs: the points of the free decisions, negative, in fine units."""
        task, costs = self.task, np.zeros(self.size)
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
        self, costs: Costs, *, gap: float, until: float, uncovered_most: int | None = None
    ) -> Run:
        """Decide at the least costs.

        Args:
            gap: how far from the best is near enough, relative.
            until: when to give up, in `time.monotonic`.
            uncovered_most: how many needs may go without.
        """
        if not self.meetings:
            return Run([], float(costs[self._first_need : self._first_load].sum()), in_time=True)
        loosest = float(np.minimum(costs, 0).sum())
        left = until - time.monotonic()
        if left < LEAST_SECONDS:
            return Run(None, loosest, in_time=False)
        constraints = [self._rows.constraint(self.size)]
        if uncovered_most is not None:
            constraints.append(LinearConstraint(self.uncovered(), -np.inf, uncovered_most))
        whole = np.zeros(self.size, dtype=np.int64)
        whole[: self._first_need] = 1
        whole[self._first_pair :] = 1
        result = milp(
            costs,
            integrality=whole,
            bounds=Bounds(self._least, 1),
            constraints=constraints,
            options={
                "mip_rel_gap": gap,
                "time_limit": min(left, LONGEST_SECONDS),
                "disp": self._told,
            },
        )
        bound = loosest if result.mip_dual_bound is None else result.mip_dual_bound
        if result.x is None:
            return Run(None, bound, in_time=False)
        chosen = [at for at, x in zip(self.meetings, result.x, strict=False) if x > 0.5]
        return Run(chosen, bound, in_time=result.status == 0)
