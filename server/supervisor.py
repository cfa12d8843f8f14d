"""`yoriai serve`: keeps the processes of one machine running, and ends them with itself."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

log = structlog.get_logger()

PR_SET_PDEATHSIG: Final = 1  # prctl(2)
TICK_SECONDS: Final = 0.1
QUICK_DEATH_SECONDS: Final = 2.0  # who dies sooner is started again more slowly
LONGEST_PAUSE_SECONDS: Final = 5.0
GRACE_SECONDS: Final = 8.0


@dataclass
class Child:
    """One process: how to start it, and how it has been."""

    name: str
    arguments: list[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def start(self, now: float) -> None:
        """Start the process. Every child is a fresh interpreter, so nothing is shared."""
        command = [sys.executable, "-m", "server.cli", *self.arguments]
        parent = {"YORIAI_PARENT": str(os.getpid())}
        self.process = subprocess.Popen(
            command, pass_fds=self.pass_fds, env=os.environ | parent, start_new_session=True
        )
        self.started = now

    def tend(self, now: float) -> None:
        """Start the process again when it has died, with a pause when it died young."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            young = now - self.started < QUICK_DEATH_SECONDS
            self.pause = min(LONGEST_PAUSE_SECONDS, self.pause * 2 or 0.5) if young else 0.0
            self.process, self.due = None, now + self.pause
            log.warning("process ended", name=self.name, code=code, again_in=self.pause)
        if now >= self.due:
            self.start(now)


def supervise(children: list[Child], *, clock: Callable[[], float] = time.monotonic) -> None:
    """Run the children until SIGTERM or SIGINT, then end them and return."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    while not stopping:
        for child in children:
            child.tend(clock())
        time.sleep(TICK_SECONDS)
    _end(children, clock)


def _end(children: list[Child], clock: Callable[[], float]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = clock() + GRACE_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, deadline - clock()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its supervisor dies, even by SIGKILL."""
    parent = int(os.environ.get("YORIAI_PARENT", "0"))
    if not parent:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
