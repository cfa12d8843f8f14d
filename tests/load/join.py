"""A thousand people arrive at one room: what they wait for, and what it costs.

    python -m tests.load.join [--people 1000] [--spreads 60 10] [--shape embedded|servers|both]

Each opens the event's page and the room's page, connects the live channel and gets the room's
snapshot; the sockets stay open. The whole installation is `yoriai serve`: on SQLite with the Redis
inside the process, and on PostgreSQL with a Redis server, each time with the 1,024 files that a
process of Debian may open at first. The people are a process of their own on the same machine.
Static files are not asked for: a browser keeps them. Ends with one JSON line.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from server.core.db import Database
from tests.load.cpu import cpu_seconds
from tests.load.crowd import PATH, SLUG, gather_crowd
from tests.load.join_crew import JoinPlan, percentile
from tests.load.memory import pss_kib
from tests.support.app import App, running_app
from tests.support.servers import fresh, postgres, redis_server

GOAL_MS: Final = 1500.0
CALM_SECONDS: Final = 30.0  # from such a spread on the goal holds
FIRST_FILES: Final = 1024
WARM: Final = 10  # people who come and go before anything is measured
STAY_SECONDS: Final = 6.0  # each page hears at least one beat
CEILING_SECONDS: Final = 180.0


@dataclass
class Figures:
    """What one arrival of the crowd came to. `lost`: sockets that ended by themselves."""

    spread_s: float
    joins: int = 0
    errors: int = 0
    lost: int = 0
    snapshot_p50_ms: float = 0.0
    snapshot_p95_ms: float = 0.0
    page_p50_ms: float = 0.0
    page_p95_ms: float = 0.0
    memory_per_socket_kib: float = 0.0
    cpu_web_s: float = 0.0
    cpu_driver_s: float = 0.0
    what: dict[str, int] = field(default_factory=dict)  # the errors by their text

    @property
    def clean(self) -> bool:
        """Whether everybody came, and in time where the crowd is calm."""
        in_time = self.spread_s < CALM_SECONDS or self.snapshot_p95_ms <= GOAL_MS
        return in_time and not (self.errors or self.lost)


async def run(
    folder: Path, *, people: int, spread: float, database_url: str = "", redis_url: str = ""
) -> Figures:
    """The crowd comes to an installation of its own."""
    async with (
        _files(FIRST_FILES),
        running_app(
            folder,
            database_url=database_url,
            redis_url=redis_url,
            demo=False,
            settings={"LIVEKIT_URL": "ws://localhost:9"},  # media is another measurement
        ) as app,
    ):
        return await _arrivals(app, folder, people, spread, database_url)


async def _arrivals(
    app: App, folder: Path, people: int, spread: float, database_url: str
) -> Figures:
    database = Database(database_url or f"sqlite+aiosqlite:///{folder}/data/yoriai.db")
    try:
        crowd = await gather_crowd(database, people + WARM)
    finally:
        await database.close()
    web, figures = app.child("web"), Figures(spread)
    async with _crew(app, crowd.tokens[:WARM], 0):
        pass
    memory, cpu = pss_kib(web), cpu_seconds(web)
    async with _crew(app, crowd.tokens[WARM:], spread) as (report, left):
        figures.cpu_web_s = round(cpu_seconds(web) - cpu, 2)
        await asyncio.sleep(STAY_SECONDS)
        figures.joins = len(report["snapshots"])
        figures.memory_per_socket_kib = round((pss_kib(web) - memory) / max(1, figures.joins), 1)
    figures.lost = left["lost"]
    figures.what = report["errors"]
    figures.errors = sum(figures.what.values())
    for name in ("page", "snapshot"):
        for part in (50, 95):
            value = round(percentile(report[f"{name}s"], part / 100), 1)
            setattr(figures, f"{name}_p{part}_ms", value)
    figures.cpu_driver_s = round(report["cpu_seconds"], 2)
    return figures


@asynccontextmanager
async def _crew(
    app: App, tokens: Sequence[str], spread: float
) -> AsyncIterator[tuple[dict[str, Any], dict[str, int]]]:
    """People in a process of their own; while the block runs they stay.

    Gives their report, and what is filled with how many were lost when the block ends.
    """
    crew = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.load.join_crew",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert crew.stdin is not None
    assert crew.stdout is not None
    left: dict[str, int] = {}
    try:
        plan = JoinPlan(app.url, (f"/e/{SLUG}", PATH), PATH, tuple(tokens), spread)
        crew.stdin.write(plan.to_line())
        async with asyncio.timeout(CEILING_SECONDS):
            yield json.loads(await crew.stdout.readline()), left
        crew.stdin.close()
        left |= json.loads(await crew.stdout.readline())
        await crew.wait()
    finally:
        if crew.returncode is None:
            crew.kill()
            await crew.wait()


@asynccontextmanager
async def _files(count: int) -> AsyncIterator[None]:
    """While the block runs, processes that are started may open so many files at first."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def in_shape(shape: str, *, people: int, spread: float) -> Figures:
    """The crowd comes to an installation of this shape."""
    with tempfile.TemporaryDirectory(prefix="yoriai-join-") as folder:
        if shape == "embedded":
            return await run(Path(folder), people=people, spread=spread)
        with postgres() as postgres_port, redis_server() as redis_port:
            async with fresh(postgres_port, redis_port) as servers:
                return await run(
                    Path(folder),
                    people=people,
                    spread=spread,
                    database_url=servers.database_url,
                    redis_url=servers.redis_url,
                )


async def drill(*, people: int, spreads: Sequence[float], shape: str) -> dict[str, object]:
    """All spreads in the wanted shapes."""
    found: dict[str, object] = {"drill": "join"}
    clean = True
    for name in ("embedded", "servers") if shape == "both" else (shape,):
        figures = [await in_shape(name, people=people, spread=each) for each in spreads]
        found[name] = [vars(each) for each in figures]
        clean = clean and all(each.clean for each in figures)
    return found | {"passed": clean}


def main() -> None:
    """Run the drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--spreads", type=float, nargs="+", default=[60.0, 10.0])
    parser.add_argument("--shape", choices=["embedded", "servers", "both"], default="both")
    figures = asyncio.run(drill(**vars(parser.parse_args())))
    print(json.dumps(figures))
    sys.exit(0 if figures["passed"] else 1)


if __name__ == "__main__":
    main()
