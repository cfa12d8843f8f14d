"""How much one connection may ask."""

from dataclasses import dataclass
from typing import Final

MESSAGES_PER_SECOND: Final = 20.0
BURST: Final = 40.0


@dataclass
class Bucket:
    """A token bucket: `BURST` at once, `MESSAGES_PER_SECOND` in the long run."""

    now: float  # monotonic seconds
    left: float = BURST

    def spend(self, now: float) -> bool:
        """Take one token; False when there is none."""
        self.left = min(BURST, self.left + (now - self.now) * MESSAGES_PER_SECOND)
        self.now = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
