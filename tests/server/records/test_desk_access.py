"""Who may see the attendance page and its file."""

import pytest

from server.events import roles
from server.events.models import EventState, Role
from server.events.roles import Capability
from tests.server.records import given
from tests.server.records.looks import FILE, PAGE, enter, scene
from tests.support.web import Site


@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.parametrize("role", [None, Role.PARTICIPANT, Role.MENTOR, Role.SPEAKER, Role.OBSERVER])
async def test_only_organizers_see_it(site: Site, path: str, role: Role | None) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, role)
        answer = await browser.get(path)
    assert answer.status_code == 403
    assert "久我" not in answer.text


@pytest.mark.parametrize("path", [PAGE, FILE])
async def test_control_the_organizer_sees_it(site: Site, path: str) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        answer = await browser.get(path)
    assert answer.status_code == 200
    assert "久我" in answer.text


@pytest.mark.parametrize("path", [PAGE, FILE])
async def test_who_is_not_logged_in_goes_to_log_in(site: Site, path: str) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


async def test_an_organizer_of_another_event_and_of_a_draft(site: Site) -> None:
    await scene(site.database)
    async with site.database.writing() as db:
        await given.another_event(db, "draft", EventState.DRAFT)
        await given.another_event(db, "open", EventState.PUBLISHED)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        for slug, status in (("draft", 404), ("open", 403), ("nowhere", 404)):
            assert (await browser.get(f"/manage/{slug}/attendance")).status_code == status
            assert (await browser.get(f"/manage/{slug}/attendance.csv")).status_code == status
        assert (await browser.get(f"{PAGE}?session=2")).status_code == 404
        assert (await browser.get(f"{FILE}?session=x")).status_code == 404


async def test_looking_is_not_taking_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two capabilities: one for the page, one for the file."""
    reader = {Role.MENTOR: frozenset({Capability.PEOPLE_READ})}
    monkeypatch.setattr(roles, "CAPABILITIES", roles.CAPABILITIES | reader)
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, Role.MENTOR)
        answer = await browser.get(PAGE)
        assert answer.status_code == 200
        assert ".csv" not in answer.text
        assert (await browser.get(FILE)).status_code == 403
