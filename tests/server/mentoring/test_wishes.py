"""Wishes: written by the lead of a team and by a mentor, seen by organizers alone."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.events.models import Participation
from server.mentoring.models import Team
from server.mentoring.wishes.models import Wish, WishBy
from tests.server.mentoring.planned import training
from tests.support.training import Held
from tests.support.web import Browser, Site


@pytest.fixture
async def held(site: Site) -> Held:
    return await training(site.database)


async def browser_of(site: Site, browser: Browser, account_id: UUID) -> None:
    """Log somebody in."""
    async with site.database.reading() as db:
        browser.hold(await site.login(await db.get_one(Account, account_id)))


async def wishes(site: Site) -> dict[tuple[WishBy, UUID], int]:
    async with site.database.reading() as db:
        return {
            (each.by, each.mentor_id if each.by is WishBy.TEAM else each.team_id): each.weight
            for each in await db.exec(select(Wish))
        }


async def test_a_lead_says_whom_the_team_would_like_and_takes_it_back(
    site: Site, held: Held
) -> None:
    team, path = held.teams[0], f"/e/{held.event.slug}/team/1/wishes"
    gladly, rather_not = held.mentors[0].id, held.mentors[1].id
    async with site.browser() as browser:
        await browser_of(site, browser, team.lead_id)
        sent = {f"wish-{gladly}": "2", f"wish-{rather_not}": "-2", "language-en": "on"}
        done = await browser.submit(path, path, **sent)
        assert done.status_code == 303, done.text
        assert await wishes(site) == {(WishBy.TEAM, gladly): 2, (WishBy.TEAM, rather_not): -2}
        async with site.database.reading() as db:
            assert (await db.get_one(Team, team.id)).languages == ["en"]
        page = (await browser.get(path)).text
        assert f'name="wish-{gladly}" value="2" checked' in page
        await browser.submit(path, path, **{f"wish-{gladly}": "0", f"wish-{rather_not}": "1"})
    assert await wishes(site) == {(WishBy.TEAM, rather_not): 1}


async def test_what_is_no_choice_changes_nothing_and_a_stranger_is_not_found(
    site: Site, held: Held
) -> None:
    path = f"/e/{held.event.slug}/team/1/wishes"
    async with site.browser() as browser:
        await browser_of(site, browser, held.teams[0].lead_id)
        odd = await browser.submit(path, path, **{f"wish-{held.mentors[0].id}": "99"})
        assert odd.status_code == 303
        assert (await browser.submit(path, path, **{f"wish-{uuid4()}": "1"})).status_code == 404
        assert (await browser.submit(path, path, **{"wish-nobody": "1"})).status_code == 404
    assert await wishes(site) == {}


async def test_who_does_not_speak_for_the_team_writes_no_wish(site: Site, held: Held) -> None:
    path = f"/e/{held.event.slug}/team/1/wishes"
    other = held.members[held.teams[0].id][1]
    async with site.browser() as browser:
        await browser_of(site, browser, other.account_id)
        sent = {f"wish-{held.mentors[0].id}": "2"}
        assert (await browser.submit("/licences", path, **sent)).status_code == 403
        assert "メンターの希望を書く" not in (await browser.get(path.removesuffix("/wishes"))).text
    assert await wishes(site) == {}


async def test_a_mentor_says_which_teams_one_would_like(site: Site, held: Held) -> None:
    path = f"/e/{held.event.slug}/mentor/wishes"
    async with site.browser() as browser:
        async with site.database.reading() as db:
            person = await db.get_one(Participation, held.mentors[0].participation_id)
        await browser_of(site, browser, person.account_id)
        done = await browser.submit(path, path, **{f"wish-{held.teams[2].id}": "1"})
        assert done.status_code == 303, done.text
        assert f'name="wish-{held.teams[2].id}" value="1" checked' in (await browser.get(path)).text
        assert (await browser.submit(path, path, **{f"wish-{uuid4()}": "1"})).status_code == 404
    assert await wishes(site) == {(WishBy.MENTOR, held.teams[2].id): 1}
