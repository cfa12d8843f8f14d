"""A token bucket that may go into debt: what a deed costs is often known after it only."""


class Allowance:
    """`rate` a second, `most` saved up (a second's worth). Times in seconds, monotonic.

    `left` is below zero while there is a debt to wait for.
    """

    __slots__ = ("_at", "_most", "_rate", "left")

    def __init__(self, rate: int, *, most: int | None = None) -> None:
        self._rate = rate
        self._most = most or rate
        self._at = 0.0
        self.left = float(self._most)

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`."""
        self.refill(now)
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def owe(self, cost: int, now: float) -> float:
        """Take `cost`, on credit if need be; for how many seconds nothing more should be taken."""
        self.refill(now)
        self.left -= cost
        return max(0.0, -self.left / self._rate)

    def refill(self, now: float) -> None:
        """Earn what the time since the last call brings."""
        self.left = min(self._most, self.left + (now - self._at) * self._rate)
        self._at = now

    def spend(self, cost: int) -> None:
        self.left -= cost
