"""The rows of a program, by the names of what they state."""

from collections.abc import Hashable

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import coo_array


class Rows:
    """Rows by the name of what they state, filled one entry after the other."""

    def __init__(self) -> None:
        self._number: dict[Hashable, int] = {}
        self._entries: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def put(
        self, name: Hashable, column: int, factor: float = 1, *, low: float = -np.inf, high: float
    ) -> None:
        """A column into a row, which lies between `low` and `high`."""
        row = self._number.setdefault(name, len(self._number))
        if row == len(self._low):
            self._low.append(low)
            self._high.append(high)
        self._entries.append((row, column, factor))

    def constraint(self, columns: int) -> LinearConstraint:
        """All rows."""
        row, column, factor = (np.array(part) for part in zip(*self._entries, strict=True))
        matrix = coo_array((factor, (row, column)), shape=(len(self._low), columns))
        return LinearConstraint(matrix.tocsr(), np.array(self._low), np.array(self._high))
