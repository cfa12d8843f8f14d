"""What a test of the attendance page sees: a session that is over, its page and its file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2

from server.accounts.models import Account
from server.core.db import Database
from server.events.models import Role
from tests.server.records import given
from tests.support.web import Browser, Site

PAGE = f"/manage/{given.SLUG}/attendance"
FILE = f"{PAGE}.csv"
START = datetime(2026, 2, 20, 5, 5, tzinfo=UTC)  # 14:05 in Japan


def after(minutes: float) -> datetime:
    """So long after the start."""
    return START + timedelta(minutes=minutes)


async def scene(database: Database) -> dict[str, UUID]:
    """A session of 45 minutes that is over: one was there, one for a while, one not."""
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        who = {
            "花": await given.person(db, at, "見本 花", reading="みほん はな"),
            "一郎": await given.person(db, at, "合田 一郎", reading="あいだ いちろう"),
            "久": await given.person(db, at, "久我 あい", reading="くが あい"),
        }
        await given.was_there(db, at, who["花"], after(-5), after(20))
        await given.was_there(db, at, who["花"], after(21), after(50))  # bridged
        await given.was_there(db, at, who["一郎"], after(0), after(10))
        await given.was_there(db, at, who["一郎"], after(15), after(26))
    return who


async def enter(site: Site, browser: Browser, role: Role | None, name: str = "遠山 佑") -> Account:
    """Somebody logs in who has this role in the event, or none."""
    account = await site.account(name)
    if role is not None:
        async with site.database.writing() as db:
            await given.with_role(db, account, role)
    browser.hold(await site.login(account))
    return account


def people(answer: httpx2.Response) -> list[list[str]]:
    """Name, minutes and tag of each row of the page."""
    assert answer.status_code == 200, answer.text
    table = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = []
    for row in table.split("<tr>")[1:]:
        name = re.findall(r"<b>(.*?)</b>", row)[0]
        minutes = re.findall(r'attendance-minutes">(.*?)</td>', row)[0]
        [verdict] = re.findall(r"tag tag-(\w+)", row)
        found.append([name, re.sub(r"<.*?>| ", "", minutes), verdict])
    return found


def table(answer: httpx2.Response) -> list[list[str]]:
    """The rows of the file."""
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
