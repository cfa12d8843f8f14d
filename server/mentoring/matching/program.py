"""A mixed-integer program, and its least costs as scipy (HiGHS) finds them.

scipy is loaded with the first program that is solved: most processes never need its 60 MB.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LONGEST_SECONDS: Final = 86_400.0


class Row(NamedTuple):
    """One more row: the factors of all columns, and the most that they may make."""

    factors: Sequence[float]
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The columns at the least costs that were found (None: nothing was), a bound that no costs lie
    below, and whether it was ended by proof.
    """

    columns: list[float] | None
    bound: float
    in_time: bool


class Program:
    """Rows by the name of what they state, filled one entry after the other; `size` columns."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._number: dict[Hashable, int] = {}
        self._entries: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def put(
        self, name: Hashable, column: int, factor: float = 1, *, low: float = -math.inf, high: float
    ) -> None:
        """A column into a row, which lies between `low` and `high`."""
        row = self._number.setdefault(name, len(self._number))
        if row == len(self._low):
            self._low.append(low)
            self._high.append(high)
        self._entries.append((row, column, factor))

    def least(
        self,
        costs: Sequence[float],
        *,
        bounds: tuple[Sequence[float], Sequence[float]],
        whole: Sequence[bool],
        also: Row | None = None,
        gap: float = 0.0,
        seconds: float = LONGEST_SECONDS,
        told: bool = False,
    ) -> Outcome:
        """The least costs.

        Args:
            bounds: the least and the most of each column.
            whole: which columns are whole numbers.
            gap: how far from the best is near enough, relative.
            told: the solver writes to the standard output how far it is.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        row, column, factor = zip(*self._entries, strict=True)
        matrix = coo_array((factor, (row, column)), shape=(len(self._low), self.size))
        constraints = [LinearConstraint(matrix.tocsr(), self._low, self._high)]
        if also is not None:
            constraints.append(LinearConstraint([also.factors], -math.inf, also.high))
        result = milp(
            costs,
            integrality=[1 if each else 0 for each in whole],
            bounds=Bounds(*bounds),
            constraints=constraints,
            options={
                "mip_rel_gap": gap,
                "time_limit": min(seconds, LONGEST_SECONDS),
                "disp": told,
            },
        )
        loosest = sum(min(0.0, cost) for cost in costs)
        bound = loosest if result.mip_dual_bound is None else result.mip_dual_bound
        columns = None if result.x is None else list(map(float, result.x))
        return Outcome(columns, bound, in_time=result.status == 0)
