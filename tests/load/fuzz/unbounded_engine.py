"""Our engine without its bounds per second, so that every mutant reaches the code it is meant for.

`python -m tests.load.fuzz.unbounded_engine SETTINGS`, settings as in `tests.load.engine`.
"""

import sys

from realtime.media.allowance import Allowance
from realtime.media.quota import Quota
from tests.load.engine import serve


def unbounded(self: Allowance, now: float) -> bool:
    return True


def unowed(self: Allowance, cost: int, now: float) -> float:
    return 0.0


def unquoted(self: Quota) -> bool:
    return True


if __name__ == "__main__":
    Allowance.take = unbounded  # type: ignore[method-assign]
    Allowance.owe = unowed  # type: ignore[method-assign]
    Quota.take = unquoted  # type: ignore[method-assign]
    serve(sys.argv[1])
