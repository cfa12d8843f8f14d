"""Many logins race over HTTP for the last seat; one gets it, the others wait in order.

    python -m tests.load.last_seat [--logins 500] [--rounds 20] [--shape embedded|servers|both]

Each round is an event of its own with one seat. Everybody has opened the form; then all forms are
sent at once: to two web processes on PostgreSQL, to the one of `yoriai serve` on SQLite. A round
is right when one has the seat, the others have the places 1, 2, 3 … in the order in which their
rows were written while the event's row was held, and nobody met an error. Ends with one JSON line.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx2
from sqlmodel import col, select

import server.tables  # noqa: F401 - registers every table
from server.accounts import logins
from server.accounts.actions import open_account
from server.core import clock
from server.core.db import Database
from server.events.models import Event, EventKind, EventState
from server.registration.models import Registration, RegistrationChange, RegistrationState
from tests.support.app import CEILING_SECONDS, running_app, running_web
from tests.support.http import http_client
from tests.support.ports import free_port
from tests.support.servers import fresh, postgres, redis_server

GOAL_SECONDS: Final = 10.0
AT_ONCE: Final = 50  # forms that are opened at the same time, before the race
KEPT_SECONDS: Final = 2.0  # less than the server keeps a connection that nobody uses
TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Outcome:
    """What the races left behind. `errors`, `wrong_seats` and `wrong_places` must be 0."""

    rounds: int = 0
    logins: int = 0
    errors: int = 0
    wrong_seats: int = 0
    wrong_places: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every round was right."""
        return not (self.errors or self.wrong_seats or self.wrong_places)


@dataclass(frozen=True)
class Door:
    """A web process: where it is, and the host that it answers to."""

    url: str
    host: str


async def race(database: Database, doors: Sequence[Door], *, count: int, rounds: int) -> Outcome:
    """Run the rounds with `count` logins, spread over the web processes."""
    outcome = Outcome(logins=count)
    tokens = await _logins(database, count)
    async with AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(_browser(doors[number % len(doors)], token))
            for number, token in enumerate(tokens)
        ]
        for _ in range(rounds):
            await _round(database, people, outcome)
    return outcome


async def _round(
    database: Database, people: Sequence[httpx2.AsyncClient], outcome: Outcome
) -> None:
    slug = await _event(database)
    gate = asyncio.Semaphore(AT_ONCE)
    forms = await asyncio.gather(*(_open(gate, person, slug) for person in people))
    began = time.monotonic()
    answers = await asyncio.gather(
        *(_send(person, slug, form) for person, form in zip(people, forms, strict=True))
    )
    outcome.seconds.append(round(time.monotonic() - began, 2))
    outcome.rounds += 1
    outcome.errors += sum(status != 303 for status in answers)
    seats, places = await _result(database, slug)
    outcome.wrong_seats += seats != 1
    outcome.wrong_places += places != list(range(1, len(people)))


async def _open(gate: asyncio.Semaphore, person: httpx2.AsyncClient, slug: str) -> str:
    async with gate:
        shown = await person.get(f"/e/{slug}/register")
    found = TOKEN.search(shown.text)
    assert found, shown.status_code
    return found[1]


async def _send(person: httpx2.AsyncClient, slug: str, form: str) -> int:
    data = {"csrf_token": form, "key": str(uuid4())}
    try:
        return (await person.post(f"/e/{slug}/register", data=data)).status_code
    except httpx2.HTTPError:
        return 0


@asynccontextmanager
async def _browser(door: Door, token: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with http_client(
        base_url=door.url,
        headers={
            "host": door.host,
            "origin": f"http://{door.host}",
            "sec-fetch-site": "same-origin",
        },
        cookies={"login": token},
        timeout=CEILING_SECONDS,
        limits=httpx2.Limits(keepalive_expiry=KEPT_SECONDS),
    ) as client:
        yield client


async def _logins(database: Database, count: int) -> list[str]:
    now, tokens = clock.now(), []
    async with database.writing() as db:
        for number in range(count):
            address = f"{uuid4().hex}@sample.example"
            account = await open_account(
                db, name=f"見本 {number}", address=address, password_hash=None, now=now
            )
            tokens.append(await logins.start(db, account=account, browser="race", now=now))
    return tokens


async def _event(database: Database) -> str:
    slug, starts = f"race-{uuid4().hex[:12]}", clock.now() + timedelta(days=3)
    async with database.writing() as db:
        db.add(
            Event(
                slug=slug,
                kind=EventKind.FORUM,
                title={"ja": "ひとつの席"},
                state=EventState.PUBLISHED,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                capacity=1,
            )
        )
    return slug


async def _result(database: Database, slug: str) -> tuple[int, list[int | None]]:
    """How many have a seat; the places of the others in the order in which they were written."""
    found = (
        select(Registration.state, Registration.place)
        .join(Event, col(Event.id) == col(Registration.event_id))
        .join(RegistrationChange, col(RegistrationChange.registration_id) == col(Registration.id))
        .where(Event.slug == slug)
        .order_by(col(RegistrationChange.id))
    )
    async with database.reading() as db:
        rows = (await db.exec(found)).all()
    seated = [state for state, _ in rows if state is RegistrationState.SEATED]
    return len(seated), [place for state, place in rows if state is RegistrationState.WAITING]


async def on_sqlite(folder: Path, *, count: int, rounds: int) -> Outcome:
    """The race on the one web process of `yoriai serve`."""
    settings = {"LIVEKIT_URL": "ws://localhost:9"}  # no media is needed
    async with running_app(folder, demo=False, settings=settings) as app:
        database = Database(f"sqlite+aiosqlite:///{folder}/data/yoriai.db")
        try:
            door = Door(app.url, app.url.removeprefix("http://"))
            return await race(database, [door], count=count, rounds=rounds)
        finally:
            await database.close()


async def on_servers(folder: Path, *, count: int, rounds: int) -> Outcome:
    """The race on two web processes, one PostgreSQL and one Redis."""
    with postgres() as postgres_port, redis_server() as redis_port:
        async with fresh(postgres_port, redis_port) as servers:
            host = f"localhost:{free_port()}"
            async with (
                running_web(folder, servers, host=host) as one,
                running_web(folder, servers, host=host) as other,
            ):
                database = Database(servers.database_url)
                try:
                    doors = [Door(one, host), Door(other, host)]
                    return await race(database, doors, count=count, rounds=rounds)
                finally:
                    await database.close()


async def drill(*, count: int, rounds: int, shape: str) -> dict[str, object]:
    """The race in the wanted shapes."""
    found: dict[str, object] = {"drill": "last_seat"}
    clean = True
    for name, run in (("embedded", on_sqlite), ("servers", on_servers)):
        if shape in (name, "both"):
            with tempfile.TemporaryDirectory(prefix="yoriai-race-") as folder:
                outcome = await run(Path(folder), count=count, rounds=rounds)
            within = sum(seconds <= GOAL_SECONDS for seconds in outcome.seconds)
            found[name] = asdict(outcome) | {"within_10_s": within}
            clean = clean and outcome.clean
    return found | {"passed": clean}


def main() -> None:
    """Run the drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--shape", choices=["embedded", "servers", "both"], default="both")
    given = parser.parse_args()
    figures = asyncio.run(drill(count=given.logins, rounds=given.rounds, shape=given.shape))
    print(json.dumps(figures))
    sys.exit(0 if figures["passed"] else 1)


if __name__ == "__main__":
    main()
