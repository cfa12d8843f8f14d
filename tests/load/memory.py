"""Memory of a process, from `/proc` (proc_pid_smaps_rollup, proc_pid_statm in proc(5))."""

import os
import re
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20


def pss_kib(pid: int) -> int:
    """The process's proportional set size: its own pages, and its share of those it shares.

    Raises:
        ProcessLookupError: no such process.
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    assert found, text
    return int(found[1])


def rss_mib(pid: int) -> float:
    """The process's resident memory, whoever else shares it.

    Raises:
        ProcessLookupError: no such process.
    """
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    return int(pages) * PAGE / MIB
