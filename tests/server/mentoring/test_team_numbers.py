"""Numbers of teams never repeat, however many register at the same moment."""

import asyncio

from sqlalchemy import text
from sqlmodel import col, select

from server.accounts.models import Account
from server.core import clock
from server.events.models import Event
from server.mentoring.models import Team, TeamState, Training
from server.mentoring.teams import actions as teams
from tests.server.mentoring import given
from tests.support.web import Site

CROWD = 8  # fewer than the connections of a pool


async def _leads(site: Site) -> list[Account]:
    return [await given.person(site, f"代表 {number}") for number in range(CROWD)]


async def test_teams_get_numbers_in_the_order_of_commits(site: Site) -> None:
    event = await given.training(site, capacity=5)
    leads = await _leads(site)
    await asyncio.gather(*(given.team(site, event, lead) for lead in leads))
    async with site.database.reading() as db:
        found = (await db.exec(select(Team.number).order_by(col(Team.registered_at)))).all()
        states = await db.exec(select(Team.state))
        assert set(states) == {TeamState.REGISTERED}
        seated = await (await db.connection()).execute(
            text("SELECT count(*) FROM registration WHERE state = 'seated'")
        )
        assert seated.scalar_one() == 5
    assert sorted(number or 0 for number in found) == list(range(1, CROWD + 1))


async def test_control_without_the_guard_two_see_the_same_number(site: Site) -> None:
    """The same question, asked by all before any of them has written."""
    event = await given.training(site)
    asked = asyncio.Barrier(CROWD)

    async def ask() -> int:
        async with site.database.reading() as db:
            number = await teams.next_number(db, await db.get_one(Event, event.id))
            await asked.wait()
            return number

    assert await asyncio.gather(*(ask() for _ in range(CROWD))) == [1] * CROWD


async def test_one_person_with_two_windows_registers_one_team(site: Site) -> None:
    event, lead = await given.training(site), await given.person(site)
    async with site.database.writing() as db:
        held = await db.get_one(Event, event.id)
        await teams.save(db, held, dict(given.FILLED), base={}, lead=lead, now=clock.now())

    async def register() -> int | None:
        async with site.database.writing() as db:
            held = await db.get_one(Event, event.id)
            known = await db.get_one(Training, event.id)
            return (await teams.register(db, held, known, lead=lead, now=clock.now())).number

    assert await asyncio.gather(*(register() for _ in range(4))) == [1] * 4
    async with site.database.reading() as db:
        assert len((await db.exec(select(Team))).all()) == 1
