"""Our engine without its bounds per second, so that every mutant reaches the code it is meant for.

`python -m tests.load.fuzz.unbounded_engine SETTINGS`, settings as in `tests.load.engine`.
"""

import sys

from realtime.media import peer
from realtime.media.retransmit import Allowance
from tests.load.engine import serve


def unbounded(self: Allowance, now: float) -> bool:
    return True


def unowed(self: Allowance, cost: int, now: float) -> float:
    return 0.0


if __name__ == "__main__":
    Allowance.take = unbounded  # type: ignore[method-assign]
    Allowance.owe = unowed  # type: ignore[method-assign]
    peer.MAX_DATAGRAMS = peer.MAX_REPORTS = peer.MAX_CHECKS = 1 << 60
    serve(sys.argv[1])
