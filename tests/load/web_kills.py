"""The web process is killed in the middle of a burst of chat posts; nothing is lost or doubled.

Twenty pages post ten lines each. Between the 20th and the 180th acknowledgement the web process
gets SIGKILL; its supervisor starts another, the pages reconnect and resend by id. Then each of the
200 lines must be there exactly once, in one order for everybody.

    python -m tests.load.web_kills [--kills 20] [--shape embedded|servers|both]

It runs on SQLite with the Redis inside the process, and on PostgreSQL with a Redis server.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.app import App, running_app
from tests.support.live_client import Page, log_in
from tests.support.servers import fresh, postgres, redis_server

PAGES, LINES_EACH = 20, 10
FIRST_KILL, LAST_KILL = 20, 180  # acknowledgements
PEOPLE = ("participant", "participant2", "participant3", "speaker", "mentor")


@dataclass
class Outcome:
    """What the bursts left behind. All but `posts` and `kills` must be 0."""

    kills: int = 0
    posts: int = 0
    missing: int = 0
    doubled: int = 0
    orders_that_differ: int = 0
    slowest_return_seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, doubled or out of order."""
        return not (self.missing or self.doubled or self.orders_that_differ)


async def run(
    folder: Path, *, kills: int, seed: int = 1, database_url: str = "", redis_url: str = ""
) -> Outcome:
    """Kill web `kills` times, each in a burst of its own."""
    chance, outcome = random.Random(seed), Outcome()
    no_media = {"LIVEKIT_URL": "ws://localhost:9"}  # chat needs no engine
    async with running_app(
        folder, database_url=database_url, redis_url=redis_url, settings=no_media
    ) as app:
        people = [app.accounts[PEOPLE[n % len(PEOPLE)]] for n in range(PAGES)]
        tokens = [await log_in(app.url, *person) for person in people]
        for number in range(kills):
            await _burst(app, tokens, number, chance.randint(FIRST_KILL, LAST_KILL), outcome)
    return outcome


async def _burst(app: App, tokens: list[str], number: int, kill_at: int, outcome: Outcome) -> None:
    path = urlsplit(app.room).path
    pages = [Page(app.url, token, path) for token in tokens]
    for page in pages:
        await page.__aenter__()
    acknowledged: list[int] = []  # the numbers of the lines, as the replies say them
    killed_at = 0.0

    async def post(page: Page, place: int) -> None:
        nonlocal killed_at
        for line in range(LINES_EACH):
            body = f"{number}-{place}-{line}"
            reply = await page.ask("chat.post", body=body)
            assert reply["ok"], reply
            acknowledged.append(reply["result"]["seq"])
            if len(acknowledged) == kill_at:
                app.kill("web")
                killed_at = time.monotonic()
            elif killed_at and line == LINES_EACH - 1:
                back = time.monotonic() - killed_at
                outcome.slowest_return_seconds = max(outcome.slowest_return_seconds, back)

    await asyncio.gather(*(post(page, place) for place, page in enumerate(pages)))
    await _judge(pages, number, max(acknowledged), outcome)
    async with Page(app.url, tokens[0], path) as newcomer:  # sees the newest 200: this burst
        kept = [line["body"] for line in newcomer.of("room.snapshot")[0]["chat"]]
        outcome.orders_that_differ += kept != _read(pages[0], number)
    for page in pages:
        await page.__aexit__()


async def _judge(pages: list[Page], number: int, newest: int, outcome: Outcome) -> None:
    """Compare what each page has read with what was acknowledged."""
    expected = {f"{number}-{place}-{line}" for place in range(PAGES) for line in range(LINES_EACH)}
    for page in pages:
        await page.until(lambda page=page: page.room_head >= newest)
    orders = [_read(page, number) for page in pages]
    counts = Counter(orders[0])
    outcome.kills += 1
    outcome.posts += len(expected)
    outcome.missing += len(expected - counts.keys())
    outcome.doubled += sum(count - 1 for count in counts.values())
    outcome.orders_that_differ += sum(order != orders[0] for order in orders)


def _read(page: Page, number: int) -> list[str]:
    bodies = [event["data"]["body"] for event in page.of("chat.posted")]
    return [body for body in bodies if body.startswith(f"{number}-")]


def main() -> None:
    """Run the drill and print one line of JSON: an outcome for each shape."""
    options = _options()
    shapes = ("embedded", "servers") if options.shape == "both" else (options.shape,)
    outcomes = {shape: asyncio.run(_in_shape(shape, options.kills)) for shape in shapes}
    print(json.dumps({shape: asdict(outcome) for shape, outcome in outcomes.items()}))
    raise SystemExit(0 if all(outcome.clean for outcome in outcomes.values()) else 1)


async def _in_shape(shape: str, kills: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        if shape == "embedded":
            return await run(Path(folder), kills=kills)
        with postgres() as postgres_port, redis_server() as redis_port:
            async with fresh(postgres_port, redis_port) as servers:
                return await run(
                    Path(folder),
                    kills=kills,
                    database_url=servers.database_url,
                    redis_url=servers.redis_url,
                )


def _options() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--shape", choices=["embedded", "servers", "both"], default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
