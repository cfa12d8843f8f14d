"""The people of the whole way, and what each of them does, page by page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator

from tests.support.app import CEILING_SECONDS, App
from tests.support.browser import context_of
from tests.support.hands import Hands
from tests.support.mailbox import Mailbox, arrived, text_of
from tests.support.people import KEEP_CONNECTIONS, Person
from tests.support.visits import first_link

SLUG: Final = "whole-way"
PASSWORD: Final = "a long enough sentence"
ORGANIZER: Final = "organizer@yoriai.example"
NEWCOMER: Final = "newcomer@yoriai.example"
NAME: Final = '=HYPERLINK("見本")'  # a spreadsheet would run it
SESSION: Final = "屋根の上で会う"
# Somewhere it is daytime, so that the event never runs over midnight.
ZONES: Final = ("Asia/Tokyo", "Europe/London")


class Between(NamedTuple):
    """The truth about a moment, as a test outside of the page can know it."""

    first: datetime
    last: datetime

    def holds(self, moment: datetime, *, give: timedelta) -> bool:
        """Whether a moment is not further than that from the truth."""
        return self.first - give <= moment <= self.last + give


@dataclass
class Story:
    """One telling: the installation, its mail box, the hands and the language."""

    app: App
    box: Mailbox
    browser: Browser
    hands: Hands
    locale: str
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def zone(self) -> str:
        """A zone whose day is far from its ends."""
        return next(zone for zone in ZONES if 3 <= self.begun.astimezone(ZoneInfo(zone)).hour < 21)

    def local(self, minutes: int = 0) -> datetime:
        """A moment on the event's clocks, so many minutes from the beginning."""
        return (self.begun + timedelta(minutes=minutes)).astimezone(ZoneInfo(self.zone))

    @asynccontextmanager
    async def somebody(self) -> AsyncIterator[Person]:
        """A person with a browser profile of their own, on no page yet."""
        async with context_of(self.browser, locale=self.locale) as context:
            await context.add_init_script(KEEP_CONNECTIONS)
            page = await context.new_page()
            one = Person(self.app, "", context, page)
            page.on("pageerror", lambda error: one.errors.append(str(error)))
            yield one

    async def becomes_staff(self, one: Person) -> None:
        """The printed link makes the first staff account."""
        await one.go(self.app.url + first_link(self.app))
        await self._write(one, name="世話人", address="staff@yoriai.example", password=PASSWORD)
        await self._send(one, "main form button[type=submit]")

    async def founds(self, one: Person) -> None:
        """Staff found an organization, let it host and invite its manager."""
        await one.go(f"{self.app.url}/staff/organizations")
        await self._write(one, name="見本町", region="見本県")
        await self._send(one, "main form[method=post] button[type=submit]")
        await self._send(one, "[name=may_host][value=true]")
        form = one.page.locator("form[action$='/invite']")
        await self.hands.write(form.locator("[name=address]"), ORGANIZER)
        await self.hands.write(form.locator("[name=name]"), "遠山 佑")
        await self.hands.tick(form.locator("[name=role][value=manager]"))
        await self._push(one, form.locator("button[type=submit]"))

    async def accepts(self, one: Person) -> None:
        """The manager opens the mailed invitation and says yes."""
        await one.go(await self._link_to(ORGANIZER))
        await self._send(one, "main form button[type=submit]")

    async def begins_event(self, one: Person) -> None:
        """A name and a time are enough to begin."""
        await one.go(f"{self.app.url}/manage/new")
        await self._write(
            one,
            title="見本のつどい",
            slug=SLUG,
            day=f"{self.local():%Y-%m-%d}",
            begins="6:00",
            ends="23:00",
        )
        await self._send(one, "main form button[type=submit]")

    async def writes_programme(self, one: Person) -> None:
        """The programme: one discussion whose door is open already."""
        page = one.page
        await self._write(one, **{"summary-ja": "離れた人と土地の人が、同じ火を囲みます。"})
        if self.zone != ZONES[0]:  # at night in Japan only
            await page.select_option("#zone", self.zone)
        await self._write(
            one,
            **{
                "new-from": f"{self.local(-10):%H:%M}",
                "new-until": f"{self.local(50):%H:%M}",
                "new-title": SESSION,
            },
        )
        await self._send(one, "[value=add-session]")

    async def publishes(self, one: Person) -> None:
        """Others can see it from now on."""
        await self._send(one, "#publish-now")
        await one.page.locator(".banner-done").wait_for()

    async def registers_as_newcomer(self, one: Person) -> None:
        """Somebody with a new address: the seat is held until the mailed link is opened."""
        await one.go(f"{self.app.url}/e/{SLUG}/register")
        await self._write(one, name=NAME, address=NEWCOMER)
        await self._send(one, "main form button.button-primary")
        await one.go(await self._link_to(NEWCOMER))
        await self._send(one, "main form button[type=submit]")
        await arrived(self.box, NEWCOMER, 2)  # the confirmation, now that the address is proven

    async def registers(self, one: Person) -> None:
        """Somebody who is logged in already."""
        await one.go(f"{self.app.url}/e/{SLUG}/register")
        await self._send(one, "main form button.button-primary")
        await one.page.locator(".standing").wait_for()

    async def enters(self, one: Person) -> Between:
        """From one's own page through the door, with an open microphone; when one came in."""
        await one.go(f"{self.app.url}/me")
        await self._push(one, one.page.locator("#next .button-now"))
        await self.hands.push(one.page.locator("[data-part=mic-switch]"))
        await one.page.locator("[data-part=mic-switch][aria-pressed=true]").wait_for()
        return await self._moment_of(
            one,
            push="[data-part=prejoin] [data-part=enter]",
            shows="yoriai-tile.tile-you",
        )

    async def leaves(self, one: Person) -> Between:
        """Out of the room; when."""
        return await self._moment_of(one, push="[data-leave]:visible", shows="[data-part=left]")

    async def _moment_of(self, one: Person, *, push: str, shows: str) -> Between:
        """Push something: what it does happens between the push and what the page shows then."""
        before = datetime.now(UTC)
        await self.hands.push(one.page.locator(push).first)
        await one.page.locator(shows).wait_for(timeout=CEILING_SECONDS * 1000)
        return Between(before, datetime.now(UTC))

    async def takes_attendance_away(self, one: Person, folder: Path) -> Path:
        """The organizer looks at the list and takes it away as a file."""
        await one.go(f"{self.app.url}/manage/{SLUG}/attendance")
        async with one.page.expect_download() as downloading:
            await self.hands.push(one.page.locator(".attendance-file"))
        file = folder / "出席.csv"
        await (await downloading.value).save_as(file)
        return file

    async def _write(self, one: Person, **fields: str) -> None:
        for name, text in fields.items():
            await self.hands.write(one.page.locator(f"main [name='{name}']").first, text)

    async def _send(self, one: Person, selector: str) -> None:
        await self._push(one, one.page.locator(selector).first)

    async def _push(self, one: Person, target: Locator) -> None:
        """Push what leads to another page, and wait for that page."""
        async with one.page.expect_navigation():
            await self.hands.push(target)

    async def _link_to(self, address: str) -> str:
        text = text_of(await arrived(self.box, address))
        [link] = re.findall(rf"{re.escape(self.app.url)}/\S+", text)[:1]
        return str(link)
