"""Pure decisions about the outbox."""

from datetime import timedelta
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=5)  # so all is sent within ten minutes after an outage
CLAIM_LASTS: Final = timedelta(seconds=60)  # then its worker is dead: sending takes 12 s at most


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts have failed: doubling, up to five minutes."""
    doublings = max(0, min(attempts - 1, 10))
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
