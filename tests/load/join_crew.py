"""One process of people who arrive: `python -m tests.load.join_crew`, told what to do on its input.

The first line is the plan as JSON. Each person opens the event's page and the room's page, connects
the live channel, says hello and waits for the room's snapshot. When all are through it answers
with one line of figures and keeps the sockets open; the end of input ends it, with a second line
that says how many sockets were lost meanwhile.
"""

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from uuid import uuid4

import aiohttp
import uvloop

from tests.support.live_client import hello

PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class JoinPlan:
    """Who comes where, within how many seconds; `pages` are opened one after the other."""

    url: str
    pages: tuple[str, ...]
    room: str
    tokens: tuple[str, ...]
    seconds: float

    def to_line(self) -> bytes:
        """The plan as it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "JoinPlan":
        """The plan as it was sent."""
        fields: dict[str, Any] = json.loads(line)
        for name in ("pages", "tokens"):
            fields[name] = tuple(fields[name])
        return cls(**fields)


@dataclass
class JoinReport:
    """How the arrivals went; times in milliseconds, of those who got through."""

    pages: list[float] = field(default_factory=list)
    snapshots: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0


class Crew:
    """The people of this process."""

    def __init__(self, plan: JoinPlan, session: aiohttp.ClientSession) -> None:
        self.plan, self.session = plan, session
        self.report = JoinReport()
        self.lost = 0
        self._reading: list[asyncio.Task[None]] = []

    async def arrive(self, *, seed: int = 1) -> None:
        """Everybody comes, each at a random moment."""
        chance = random.Random(seed)
        moments = [chance.uniform(0, self.plan.seconds) for _ in self.plan.tokens]
        await asyncio.gather(
            *(self._come(*one) for one in zip(self.plan.tokens, moments, strict=True))
        )

    async def leave(self) -> None:
        """Everybody goes."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def _come(self, token: str, moment: float) -> None:
        await asyncio.sleep(moment)
        headers = {"Cookie": f"login={token}"}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                for path in self.plan.pages:
                    await self._open(path, headers)
                await self._enter(headers)
        except (aiohttp.ClientError, OSError, TimeoutError, Unexpected) as error:
            self.report.errors[f"{type(error).__name__}: {error}"[:120]] += 1

    async def _open(self, path: str, headers: dict[str, str]) -> None:
        began = time.monotonic()
        async with self.session.get(
            self.plan.url + path, headers=headers, allow_redirects=False
        ) as answer:
            await answer.read()
        if answer.status != 200:
            raise Unexpected(f"{answer.status} for {path}")
        self.report.pages.append((time.monotonic() - began) * 1000)

    async def _enter(self, headers: dict[str, str]) -> None:
        began = time.monotonic()
        line = await self.session.ws_connect(
            f"{self.plan.url}/live", headers=headers, origin=self.plan.url, max_msg_size=0
        )
        await line.send_str(hello(self.plan.room, page=uuid4()))
        async for message in line:
            if message.type is aiohttp.WSMsgType.TEXT and '"type":"room.snapshot"' in message.data:
                break
        else:
            raise Unexpected(f"closed with {line.close_code}")
        self.report.snapshots.append((time.monotonic() - began) * 1000)
        self._reading.append(asyncio.create_task(self._read(line)))

    async def _read(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """Read what comes, as a page does; nobody should end it but us."""
        async for _ in line:
            pass
        self.lost += 1


class Unexpected(Exception):
    """An answer that a person would see as an error."""


async def work(line: bytes) -> None:
    """Follow the plan; see the module's text."""
    plan = JoinPlan.from_line(line)
    connector = aiohttp.TCPConnector(limit=0, force_close=True)  # nobody uses another's
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        crew = Crew(plan, session)
        began = _cpu_seconds()
        await crew.arrive()
        crew.report.cpu_seconds = _cpu_seconds() - began
        print(json.dumps(vars(crew.report)), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
        print(json.dumps({"lost": crew.lost}), flush=True)
        await crew.leave()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _allow_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    _allow_sockets()
    uvloop.run(work(sys.stdin.buffer.readline()))
