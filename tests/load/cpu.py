"""CPU time of a server process and its children, from `/proc` (proc(5))."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stat:
    """What is needed of `/proc/PID/stat`; times in seconds, user and system."""

    pid: int
    parent: int
    own: float
    reaped_children: float

    @classmethod
    def parse(cls, text: str) -> "Stat":
        """The program's name may hold blanks and brackets, so count from its last bracket."""
        head, _, tail = text.rpartition(")")
        fields = tail.split()
        times = [int(field) / TICKS for field in fields[11:15]]
        return cls(int(head.split(" ")[0]), int(fields[1]), sum(times[:2]), sum(times[2:]))


def cpu_seconds(pid: int) -> float:
    """User plus system time of the process, its living descendants and its reaped children.

    Raises:
        ProcessLookupError: no such process.
    """
    stats = {stat.pid: stat for stat in _all_stats()}
    if pid not in stats:
        raise ProcessLookupError(pid)
    return sum(stats[member].own + stats[member].reaped_children for member in _family(pid, stats))


def _family(pid: int, stats: dict[int, Stat]) -> set[int]:
    family = {pid}
    while more := {s.pid for s in stats.values() if s.parent in family} - family:
        family |= more
    return family


def _all_stats() -> list[Stat]:
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats.append(Stat.parse(path.read_text()))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return stats
