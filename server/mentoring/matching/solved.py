"""A plan as the solver answers it."""

from dataclasses import dataclass

from server.mentoring.plans.rules import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A plan and how good it is.

    `visits` are all, the fixed ones too. `fewest` is how few uncovered visits there can be at
    best, `most` how many points with as few uncovered ones as here. `in_time`: it was ended by
    proof, not by the clock.
    """

    visits: frozenset[Visit]
    points: int
    uncovered: int
    fewest: int
    most: int
    in_time: bool

    @property
    def gap(self) -> float:
        """What may be missing to the best, of its points: 0 to 1."""
        return 0.0 if self.most <= self.points else (self.most - self.points) / abs(self.most)

    @property
    def is_best(self) -> bool:
        """Whether it is proven that no plan is better."""
        return self.uncovered == self.fewest and self.gap == 0
