"""Our engine with its guard against strangers taken away, for the control test.

`python -m tests.faults.unguarded_engine SETTINGS`, settings as in `tests.load.engine`. Whoever
sends from an address that no signed check has proven is taken for one of the peers, as it is
where every peer has a port of its own and whatever arrives there is believed.
"""

import random
import sys

from realtime.media.peer import Peer
from realtime.media.plane import Plane
from tests.load.engine import serve

_guarded = Plane.peer_at


def believing(plane: Plane, key: bytes) -> Peer | None:
    """The peer of a proven address; for any other address some peer, preferably a new one."""
    peer = _guarded(plane, key)
    if peer is not None or not plane.peers:
        return peer
    opening = [candidate for candidate in plane.peers if not candidate.is_open]
    return random.choice(opening or list(plane.peers))


if __name__ == "__main__":
    Plane.peer_at = believing  # type: ignore[method-assign, assignment]
    serve(sys.argv[1])
