"""People are moved between rooms while their pages are open: each reads the right room."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from jwt import decode
from sqlmodel import select

from server.accounts.models import Account, MailAddress
from server.core import clock
from server.mentoring.models import Round
from server.rounds import actions
from server.rounds.actions import Act
from tests.support.live_client import Page
from tests.support.served import Served
from tests.support.training import Held, Sizes, hold

SLUG = "moved"
PATH = f"/e/{SLUG}/s/1/room"
SIZES = Sizes(teams=2, members=2, mentors=1, rounds=1, slots=2)


@dataclass
class Training:
    """A training that is being served."""

    served: Served
    held: Held

    async def page(self, team: int, member: int = 0) -> Page:
        """A page of somebody in a team, who has taken the seat."""
        person = self.held.members[self.held.teams[team].id][member]
        return await self._page(Account(id=person.account_id, name="", created_at=clock.now()))

    async def _page(self, account: Account) -> Page:
        token = await self.served.login(account)
        return Page(self.served.url, token, PATH)

    async def open(self) -> Round:
        """Open the round, as the board does."""
        async with self.served.database.writing() as db:
            act = Act(actor=self.held.organizer.id, now=clock.now())
            return await actions.open_round(db, self.held.rounds[0].id, act)

    async def bar(self, team: int) -> None:
        """Whoever is first in a team must not enter rooms from now on."""
        person = self.held.members[self.held.teams[team].id][0]
        found = select(MailAddress).where(MailAddress.account_id == person.account_id)
        async with self.served.database.writing() as db:
            for address in await db.exec(found):
                address.verified_at = None
                db.add(address)

    async def close(self) -> None:
        """Let the end of the round have come."""
        async with self.served.database.writing() as db:
            round_ = await db.get_one(Round, self.held.rounds[0].id)
            round_.ends_at = clock.now() - timedelta(seconds=1)
            db.add(round_)


@pytest.fixture
async def training(served: Served) -> Training:
    async with served.database.writing() as db:
        held = await hold(db, SIZES, now=clock.now(), slug=SLUG)
    return Training(served, held)


def moved(page: Page) -> list[dict[str, Any]]:
    return page.of("seat.moved")


async def test_an_opened_round_moves_open_pages_and_they_hear_their_new_room(
    training: Training,
) -> None:
    async with (
        await training.page(0) as one,
        await training.page(0, 1) as mate,
        await training.page(1) as other,
    ):
        for page in (one, mate, other):
            assert (await page.ask("seat.take"))["ok"]
        await training.open()
        for page in (one, mate, other):
            await page.until(lambda page=page: moved(page))
        assert moved(one)[0]["data"]["room"] == moved(mate)[0]["data"]["room"]
        assert moved(one)[0]["data"]["room"] != moved(other)[0]["data"]["room"]
        room = f"room:{moved(one)[0]['data']['room']}"
        for page in (one, mate):
            await page.until(lambda page=page: _reads(page, room))
        assert (await one.ask("chat.post", body="ここにいます"))["ok"]
        await mate.until(lambda: [e["data"]["body"] for e in mate.of("chat.posted")])
        assert mate.of("chat.posted")[-1]["data"]["body"] == "ここにいます"
        assert other.of("chat.posted") == []


async def test_a_page_that_holds_its_seat_gets_leave_to_join_with_the_move(
    training: Training,
) -> None:
    async with (
        await training.page(0) as holder,
        await training.page(0, 1) as looker,
        await training.page(1) as barred,
    ):
        for page in (holder, barred):
            assert (await page.ask("seat.take"))["ok"]
        await training.bar(team=1)
        await training.open()
        for page in (holder, looker, barred):
            await page.until(lambda page=page: page.of("room.snapshot")[1:])
        (ticket,) = holder.of("seat.ticket")
        assert ticket["room"] == moved(holder)[0]["data"]["room"]
        claims = decode(ticket["token"], options={"verify_signature": False})
        assert claims["video"]["room"] == ticket["room"]
        assert claims["video"]["canPublish"]
        assert claims["sub"] == ticket["identity"]
        assert looker.of("seat.ticket") == []  # it only looks: another page may hold the seat
        assert barred.of("seat.ticket") == []  # the address was found to be unproven meanwhile


async def test_who_comes_late_or_again_is_in_the_right_room_at_once(training: Training) -> None:
    await training.open()
    async with await training.page(1) as late:
        seat = await late.ask("seat.take")
        door = late.of("session.snapshot")[0]["door"]
        assert (door["kind"], door["number"]) == ("team", 2)
        assert seat["result"]["room"] == door["room"]
        assert late.of("session.snapshot")[0]["round"]["state"] == "open"


async def test_at_the_end_everybody_is_told_to_return_by_this_process_alone(
    training: Training,
) -> None:
    async with await training.page(0) as page:
        await page.ask("seat.take")
        await training.open()
        await page.until(lambda: moved(page))
        await training.close()
        await page.until(lambda: page.of("round.closed"))
        await page.until(lambda: len(moved(page)) == 2)
        assert moved(page)[1]["data"]["kind"] == "main"


def _reads(page: Page, stream: str) -> bool:
    return any(snapshot["stream"] == stream for snapshot in page.of("room.snapshot"))
