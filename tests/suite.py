"""`make test`: the whole suite, once in each shape of the installation.

The embedded shape is SQLite and the Redis inside the process; the server shape is PostgreSQL and
a Redis server. The same tests run in both, and their numbers must be equal. Pure tests, which
touch neither, have run before, in `make check`.
"""

import os
import re
import subprocess
import sys
import time
from typing import NamedTuple

SHAPES = ("embedded", "servers")
COUNT = re.compile(r"^(?:=+ )?(\d+)(?:/\d+)? tests? collected", re.MULTILINE)


class Result(NamedTuple):
    """How one shape went."""

    shape: str
    collected: int
    code: int
    seconds: float


def main() -> None:
    """Run both shapes; exit with 1 when a test failed or the numbers differ."""
    results = [_run(shape) for shape in SHAPES]
    for result in results:
        print(f"{result.shape}: {result.collected} tests collected, {result.seconds:.0f} s")
    if len({result.collected for result in results}) != 1:
        sys.exit("the shapes did not run the same tests")
    sys.exit(max(result.code for result in results))


def _run(shape: str) -> Result:
    environment = os.environ | {"TEST_SHAPE": shape}
    began = time.monotonic()
    code = _pytest(environment, *sys.argv[1:]).returncode
    seconds = time.monotonic() - began
    return Result(shape, _collected(environment), code, seconds)


def _collected(environment: dict[str, str]) -> int:
    listed = _pytest(environment, "--collect-only", "-q", *sys.argv[1:], capture=True)
    found = COUNT.search(listed.stdout)
    return int(found[1]) if found else 0


def _pytest(
    environment: dict[str, str], *arguments: str, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-m", "not pure", "--durations=15", *arguments]
    return subprocess.run(command, env=environment, text=True, check=False, capture_output=capture)


if __name__ == "__main__":
    main()
