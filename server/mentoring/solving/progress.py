"""How far a search is, by the lines that the solver (HiGHS) writes while it works."""

import re
from typing import Final

# Src Proc InQueue | Leaves Expl. | BestBound BestSol Gap | …: the second percentage is the gap
_NODE: Final = re.compile(r"^ .{1,2}\s+\d+\s+\d+\s+\d+\s+[\d.]+%\s+\S+\s+\S+\s+([\d.]+)%\s")


def gap_in(line: str) -> float | None:
    """The gap that a line tells, 0 to 1 and more; None: the line tells of something else."""
    found = _NODE.match(line)
    return float(found.group(1)) / 100 if found else None
