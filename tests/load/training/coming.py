"""Everybody comes: light people, and a few real browsers."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlmodel import select

from server.accounts import logins
from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.events.models import Participation
from tests.load.dtls import Identity
from tests.load.post import PostOffice
from tests.support.app import App
from tests.support.browser import CHROMIUM_SHELL, chromium
from tests.support.round_people import Training

from .day import Day
from .trainee import Trainee

TO_ALL: Final = 2  # who speak before and after the rounds


async def gather(day: Day, app: App, stack: AsyncExitStack) -> None:
    """Everybody comes before the first round."""
    post, identity = PostOffice(), Identity.fresh()
    post.open()
    seed = random.Random(1)
    real = [day.held.members[team.id][-1] for team in day.held.teams[: day.plan.browsers]]
    tokens = await _logins(day, {person.id for person in real})
    path = f"/e/{day.held.event.slug}/s/1/room"
    plenary = str((await day.main_room()).id)
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
        return {person.id: await login(db, person) for person in people}


async def login(db: Db, person: Participation) -> str:
    account = await db.get_one(Account, person.account_id)
    return await logins.start(db, account=account, browser="light", now=clock.now())
