"""The memory of a process is read right."""

import os
import subprocess
import sys

import pytest

from tests.load.memory import pss_kib, rss_mib

HOLDS = "import sys; kept = b'x' * (40 << 20); print(len(kept), flush=True); sys.stdin.read()"


def test_what_a_process_holds_is_counted() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    assert 40 * 1024 < pss_kib(child.pid) < 80 * 1024
    assert 40 < rss_mib(child.pid) < 80
    child.communicate()


def test_a_process_that_is_gone_has_no_figure() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(ProcessLookupError):
        pss_kib(child.pid)
    with pytest.raises(ProcessLookupError):
        rss_mib(child.pid)
    assert pss_kib(os.getpid()) > 0
