"""`make test`: the suite, once in each shape of the installation, all at the same time.

The embedded shape is SQLite and the Redis inside the process; the server shape is PostgreSQL and
a Redis server. The same tests run in both, and their numbers must be equal. What touches neither,
as the media engine does, runs once beside them; pure tests have run before, in `make check`. Much
of a run is waiting for browsers and leases, so the three fill each other's gaps; each takes its
ports from a range of its own.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

SHAPES: Final = ("embedded", "servers")
ALONE: Final = "alone"
COUNT: Final = re.compile(r"^(?:=+ )?(\d+)(?:/\d+)? tests? collected")


class Result(NamedTuple):
    """How one of the runs went."""

    run: str
    collected: int
    code: int
    seconds: float


def main() -> None:
    """Run all; exit with 1 when a test failed or the numbers of the shapes differ."""
    results = asyncio.run(_run_all(sys.argv[1:]))
    for result in results:
        print(f"{result.run}: {result.collected} tests collected, {result.seconds:.0f} s")
    if len({result.collected for result in results if result.run in SHAPES}) != 1:
        sys.exit("the shapes did not run the same tests")
    sys.exit(max(result.code for result in results))


async def _run_all(arguments: list[str]) -> list[Result]:
    return await asyncio.gather(*(_run(name, arguments) for name in (*SHAPES, ALONE)))


async def _run(name: str, arguments: list[str]) -> Result:
    listed = await _pytest(name, "--collect-only", "-q", *arguments)
    collected = [COUNT.match(line) async for line in _lines(listed)]
    await listed.wait()
    began = time.monotonic()
    running = await _pytest(name, "--durations=15", *arguments)
    async for line in _lines(running):
        print(f"[{name}] {line}", flush=True)
    code = await running.wait()
    counts = [int(found[1]) for found in collected if found]
    return Result(name, counts[-1] if counts else 0, code, time.monotonic() - began)


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield line.decode(errors="replace").rstrip()


async def _pytest(name: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-m", _marks(name), *arguments),
        env=os.environ | {"TEST_SHAPE": name},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,
    )


def _marks(name: str) -> str:
    return f"not pure and {'' if name == ALONE else 'not '}alone"


if __name__ == "__main__":
    main()
