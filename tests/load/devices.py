"""One person of a round comes again: refresh, second tab, closed browser, another device.

    python -m tests.load.devices [--runs 10]

Two of a team are in their room, each in a real Chromium; nobody else sends. One of them comes again
in each way, in turn with the microphone open and closed. The clock runs from the reload, the press
on "use here", or the press on "enter" until the page is in the team's room and has decoded pictures
of the other. `opened` counts who came with a microphone that had been closed, or that another
device had opened; `elsewhere` who came into another room. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from tests.support.app import running_app
from tests.support.browser import CHROMIUM, chromium
from tests.support.people import Person
from tests.support.round_people import Training, training
from tests.support.training import Sizes
from tests.support.waiting import until

from .report import percentile

SIZES: Final = Sizes(teams=1, members=2, mentors=1, due=0, rounds=1, slots=1, slot=7200)
DOOR: Final = "見本1町"
FRAMES: Final = 5
P95: Final = 3.0  # seconds, reliability.md


@dataclass
class Scene:
    """Who comes again, and the page from which."""

    held: Training
    browser: Browser
    stack: AsyncExitStack
    one: Person
    mate: Person


@dataclass
class Outcome:
    """Seconds by way, and what must not happen."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    opened: int = 0
    elsewhere: int = 0


async def refresh(scene: Scene) -> float:
    """Reload the page."""
    began = time.time()
    await scene.one.page.reload()
    return began


async def second_tab(scene: Scene) -> float:
    """Open the room once more, and say that it is to be used there."""
    former, scene.one = scene.one, await scene.one.second_page()
    began = await _use_here(scene)
    await former.page.locator("[data-part=elsewhere]").wait_for()
    await former.page.close()
    return began


async def other_device(scene: Scene) -> float:
    """Come with a phone of one's own, in a browser context of its own."""
    phone = await scene.stack.enter_async_context(
        scene.held.member(scene.browser, 0, width=390, height=844)
    )
    former, scene.one = scene.one, phone
    began = await _use_here(scene)
    await former.page.locator("[data-part=elsewhere]").wait_for()
    await former.context.close()
    return began


async def closed(scene: Scene) -> float:
    """Close the page, open it anew, and enter."""
    former, scene.one = scene.one, await scene.one.second_page()
    await former.page.close()
    await scene.one.go(scene.held.room)
    began = time.time()
    await scene.one.page.click("[data-part=prejoin] [data-part=enter]")
    return began


async def _use_here(scene: Scene) -> float:
    await scene.one.go(scene.held.room)
    await scene.one.page.click("[data-part=prejoin] [data-part=enter]")
    yes = scene.one.page.locator("dialog[open] [value=yes]")
    await yes.wait_for()
    began = time.time()
    await yes.click()
    return began


Way = Callable[[Scene], Awaitable[float]]
WAYS: Final[dict[str, Way]] = {
    "refresh": refresh,
    "second_tab": second_tab,
    "other_device": other_device,
    "closed": closed,
}


async def run(runs: int) -> Outcome:
    """Come again in each way so many times."""
    outcome = Outcome({name: [] for name in WAYS})
    async with _scene() as scene:
        for number in range(runs):
            for name, way in WAYS.items():
                mic = bool(number % 2)
                await _let_mic_be(scene.one, on=mic)
                began = await way(scene)
                await _is_back(scene, began)
                outcome.seconds[name].append(time.time() - began)
                outcome.opened += await scene.one.mic() and not (mic and name == "refresh")
                outcome.elsewhere += DOOR not in await _door(scene.one)
            print(number + 1, {name: round(s[-1], 2) for name, s in outcome.seconds.items()})
    return outcome


@asynccontextmanager
async def _scene() -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yoriai-devices-"))
        app = await stack.enter_async_context(running_app(Path(folder), demo=False))
        browser = await stack.enter_async_context(chromium(program=CHROMIUM))
        held = await stack.enter_async_context(training(app, SIZES))
        mate = await stack.enter_async_context(held.member(browser, 0, 1))
        one = await stack.enter_async_context(held.member(browser, 0))
        await held.open()
        scene = Scene(held, browser, stack, one, mate)
        for who in (mate, one):
            await who.go(held.room)
            await who.page.click("[data-part=prejoin] [data-part=enter]")
            await who.inside()
        await _is_back(scene, 0)
        yield scene


async def _is_back(scene: Scene, since: float) -> None:
    await until(partial(scene.one.sees, 1, frames=FRAMES, since=since))


async def _let_mic_be(somebody: Person, *, on: bool) -> None:
    if await somebody.mic() is not on:
        await somebody.page.click("[data-part=mic-button]")
        await until(partial(_mic_is, somebody, on))


async def _mic_is(somebody: Person, on: bool) -> bool:
    return await somebody.mic() is on


async def _door(somebody: Person) -> str:
    return await somebody.page.locator("[data-part=room-name]").text_content() or ""


def main() -> None:
    """Run and print; exit with 1 when somebody came too late, more open, or elsewhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10)
    outcome = asyncio.run(run(options.parse_args().runs))
    everything = [each for seconds in outcome.seconds.values() for each in seconds]
    p95 = {name: round(percentile(s, 95), 2) for name, s in outcome.seconds.items()}
    print(
        json.dumps(
            {
                "returns": len(everything),
                "p95_seconds": round(percentile(everything, 95), 2),
                "p95_by_way": p95,
                "opened": outcome.opened,
                "elsewhere": outcome.elsewhere,
            }
        )
    )
    late = percentile(everything, 95) > P95
    sys.exit(1 if late or outcome.opened or outcome.elsewhere else 0)


if __name__ == "__main__":
    main()
