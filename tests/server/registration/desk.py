"""What a test of the organizer's desk starts from: an event, its organizer, a browser of theirs."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2

from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.events.models import Event, Participation, ParticipationRole, Role
from tests.server.registration import given
from tests.support.web import Browser, Site

PEOPLE = f"/manage/{given.SLUG}/people"


@dataclass
class Organizer:
    """An organizer at the desk of an event."""

    account: Account
    event: Event
    browser: Browser
    last: httpx2.Response = field(default_factory=lambda: httpx2.Response(0))

    async def act(self, verb: str, *registrations: object, **fields: object) -> int:
        """Send an act's form; the status of the answer."""
        page = f"/manage/{self.event.slug}/people"
        return await self.send(page, f"{page}/{verb}", registration=registrations, **fields)

    async def send(self, page: str, action: str, **fields: object) -> int:
        """Open a page and send one of its forms; a field may have several values."""
        shown = await self.browser.get(page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert token, shown.status_code
        data = {name: _texts(value) for name, value in fields.items()}
        sent = await self.browser.client.post(action, data={"csrf_token": token[1], **data})
        self.last = sent
        return sent.status_code

    async def followed(self) -> str:
        """The page that the last act led to."""
        return (await self.browser.get(self.last.headers["location"])).text


def _texts(value: object) -> str | list[str]:
    return [str(each) for each in value] if isinstance(value, tuple | set) else str(value)


@asynccontextmanager
async def organizer(site: Site, **facts: object) -> AsyncIterator[Organizer]:
    """An event with its organizer, who has logged in."""
    who = await site.account("遠山 佑", address=f"{uuid4().hex}@sample.example")
    async with site.database.writing() as db:
        event = await given.event(db, **facts)  # type: ignore[arg-type]  # its facts
        await give(db, event, who, Role.ORGANIZER)
    async with site.browser() as browser:
        browser.hold(await site.login(who))
        yield Organizer(who, event, browser)


async def give(db: Db, event: Event, account: Account, role: Role) -> Participation:
    """Make somebody something at an event, without a registration."""
    participation = Participation(event_id=event.id, account_id=account.id, created_at=clock.now())
    db.add(participation)
    await db.flush()
    db.add(ParticipationRole(participation_id=participation.id, role=role))
    return participation
