"""Our engine with a planted defect: the control of the fuzzers.

`python -m tests.faults.brittle_engine SETTINGS`, settings as in `tests.load.engine`. The defect is
named by BRITTLE; it meets RTP packets with three header extensions, the first of a high number.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Final

from realtime.media import rtp
from realtime.media.rtp import Buffer, Extension
from tests.load.engine import serve

DEFECTS: Final[dict[str, Callable[[], object]]] = {
    "raises": lambda: [][0],
    "exits": lambda: os._exit(3),
    "hangs": lambda: time.sleep(600),
}
whole = rtp.extensions


def brittle(buffer: Buffer, start: int, end: int) -> list[Extension]:
    found = whole(buffer, start, end)
    if len(found) == 3 and found[0][0] > 7:
        DEFECTS[os.environ["BRITTLE"]]()
    return found


if __name__ == "__main__":
    rtp.extensions = brittle
    serve(sys.argv[1])
