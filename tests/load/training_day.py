"""Plays the day: people come, rounds open, processes die, notes are written, help is called."""

import asyncio
import random
import re
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlmodel import select

from server.accounts import logins
from server.accounts.models import Account
from server.core import clock
from server.core.db import Database, Db
from server.events.models import Participation
from server.mentoring import queries
from server.mentoring.models import Round, Slot
from server.mentoring.plans.models import PlanState
from server.mentoring.schedule import timetable
from server.rooms.models import Room
from server.rooms.places import open_main_room
from tests.support.app import App, running_app, start_worker, stop
from tests.support.browser import CHROMIUM_SHELL, chromium
from tests.support.people import Person
from tests.support.ports import free_port
from tests.support.round_people import Training
from tests.support.servers import Servers
from tests.support.training import Held, Sizes, hold
from tests.support.waiting import until

from .cpu import cpu_seconds
from .dtls import Identity
from .post import PostOffice
from .trainee import Trainee, client

SETTLE: Final = 6.0  # after a move everybody must be where they belong
ALL_SETTLE: Final = 12.0  # the same when all come into one room
KILL_AFTER: Final = 25.0  # of a slot's start
TO_ALL: Final = 2  # who speak before and after the rounds


@dataclass
class OwnRedis:
    """A Redis server that can be killed, and comes back as init would bring it back."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            ["redis-server", *arguments], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        await until(self._answers)

    async def _answers(self) -> bool:
        asked = await asyncio.create_subprocess_exec(
            *("redis-cli", "-p", str(self.port), "ping"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return (await asked.communicate())[0].strip() == b"PONG"

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Plan:
    """How large the day is, how many people are real browsers, and what dies."""

    sizes: Sizes
    browsers: int
    kills: tuple[str, ...]
    coming: float = 40.0  # seconds over which people come
    before: float = 120.0  # seconds from the first word to the first round

    @asynccontextmanager
    async def redis(self, folder: Path) -> AsyncIterator[OwnRedis]:
        """The day's Redis server."""
        server = OwnRedis(folder)
        await server.start()
        try:
            yield server
        finally:
            server.kill()


class Organizer:
    """Presses the buttons of the board at `path`."""

    def __init__(self, url: str, path: str, token: str) -> None:
        self._path = path
        self._http = client(url, token)

    async def open(self, number: int) -> None:
        """Open a round."""
        form = await self._http.get("/licences")  # any page that has one
        found = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)
        answer = await self._http.post(f"{self._path}/{number}/open", data={"csrf_token": found[0]})
        assert answer.status_code == 303, answer.text

    async def go(self) -> None:
        """Leave."""
        await self._http.aclose()


@dataclass
class Day:
    """What happened. Moments in seconds of the wall clock."""

    plan: Plan
    database: Database
    held: Held
    organizer: "Organizer"
    people: dict[UUID, Trainee] = field(default_factory=dict)  # by participation
    browsers: dict[UUID, Person] = field(default_factory=dict)
    expected: list[tuple[float, UUID, str]] = field(default_factory=list)  # since when, who, where
    opened: list[float] = field(default_factory=list)
    closed: list[tuple[float, float]] = field(default_factory=list)  # due, found
    killed: list[tuple[str, float]] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    written: list[tuple[UUID, str]] = field(default_factory=list)  # team, line acknowledged
    help_calls: int = 0
    cpu: dict[str, float] = field(default_factory=dict)


async def play(folder: Path, servers: Servers, redis: OwnRedis, plan: Plan) -> Day:
    """The whole day, to its end; the database stays."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(
            running_app(
                folder,
                database_url=servers.database_url,
                redis_url=servers.redis_url,
                demo=False,
            )
        )
        media = {name: app.environment[name] for name in ("MEDIA_HTTP_PORT", "MEDIA_UDP_PORT")}
        worker = await start_worker(folder, servers, settings={"LIVEKIT_URL": "", **media})
        stack.push_async_callback(stop, worker)
        database = Database(servers.database_url)
        stack.push_async_callback(database.close)
        first = clock.now() + timedelta(seconds=plan.before)
        async with database.writing() as db:
            held = await hold(db, plan.sizes, now=first, slug="training-day")
            token = await _login(db, held.organizer)
        organizer = Organizer(app.url, f"/manage/{held.event.slug}/board", token)
        stack.push_async_callback(organizer.go)
        day = Day(plan, database, held, organizer)
        deaths = _deaths(day, app, redis, worker)
        await _gather(day, app, stack)
        for number in range(plan.sizes.rounds):
            await _round(day, number, deaths)
        await asyncio.gather(*(person.go() for person in day.people.values()))
        for name in ("web", "media"):
            day.cpu[name] = cpu_seconds(app.child(name))
        day.cpu["clients"] = time.process_time()
        await asyncio.sleep(2)
        await _read_again(day)
    return day


def _deaths(
    day: Day, app: App, redis: OwnRedis, worker: asyncio.subprocess.Process
) -> list[Awaitable[None]]:
    async def die(name: str) -> None:
        print("killing", name, flush=True)
        day.killed.append((name, time.time()))
        if name == "redis":
            redis.kill()
            await asyncio.sleep(2)
            await redis.start()
        elif name == "worker":
            worker.kill()
        else:
            app.kill(name)

    return [die(name) for name in day.plan.kills]


# --- coming ---
async def _gather(day: Day, app: App, stack: AsyncExitStack) -> None:
    """Everybody comes before the first round."""
    post, identity = PostOffice(), Identity.fresh()
    post.open()
    seed = random.Random(1)
    real = [day.held.members[team.id][-1] for team in day.held.teams[: day.plan.browsers]]
    tokens = await _logins(day, {person.id for person in real})
    path = f"/e/{day.held.event.slug}/s/1/room"
    plenary = str((await _main_room(day)).id)
    for number, (person, token) in enumerate(tokens.items()):
        day.people[person] = Trainee(
            *(app.url, path, token, str(person), post, identity, seed),
            turn=number % 4,
            plenary=plenary,
            to_all=number < TO_ALL,
        )
    await _browsers(day, app, stack, real)  # first: a browser among two hundred starts slowly
    pace = day.plan.coming / max(1, len(day.people))
    await asyncio.gather(*(_come(each, n * pace) for n, each in enumerate(day.people.values())))


async def _come(person: Trainee, after: float) -> None:
    await asyncio.sleep(after)
    await person.come()


async def _browsers(day: Day, app: App, stack: AsyncExitStack, real: list[Participation]) -> None:
    """They yield to the servers, as if they ran elsewhere: each is a session of its own, among
    which Linux shares the processors by group (sched(7), autogroup).
    """
    held = Training(app, day.held, day.database)
    program = Path(app.environment["HOME"]) / "yielding-chromium"
    program.write_text(
        "#!/bin/sh\n[ -w /proc/self/autogroup ] && echo 19 >/proc/self/autogroup\n"
        f'exec nice -n 19 {CHROMIUM_SHELL} "$@"\n'
    )
    program.chmod(0o755)
    for participation in real:
        browser = await stack.enter_async_context(chromium(program=program))
        person = await stack.enter_async_context(held.somebody(browser, participation))
        await person.go(held.room)
        await person.page.click("[data-part=camera-switch]")  # a picture for two hundred costs much
        await person.page.click("[data-part=prejoin] [data-part=enter]")
        await person.inside()
        day.browsers[participation.id] = person


async def _logins(day: Day, without: set[UUID]) -> dict[UUID, str]:
    """The token of a login for everybody of the day but these, by participation."""
    found = select(Participation).where(Participation.event_id == day.held.event.id)
    async with day.database.writing() as db:
        wanted = set(day.held.everyone) - without
        people = [person for person in await db.exec(found) if person.id in wanted]
        return {person.id: await _login(db, person) for person in people}


async def _login(db: Db, person: Participation) -> str:
    account = await db.get_one(Account, person.account_id)
    return await logins.start(db, account=account, browser="light", now=clock.now())


# --- rounds ---
async def _round(day: Day, number: int, deaths: list[Awaitable[None]]) -> None:
    planned = day.held.rounds[number]
    await _sleep_until(planned.starts_at)
    day.opened.append(time.time())
    await day.organizer.open(number + 1)
    async with day.database.reading() as db:
        round_ = await db.get_one(Round, planned.id)
    print("round", number + 1, "open", flush=True)
    slots = day.held.slots[planned.id]
    for slot in slots:
        await _sleep_until(timetable.span_of(round_, slot).starts_at)
        await _slot(day, round_, slot, deaths)
    await _sleep_until(round_.ends_at)
    await until(partial(_is_closed, day, round_))
    day.closed.append((round_.ends_at.timestamp(), time.time()))
    await asyncio.sleep(ALL_SETTLE)
    main = str((await _main_room(day)).id)
    await _check_places(day, f"after round {number + 1}", dict.fromkeys(day.held.everyone, main))


async def _slot(day: Day, round_: Round, slot: Slot, deaths: list[Awaitable[None]]) -> None:
    began = timetable.span_of(round_, slot).starts_at.timestamp()
    await asyncio.sleep(max(0.0, began + SETTLE - time.time()))
    places = await _places(day, slot)
    await _check_places(day, f"round {round_.number} slot {slot.number}", places)
    writing = asyncio.create_task(_write_notes(day, round_, slot))
    calling = asyncio.create_task(_call(day, slot))
    if deaths and (slot.number + round_.number) % 2 == 0:
        await asyncio.sleep(max(0.0, began + KILL_AFTER - time.time()))
        await deaths.pop(0)
    await asyncio.gather(writing, calling)
    await asyncio.sleep(max(0.0, began + slot.length - 5 - time.time()))
    at_the_end = f"end of round {round_.number} slot {slot.number}"
    await _check_places(day, at_the_end, places)
    await _check_faces(day, at_the_end, places)


async def _write_notes(day: Day, round_: Round, slot: Slot) -> None:
    """Two of each team add a line to the note that they share, at about the same time."""

    async def write(team: UUID, place: int) -> None:
        person = day.people.get(day.held.members[team][place].id)
        line = f"round {round_.number} slot {slot.number} seat {place}"
        if person is not None and await person.write(line):
            day.written.append((team, line))

    await asyncio.gather(*(write(t.id, place) for t in day.held.teams for place in (0, 1)))


async def _call(day: Day, slot: Slot) -> None:
    """Two rooms call for help."""
    for team in day.held.teams[slot.number :: 33][:2]:
        person = day.people[day.held.members[team.id][0].id]
        day.help_calls += await person.call_for_help("音が聞こえない人がいます")


async def _places(day: Day, slot: Slot) -> dict[UUID, str]:
    """Where everybody belongs in a slot, by the plan that holds."""
    async with day.database.reading() as db:
        plan = await queries.plan_in(db, day.held.event.id, PlanState.PUBLISHED)
        known = await queries.teams_of(db, day.held.event.id)
        visits = [v for v in await queries.assignments_of(db, plan) if v.slot_id == slot.id]
    teams = {team.id: str(team.room_id) for team in known}
    places = {
        person.id: teams[team] for team, people in day.held.members.items() for person in people
    }
    by_mentor = {mentor.id: mentor.participation_id for mentor in day.held.mentors}
    return places | {by_mentor[visit.mentor_id]: teams[visit.team_id] for visit in visits}


async def _main_room(day: Day) -> Room:
    async with day.database.writing() as db:
        return await open_main_room(db, day.held.session)


async def _check_places(day: Day, when: str, places: dict[UUID, str]) -> None:
    wrong = [p for p, room in places.items() if p in day.people and day.people[p].at != room]
    day.misplaced += [f"{when}: {person}" for person in wrong]
    if wrong:
        print(when, len(wrong), "misplaced", flush=True)


async def _check_faces(day: Day, when: str, places: dict[UUID, str]) -> None:
    """Whether each browser shows those who belong into its room, and nobody else."""
    for person, browser in day.browsers.items():
        expected = {str(other) for other, room in places.items() if room == places[person]}
        if (shown := await browser.faces()) != expected:
            day.misplaced.append(f"{when}: a browser shows {sorted(shown ^ expected)}")
            print(day.misplaced[-1], flush=True)


async def _is_closed(day: Day, round_: Round) -> bool:
    async with day.database.reading() as db:
        now = await db.get_one(Round, round_.id)
        return now.state not in timetable.RUNNING


async def _read_again(day: Day) -> None:
    """The rounds as they are now."""
    async with day.database.reading() as db:
        day.held.rounds = await queries.rounds_of(db, day.held.event.id)


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
