"""A token bucket that may go into debt: what a deed costs is often known after it only."""


class Budget:
    """`rate` a second, `most` saved up. `left` is below zero while there is a debt to wait for."""

    __slots__ = ("_at", "_most", "_rate", "left")

    def __init__(self, rate: float, most: float, *, now: float) -> None:
        self._rate = rate
        self._most = most
        self._at = now
        self.left = most

    def refill(self, now: float) -> None:
        """Earn what the time since the last call brings (seconds, monotonic)."""
        self.left = min(self._most, self.left + (now - self._at) * self._rate)
        self._at = now

    def spend(self, cost: float) -> None:
        self.left -= cost
