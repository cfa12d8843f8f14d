"""Former addresses lead to the present ones, under every public page of an event."""

import pytest

from server.events.models import EventState
from tests.server.programme import given
from tests.support.web import Site

RESTS = ["", "/schedule", "/schedule?show=mine", "/calendar.ics?lang=en", "/s/1", "/register"]


@pytest.mark.parametrize("rest", RESTS)
async def test_a_former_slug_leads_to_the_present_one(site: Site, rest: str) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.session(db, event)
        await given.former(db, event, "once")
    async with site.browser() as browser:
        answer = await browser.get(f"/e/once{rest}")
        assert answer.status_code == 301
        assert answer.headers["location"] == given.PAGE + rest
        assert (await browser.get(answer.headers["location"])).status_code == 200


async def test_a_former_slug_tells_nothing_of_a_draft(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.former(db, event, "once")
        event.state = EventState.DRAFT
        db.add(event)
    async with site.browser() as browser:
        assert (await browser.get("/e/once")).status_code == 404


async def test_a_slug_in_use_leads_nowhere_else(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.event(db, slug="once", title={"ja": "別のつどい"})
        await given.former(db, event, "once")
    async with site.browser() as browser:
        assert "別のつどい" in (await browser.get("/e/once")).text
        assert (await browser.get("/e/once/s/9")).status_code == 404


async def test_an_unknown_slug_is_not_found(site: Site) -> None:
    async with site.browser() as browser:
        assert (await browser.get("/e/never")).status_code == 404
