"""The worker is killed again and again while people register and the mail server refuses.

    python -m tests.load.mail_kills [--people 200] [--kills 20] [--refusing 60]

On PostgreSQL and Redis. People register; the worker gets SIGKILL at moments in which it hands mails
over, and is started again at once. For a while the mail server answers 451. Then a session moves
while the last confirmations are still refused. In the end everybody must have one confirmation and
one word of the move with the same calendar UID, and no mail written after the move may show the old
time; what is on its way to the mail server while the session moves is refused, too.

A worker killed between the server's 250 and its own mark sends that mail again, with the same
Message-ID: such second comings are counted as `doubled`. Ends with one JSON line.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import col, select

from server.core import clock
from server.core.db import Database
from server.mail.calendar import uid
from server.mail.models import OutgoingMail
from server.migrations import migrate
from tests.load.forum import Forum, begin, move, owed, register
from tests.load.mail_count import Arrival, Office, entries_of, once_each, shows, with_one
from tests.support.app import start_worker, stop
from tests.support.mailbox import serving
from tests.support.ports import free_port
from tests.support.servers import Servers, fresh, postgres, redis_server

PATIENCE_SHARE: Final = 10  # mails for one of so many people at most, then the worker is killed
IDLE_SECONDS: Final = 3.0  # a worker that has nothing to hand over is killed after it
JITTER_SECONDS: Final = 0.03  # about what one mail takes, so that every moment of it is hit
CEILING_SECONDS: Final = 420
LATE_SHARE: Final = 10  # one of so many registers while the session is about to move
SUBJECTS: Final = {"confirmation": "席が決まりました", "moved": "時刻が変わりました"}


@dataclass
class Outcome:
    """What the kills left behind. `errors`, `open` and `old_times` must be 0."""

    registrations: int = 0
    kills: int = 0
    refused: int = 0
    confirmations: int = 0  # people with exactly one
    doubled: int = 0  # mails that came again, with the same Message-ID
    moved: int = 0  # people with one word of the move, of a higher SEQUENCE
    old_times: int = 0  # mails that came after the move and show the old time
    open: int = 0  # what the outbox still owes
    errors: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether everybody knows all, once."""
        everybody = self.confirmations == self.moved == self.registrations
        return everybody and not (self.errors or self.open or self.old_times)


class Mortal:
    """A worker process that is killed, and started again at once."""

    def __init__(
        self, folder: Path, servers: Servers, office: Office, chance: random.Random, program: str
    ) -> None:
        self._folder, self._servers, self._program = folder, servers, program
        self._office = office
        self._chance = chance
        self.kills = 0

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """While the block runs there is a worker, but for the moments after a kill."""
        self._process = await self._start()
        try:
            yield
        finally:
            await stop(self._process)

    async def _start(self) -> asyncio.subprocess.Process:
        return await start_worker(
            self._folder, self._servers, settings=self._office.settings, program=self._program
        )

    async def die(self, times: int, *, most: int) -> None:
        """Kill it so many times: after 1 … `most` mails, in the midst of one, or while idle."""
        for _ in range(times):
            enough = self._office.offered + self._chance.randint(1, most)
            deadline = time.monotonic() + IDLE_SECONDS
            while self._office.offered < enough and time.monotonic() < deadline:
                await asyncio.sleep(0.002)
            await asyncio.sleep(self._chance.uniform(0, JITTER_SECONDS))
            self._process.kill()
            await self._process.wait()
            self._process = await self._start()
            self.kills += 1


async def run(
    folder: Path,
    servers: Servers,
    *,
    people: int,
    kills: int,
    refusing: float,
    program: str = "server.cli",
    seed: int = 1,
) -> Outcome:
    """The whole run; see the module's text.

    Args:
        refusing: seconds in which the mail server takes nothing, at the beginning.
    """
    began, outcome = time.monotonic(), Outcome()
    addresses = [f"{uuid4().hex}@sample.example" for _ in range(people)]
    late, most = max(1, people // LATE_SHARE), max(1, people // PATIENCE_SHARE)
    database = Database(servers.database_url)
    await migrate(database)
    forum = await begin(database)
    with serving(Office(free_port())) as office:
        worker = Mortal(folder, servers, office, random.Random(seed), program)
        async with worker.alive():
            office.refusing = True
            first = kills // 3
            outcome.errors, _, _ = await asyncio.gather(
                register(database, forum, addresses[:-late], seconds=refusing * 0.8),
                worker.die(first, most=most),
                _take_after(office, refusing),
            )
            await worker.die((kills - first) // 2, most=most)
            await _settled(database)
            office.refusing = True
            outcome.errors += await register(database, forum, addresses[-late:], seconds=0)
            await _refused_again(office, late)
            old, new = await move(database, forum)
            moved_at = time.monotonic()
            await _through(database, clock.now())
            office.refusing = False
            await worker.die(kills - worker.kills, most=most)
            await _settled(database)
        outcome.open, undelivered = await owed(database)
        outcome.errors += undelivered
        outcome.refused, outcome.kills = office.refused, worker.kills
        outcome.registrations = people
        _judge(outcome, office.arrivals, addresses, forum, moved_at=moved_at, old=old, new=new)
    await database.close()
    outcome.errors += _complaints(folder)
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


def _complaints(folder: Path) -> int:
    """What the workers said about mails and jobs that went wrong."""
    said = (folder / "worker.log").read_text().splitlines()
    return sum("mail cannot be" in line or line.startswith("ERROR") for line in said)


async def _take_after(office: Office, seconds: float) -> None:
    """Refuse for so long, counted from the first mail that comes."""
    async with asyncio.timeout(CEILING_SECONDS):
        while not office.offered:
            await asyncio.sleep(0.05)
    await asyncio.sleep(seconds)
    office.refusing = False


async def _refused_again(office: Office, count: int) -> None:
    """Wait until the confirmations of the late ones were written with the old time and refused."""
    enough = office.refused + count
    async with asyncio.timeout(CEILING_SECONDS):
        while office.refused < enough:
            await asyncio.sleep(0.05)


async def _through(database: Database, moment: datetime) -> None:
    """Wait until no mail is on its way any more that was written before a moment."""
    writing = select(func.count()).where(col(OutgoingMail.claimed_at) < moment)
    async with asyncio.timeout(CEILING_SECONDS):
        while True:
            async with database.reading() as db:
                if not (await db.exec(writing)).one():
                    return
            await asyncio.sleep(0.05)


async def _settled(database: Database) -> None:
    async with asyncio.timeout(CEILING_SECONDS):
        while (await owed(database))[0]:
            await asyncio.sleep(0.1)


def _judge(
    outcome: Outcome,
    arrivals: Sequence[Arrival],
    addresses: Sequence[str],
    forum: Forum,
    *,
    moved_at: float,
    old: datetime,
    new: datetime,
) -> None:
    mails = once_each(arrivals)
    outcome.doubled = len(arrivals) - len(mails)
    of_kind = {
        kind: [each for each in mails if str(each.mail["Subject"]).startswith(subject)]
        for kind, subject in SUBJECTS.items()
    }
    outcome.errors += len(mails) - sum(map(len, of_kind.values()))  # mails that nobody awaited
    entry = uid("session", forum.session_id, "http://localhost:8000")
    outcome.confirmations = with_one(of_kind["confirmation"], addresses, uid=entry)
    raised = [
        each
        for each in of_kind["moved"]
        if [(found.sequence, found.starts_at) for found in entries_of(each.mail)] == [(1, new)]
    ]
    outcome.moved = with_one(raised, addresses, uid=entry)
    zone = ZoneInfo(forum.zone)
    outcome.old_times = sum(shows(each.mail, old, zone) for each in arrivals if each.at > moved_at)


async def drill(*, people: int, kills: int, refusing: float) -> Outcome:
    """The whole run on servers of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="yoriai-mails-") as folder,
        postgres() as postgres_port,
        redis_server() as redis_port,
    ):
        async with fresh(postgres_port, redis_port) as servers:
            return await run(Path(folder), servers, people=people, kills=kills, refusing=refusing)


def main() -> None:
    """Run the drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--refusing", type=float, default=60.0)
    outcome = asyncio.run(drill(**vars(parser.parse_args())))
    print(json.dumps({"drill": "mail_kills", **asdict(outcome), "passed": outcome.clean}))
    sys.exit(0 if outcome.clean else 1)


if __name__ == "__main__":
    main()
