"""Memory of a process, from `/proc` (proc_pid_smaps_rollup in proc(5))."""

import re
from pathlib import Path


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
