"""One seat per person, over the lines that pages make, lose and make again."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from websockets.asyncio.client import ClientConnection

from realtime.gateway import Place
from realtime.live import connection, hub
from realtime.live.seats import tell_former_holder
from realtime.protocol.messages import LoggedEvent, SeatRevoked
from server.core import clock
from server.events.models import Role
from server.rooms import seat
from server.rooms.models import SeatState
from tests.support.live_client import Page, connect, first_of, hello, report
from tests.support.served import ROOM, Served


async def test_second_page_is_asked_and_the_first_is_told(served: Served) -> None:
    _, token = await served.person("二枚")
    async with Page(served.url, token, ROOM) as first, Page(served.url, token, ROOM) as second:
        assert (await first.ask("seat.take"))["result"]["mic"] is False
        refused = await second.ask("seat.take")
        assert (refused["ok"], refused["error"]["code"]) == (False, "seat_elsewhere")
        assert (await second.ask("seat.take", here=True))["ok"]
        await first.until(lambda: first.of("seat.lost"))
        assert first.of("seat.lost")[0]["reason"] == "elsewhere"
        assert (await second.ask("seat.take"))["ok"], "it holds the seat already"


async def test_microphone_is_kept_on_the_same_device_and_off_on_another(served: Served) -> None:
    account, token = await served.person("機器")
    async with Page(served.url, token, ROOM) as page:
        await page.ask("seat.take")
        await page.tell(report(mic=True))
        await page.until(lambda: _shown(page, mic=True))
    async with Page(served.url, token, ROOM) as refreshed:
        seat = (await refreshed.ask("seat.take"))["result"]
        assert (seat["mic"], seat["camera"], seat["returning"]) == (True, False, True)
    async with Page(served.url, await served.login(account), ROOM) as other:
        seat = (await other.ask("seat.take"))["result"]
        assert (seat["mic"], seat["returning"]) == (False, False)


def _shown(page: Page, *, mic: bool) -> bool:
    digests = page.of("presence.digest")
    return any(person["mic"] is mic for digest in digests[-1:] for person in digest["people"])


async def test_presence_shows_who_came_and_went(served: Served) -> None:
    async with await served.page("見る") as watcher:
        async with await served.page("来る", Role.MENTOR) as comer:
            await comer.ask("seat.take")
            await watcher.until(lambda: _names(watcher) == [("来る", "mentor")])
        await watcher.until(lambda: _names(watcher) == [])


def _names(page: Page) -> list[tuple[str, str]] | None:
    digests = page.of("presence.digest")
    if not digests:
        return None
    return [(person["name"], person["role"]) for person in digests[-1]["people"]]


async def _take(line: ClientConnection, page: UUID) -> None:
    await line.send(hello(ROOM, page=page))
    await line.send(json.dumps({"type": "seat.take", "id": str(uuid4())}))
    assert (await first_of(line, "reply"))["ok"]


async def _holder_after_a_dead_line_ends(
    served: Served, page: UUID, monkeypatch: pytest.MonkeyPatch
) -> UUID | None:
    """A page comes back over a new line, and only then the end of its old one is seen."""
    gateway, seen = served.live.gateway, asyncio.Event()
    release = gateway.release_seat

    async def release_and_say(place: Place, page: UUID, line: UUID) -> None:
        await release(place, page, line)
        seen.set()

    monkeypatch.setattr(gateway, "release_seat", release_and_say)
    _, token = await served.person("戻る")
    async with connect(served.url, token) as new:
        async with connect(served.url, token) as old:
            await _take(old, page)
            await _take(new, page)
        await asyncio.wait_for(seen.wait(), 60)
        async with served.database.reading() as db:
            return (await db.exec(select(SeatState))).one().connection_id


async def test_the_late_end_of_a_dead_line_takes_no_seat(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = uuid4()
    assert await _holder_after_a_dead_line_ends(served, page, monkeypatch) == page


async def test_control_with_one_name_for_both_lines_it_would(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = uuid4()
    monkeypatch.setattr(connection, "uuid4", lambda: page)
    assert await _holder_after_a_dead_line_ends(served, page, monkeypatch) is None


async def test_a_report_tells_a_page_that_its_seat_is_gone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "tell_former_holder", lambda *_: None)  # the event is missed
    _, token = await served.person("二枚")
    async with Page(served.url, token, ROOM) as first, Page(served.url, token, ROOM) as second:
        await first.ask("seat.take")
        await second.ask("seat.take", here=True)
        await first.tell(report(mic=True))
        await first.ask("chat.post", body="届いた")  # the report before it, too
        await second.tell(report(mic=True))
        await second.until(lambda: _shown(second, mic=True))  # reports have been written
        assert first.of("seat.lost") == []  # the event may still come, and says why
        await first.tell(report(mic=True))
        await first.until(lambda: first.of("seat.lost"))
        assert first.of("seat.lost") == [{"type": "seat.lost", "reason": "elsewhere"}]
        assert second.of("seat.lost") == []


async def test_who_is_removed_is_told_so_though_a_report_comes_first(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_back: list[tuple[connection.Connection, LoggedEvent]] = []
    monkeypatch.setattr(hub, "tell_former_holder", lambda *what: held_back.append(what))
    async with await served.page("外す人") as page, await served.page("ほかの人") as other:
        await page.ask("seat.take")
        await other.ask("seat.take")
        async with served.database.writing() as db:
            held = select(SeatState).where(SeatState.connection_id == page.page)
            state = (await db.exec(held)).one()
            person, session = state.participation_id, state.session_id
            await seat.revoke(db, participation_id=person, session_id=session, now=clock.now())
        await page.tell(report(mic=True))
        await page.ask("chat.post", body="届いた")
        await other.tell(report(mic=True))
        await other.until(lambda: _shown(other, mic=True))
        await page.until(lambda: any(isinstance(event, SeatRevoked) for _, event in held_back))
        for what in held_back:
            tell_former_holder(*what)
        await page.until(lambda: page.of("seat.lost"))
        assert page.of("seat.lost") == [{"type": "seat.lost", "reason": "removed"}]


async def test_a_page_without_the_seat_reports_nothing(served: Served) -> None:
    async with await served.page("席なし") as other, await served.page("席") as page:
        await page.ask("seat.take")
        await other.tell(report(mic=True))
        await page.tell(report(mic=True))
        await page.until(lambda: _shown(page, mic=True))
        assert _names(page) == [("席", "participant")]


async def test_who_leaves_comes_back_as_at_a_first_arrival(served: Served) -> None:
    async with await served.page("退室") as page:
        await page.ask("seat.take")
        await page.tell(report(mic=True))
        await page.until(lambda: _shown(page, mic=True))
        assert (await page.ask("seat.leave"))["ok"]
        seat = (await page.ask("seat.take"))["result"]
        assert (seat["mic"], seat["returning"]) == (False, False)


async def test_a_person_has_a_seat_in_each_session(served: Served) -> None:
    second_room = await served.second_session()
    _, token = await served.person("両方")
    async with (
        Page(served.url, token, second_room) as elsewhere,
        Page(served.url, token, ROOM) as first,
        Page(served.url, token, ROOM) as second,
    ):
        for page in (elsewhere, first):
            assert (await page.ask("seat.take"))["ok"]
        assert (await second.ask("seat.take", here=True))["ok"]
        await first.until(lambda: first.of("seat.lost"))
        await elsewhere.until(lambda: elsewhere.of("seat.taken"))
        await elsewhere.ask("chat.post", body="ここにいる")
        assert elsewhere.of("seat.lost") == []
