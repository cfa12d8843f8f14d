"""Plays the day: people come, rounds open, processes die."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from server.core import clock
from server.core.db import Database
from server.mentoring import queries
from tests.load.cpu import cpu_seconds
from tests.support.app import App, running_app, start_worker, stop
from tests.support.servers import Servers
from tests.support.training import hold

from .broker import OwnRedis
from .coming import gather, login
from .day import Day, Organizer, Plan
from .rounds import hold_round


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
            token = await login(db, held.organizer)
        organizer = Organizer(app.url, f"/manage/{held.event.slug}/board", token)
        stack.push_async_callback(organizer.go)
        day = Day(plan, database, held, organizer)
        deaths = _deaths(day, app, redis, worker)
        await gather(day, app, stack)
        for number in range(plan.sizes.rounds):
            await hold_round(day, number, deaths)
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


async def _read_again(day: Day) -> None:
    """The rounds as they are now."""
    async with day.database.reading() as db:
        day.held.rounds = await queries.rounds_of(db, day.held.event.id)
