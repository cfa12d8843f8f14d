"""`make test`: the suite, once in each shape of the installation, all at the same time.

The embedded shape is SQLite and the Redis inside the process; the server shape is PostgreSQL and
a Redis server. The same tests run in both, and their numbers must be equal; what looks the same in
both runs in one of them (`only_…`). What touches neither, as the media engine does, runs once
beside them; pure tests have run before, in `make check`. Much of a run is waiting for browsers and
leases, so they fill each other's gaps; each takes its ports from a range of its own, and is a
session of its own, among which Linux shares the processors evenly (sched(7), autogroup): browsers
are, and would leave little to four runs in one session. What changes the machine's network has a
network of its own: every Chromium that saw it would drop what it is just loading.
"""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

SHAPES: Final = ("embedded", "servers")
ALONE: Final = "alone"
APART: Final = "apart"
COLLECTED: Final = re.compile(r"^collected \d+ items?.* / (\d+) selected$")
SHARED: Final = re.compile(r"^(\d+) of them in both shapes$")  # tests/conftest.py says it
CHOSEN: Final = {
    "embedded": "not pure and not alone and not only_servers",
    "servers": "not pure and not alone and not only_embedded",
    ALONE: "not pure and alone and not apart",
    APART: "not pure and alone and apart",
}
# A command in an empty network namespace; only root can bring one up that holds others.
OWN_NETWORK: Final = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


class Result(NamedTuple):
    """How one of the runs went; `shared` of its tests run in both shapes."""

    run: str
    collected: int
    shared: int
    code: int
    seconds: float


def main() -> None:
    """Run all; exit with 1 when a test failed or the numbers of the shapes differ."""
    results = asyncio.run(_run_all(sys.argv[1:]))
    for result in results:
        both = f", {result.shared} of them in both shapes" if result.run in SHAPES else ""
        print(f"{result.run}: {result.collected} tests collected{both}, {result.seconds:.0f} s")
    if len({result.shared for result in results if result.run in SHAPES}) != 1:
        sys.exit("the shapes did not run the same tests")
    sys.exit(max(result.code for result in results))


async def _run_all(arguments: list[str]) -> list[Result]:
    return await asyncio.gather(*(_run(name, arguments) for name in CHOSEN))


async def _run(name: str, arguments: list[str]) -> Result:
    collected = shared = 0
    began = time.monotonic()
    running = await _pytest(name, CHOSEN[name], "--durations=15", *arguments)
    try:
        async for line in _lines(running):
            print(f"[{name}] {line}", flush=True)
            collected = _number(COLLECTED, line) or collected
            shared = _number(SHARED, line) or shared
        code = await running.wait()
    except asyncio.CancelledError:
        running.send_signal(signal.SIGINT)
        await running.communicate()
        raise
    return Result(name, collected, shared, code, time.monotonic() - began)


def _number(pattern: re.Pattern[str], line: str) -> int:
    found = pattern.match(line)
    return int(found[1]) if found else 0


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield line.decode(errors="replace").rstrip()


async def _pytest(name: str, marks: str, *arguments: str) -> asyncio.subprocess.Process:
    around = OWN_NETWORK if name == APART and os.geteuid() == 0 else ()
    return await asyncio.create_subprocess_exec(
        *(*around, sys.executable, "-m", "pytest", "-m", marks, *arguments),
        env=os.environ | {"TEST_SHAPE": name},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,
        start_new_session=True,
    )


if __name__ == "__main__":
    main()
