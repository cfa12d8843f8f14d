"""Presence over the live channel is attendance: taken, renewed, left, lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, update

from realtime.gateway import Devices
from server.core import clock
from server.events.models import Role, Session, SessionKind
from server.records import actions
from server.records.models import Attendance, ClosedBy, Via
from server.rooms import seat
from server.rooms.seat import Holder
from tests.server.records import given
from tests.support.live_client import Page
from tests.support.served import ROOM, Served
from tests.support.waiting import until


async def ends(served: Served) -> list[ClosedBy | None]:
    """How the stays ended, by their beginning."""
    return [row.closed_by for row in await given.rows(served.database)]


async def test_taking_and_leaving_the_seat_is_a_stay(served: Served) -> None:
    async with await served.page() as page:
        await page.ask("seat.take")
        [row] = await given.rows(served.database)
        assert (row.via, row.left_at) == (Via.LIVE, None)
        assert row.source_key == f"{page.page}/{row.joined_at.isoformat()}"
        await page.ask("seat.leave")
        assert await ends(served) == [ClosedBy.LEFT]
        await page.ask("seat.take")
        assert await ends(served) == [ClosedBy.LEFT, None]


async def test_a_page_that_goes_ends_the_stay(served: Served) -> None:
    async with await served.page() as page:
        await page.ask("seat.take")
    await until(lambda: _ended(served, [ClosedBy.LEFT]))


async def test_control_a_page_without_the_seat_leaves_no_trace(served: Served) -> None:
    async with await served.page() as page:
        assert (await page.ask("seat.leave"))["ok"]
    assert await ends(served) == []


async def test_the_page_that_loses_the_seat_ends_where_it_was_last_seen(served: Served) -> None:
    _, token = await served.person("二枚")
    async with Page(served.url, token, ROOM) as first, Page(served.url, token, ROOM) as second:
        await first.ask("seat.take")
        await second.ask("seat.take", here=True)
        await first.until(lambda: first.of("seat.lost"))
        await first.ask("seat.leave")  # it holds nothing any more
    lost, held = await given.rows(served.database)
    assert (lost.left_at, lost.closed_by) == (lost.seen_at, ClosedBy.LAST_SEEN)
    assert held.source_key.startswith(f"{second.page}/")
    await until(lambda: _ended(served, [ClosedBy.LAST_SEEN, ClosedBy.LEFT]))


async def test_who_is_put_out_of_the_seat_ends_where_last_seen(served: Served) -> None:
    async with await served.page() as page:
        await page.ask("seat.take")
        [row] = await given.rows(served.database)
        async with served.database.writing() as db:
            await seat.revoke(
                db,
                participation_id=row.participation_id,
                session_id=row.session_id,
                now=clock.now(),
            )
        holder = Holder(row.participation_id, row.session_id, page.page)
        assert await served.live.gateway.report({holder: Devices(False, False)}) == {holder}
        async with served.database.writing() as db:
            await actions.close_unseen(db, now=clock.now() + timedelta(minutes=1))
        [row] = await given.rows(served.database)
        assert (row.left_at, row.closed_by) == (row.joined_at, ClosedBy.LAST_SEEN)


async def test_reports_renew_the_evidence(served: Served) -> None:
    async with await served.page() as page:
        await page.ask("seat.take")
        [row] = await given.rows(served.database)
        past = row.seen_at - timedelta(seconds=20)
        async with served.database.writing() as db:
            await db.exec(
                update(Attendance).where(col(Attendance.id) == row.id).values(seen_at=past)
            )
        holder = Holder(row.participation_id, row.session_id, page.page)
        stranger = Holder(row.participation_id, row.session_id, uuid4())
        gateway, devices = served.live.gateway, Devices(mic=False, camera=False)
        assert await gateway.report({stranger: devices}) == {stranger}
        assert (await given.rows(served.database))[0].seen_at == past, "not this page's seat"
        assert await gateway.report({holder: devices}) == set()
        assert (await given.rows(served.database))[0].seen_at > row.seen_at


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PARTICIPANT])
async def test_who_only_listens_to_text_is_present(served: Served, role: Role) -> None:
    """A person who never meets the media engine: the live channel alone says it."""
    async with served.database.writing() as db:
        await db.exec(update(Session).values(kind=SessionKind.STAGE))
    async with await served.page("見る人", role) as page:
        await page.ask("seat.take")
        [row] = await given.rows(served.database)
        assert (row.via, row.left_at) == (Via.LIVE, None)


async def _ended(served: Served, how: list[ClosedBy]) -> bool:
    return await ends(served) == how
