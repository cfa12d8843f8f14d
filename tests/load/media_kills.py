"""Kill the media process while three browsers talk, again and again, and time the return.

    python -m tests.load.media_kills --kills 10

Three people of the demo sit in one room of the whole application, cameras and microphones open,
each in a browser process of their own: pages of one browser that reopen the same fake camera at
the same instant leave one of them without pictures, which no person's own camera does.
The media process gets SIGKILL; the supervisor starts another. The clock stops when each of the
three decodes the two others again, on a connection made after the kill, with nobody clicking.
The last line is one JSON object. Exit 1 when fewer than nine of ten returned within ten seconds.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from tests.support.app import CEILING_SECONDS, App, running_app
from tests.support.browser import CHROMIUM, chromium
from tests.support.people import Person, person

TALKERS: Final = ("participant", "mentor", "organizer")
FRAMES_BACK: Final = 10  # decoded frames of each face that count as seeing again
GOAL_SECONDS: Final = 10.0
GOAL_SHARE: Final = 0.9


async def returns(
    app: App, *, kills: int, program: str = CHROMIUM, camera: Path | None = None
) -> AsyncIterator[float]:
    """Kill the media process so many times; the seconds until all see each other again, in
    browsers that `program` starts and with the picture of `camera`.

    Raises:
        TimeoutError: somebody did not come back within the ceiling.
    """
    async with AsyncExitStack() as stack:
        people = []
        for name in TALKERS:
            browser = await stack.enter_async_context(chromium(program=program, camera=camera))
            people.append(await _talking(app, name, stack, browser))
        await _all_see(people, since=0)
        for _ in range(kills):
            killed_at = time.time()
            app.kill("media")
            await _all_see(people, since=killed_at)
            yield time.time() - killed_at


async def _talking(app: App, name: str, stack: AsyncExitStack, browser: Browser) -> Person:
    somebody = await stack.enter_async_context(person(app, browser, name))
    await somebody.enter(mic=True)
    return somebody


async def _all_see(people: list[Person], *, since: float) -> None:
    async with asyncio.timeout(CEILING_SECONDS):
        while not all([await _sees(somebody, since) for somebody in people]):
            await asyncio.sleep(0.1)


async def _sees(somebody: Person, since: float) -> bool:
    return await somebody.sees(len(TALKERS) - 1, frames=FRAMES_BACK, since=since)


async def drill(kills: int) -> dict[str, object]:
    """The whole run on an installation of its own, in a temporary folder."""
    times: list[float] = []
    with tempfile.TemporaryDirectory(prefix="yoriai-kills-") as folder:
        async with running_app(Path(folder)) as app:
            async for seconds in returns(app, kills=kills):
                times.append(round(seconds, 2))
                print(f"kill {len(times)}: all three see each other after {seconds:.2f} s")
    within = sum(seconds <= GOAL_SECONDS for seconds in times)
    return {
        "drill": "media_kills",
        "kills": kills,
        "within_10_s": within,
        "seconds": times,
        "median_seconds": sorted(times)[len(times) // 2],
        "passed": within >= GOAL_SHARE * kills,
    }


def main() -> None:
    """Run the drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    figures = asyncio.run(drill(parser.parse_args().kills))
    print(json.dumps(figures))
    sys.exit(0 if figures["passed"] else 1)


if __name__ == "__main__":
    main()
