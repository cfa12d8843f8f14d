"""What a server process has used so far: CPU, memory, and datagrams its sockets had no room for."""

from dataclasses import dataclass
from pathlib import Path

from .cpu import cpu_seconds
from .memory import rss_mib

_INODE, _DROPS = 9, 12  # columns of /proc/net/udp


@dataclass(frozen=True)
class Usage:
    """`cpu_seconds` with children; `rss_mib` of the process alone; `socket_drops` are datagrams
    that came while the receive buffer of one of its UDP sockets was full."""

    cpu_seconds: float
    rss_mib: float
    socket_drops: int


def usage_of(pid: int) -> Usage:
    """Raises ProcessLookupError for no such process."""
    return Usage(cpu_seconds(pid), rss_mib(pid), socket_drops(pid))


def socket_drops(pid: int) -> int:
    """What the receive queues of the process's UDP sockets dropped since they were opened."""
    inodes = _socket_inodes(pid)
    rows = [
        line.split()
        for family in ("udp", "udp6")
        for line in Path(f"/proc/{pid}/net/{family}").read_text().splitlines()[1:]
    ]
    return sum(int(row[_DROPS]) for row in rows if row[_INODE] in inodes)


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    return inodes
