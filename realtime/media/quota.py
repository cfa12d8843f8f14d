"""How much of something one peer may send."""

# Ticks of the plane's clock in a second.
TICKS = 10


class Quota:
    """`per_second`, saved up for one second: who stood still may send a second's worth at once."""

    __slots__ = ("_per_second", "_used")

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._used = 0

    def take(self) -> bool:
        """Whether one more is allowed."""
        if self._used >= self._per_second:
            return False
        self._used += 1
        return True

    def tick(self) -> None:
        """A tenth of a second is over, and a tenth of all is free again."""
        self._used = max(0, self._used - self._per_second // TICKS)
