"""What a test of the editor starts from: an organization that hosts, its manager, an event."""

import html
import re

from server.accounts.models import Account
from server.core import clock
from server.core.db import Database
from server.events import queries
from server.events.models import Participation, ParticipationRole, Role
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)
from tests.support.web import Browser, Site

SLUG = "furusato-2099"
EDITOR = f"/manage/{SLUG}/sessions"
BEGUN = {
    "kind": "forum",
    "title": "ふるさとの輪",
    "slug": SLUG,
    "day": "2099-02-14",
    "begins": "10:00",
    "ends": "16:30",
}
READY = {"summary-ja": "同じ火を囲みます。"}  # all that a begun event lacks


async def host(database: Database, manager: Account, *, may_host: bool = True) -> Organization:
    """An organization with one manager."""
    async with database.writing() as db:
        made = Organization(name="見本町", may_host=may_host, created_at=clock.now())
        db.add(made)
        await db.flush()
        db.add(
            Membership(
                account_id=manager.id,
                organization_id=made.id,
                role=MembershipRole.MANAGER,
                state=MembershipState.ACTIVE,
                asked_at=clock.now(),
            )
        )
    return made


async def colleague(site: Site, browser: Browser) -> None:
    """Another organizer of the event, logged in."""
    account = await site.account("早瀬 彩")
    browser.hold(await site.login(account))
    async with site.database.writing() as db:
        event = await queries.by_slug(db, SLUG)
        assert event
        person = Participation(event_id=event.id, account_id=account.id, created_at=clock.now())
        db.add(person)
        await db.flush()
        db.add(ParticipationRole(participation_id=person.id, role=Role.ORGANIZER))


async def organizer(site: Site, browser: Browser) -> Account:
    """A manager of a host, logged in, who has begun an event."""
    account = await site.account("遠山 佑")
    browser.hold(await site.login(account))
    organization = await host(site.database, account)
    answer = await browser.submit(
        "/manage/new", "/manage/new", organization=str(organization.id), **BEGUN
    )
    assert (answer.status_code, answer.headers["location"]) == (303, EDITOR)
    return account


async def save(browser: Browser, **fields: str) -> None:
    """Save fields of the draft as the page would, over what it shows now."""
    answer = await browser.submit(EDITOR, EDITOR, base=await base(browser), **fields)
    assert answer.status_code == 303, answer.text


async def base(browser: Browser) -> str:
    """The fingerprints that the editor's page carries."""
    return hidden((await browser.get(EDITOR)).text, "base")


async def publish(browser: Browser) -> int:
    """Publish the draft as it is shown; the status of the answer."""
    v = hidden((await browser.get(EDITOR)).text, "v")
    answer = await browser.submit(EDITOR, f"/manage/{SLUG}/publish", v=v)
    return answer.status_code


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])
