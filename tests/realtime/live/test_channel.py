"""The live channel over real sockets: what pages see, and what closes them."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime.live import channel, connection, limits
from realtime.live.closing import Close
from realtime.live.connection import Connection
from server.accounts import logins
from server.core import clock
from server.events.models import Role
from server.rooms import chat
from tests.support.live_client import Page, connect, hello
from tests.support.served import ROOM, Served


async def closed_with(line: Any) -> int:
    """The code with which the server closes a line."""
    async with asyncio.timeout(60):
        await line.wait_closed()
    return int(line.close_code)


async def test_chat_reaches_everybody_once_in_one_order(served: Served) -> None:
    async with await served.page("一") as one, await served.page("二") as two:
        replies = await asyncio.gather(
            *(one.ask("chat.post", body=f"一の{n}") for n in range(5)),
            *(two.ask("chat.post", body=f"二の{n}") for n in range(5)),
        )
        assert all(reply["ok"] for reply in replies)
        for page in (one, two):
            await page.until(lambda page=page: len(page.events) == 10)
        assert [event["data"] for event in one.events] == [event["data"] for event in two.events]
        assert [event["seq"] for event in one.events] == list(range(1, 11))


async def test_a_resent_post_gets_its_first_answer(served: Served) -> None:
    async with await served.page() as page:
        request = uuid4()
        first = await page.ask("chat.post", id_=request, body="一度だけ")
        again = await page.ask("chat.post", id_=request, body="一度だけ")
        assert first == again
        await page.until(lambda: len(page.events) == 1)
        assert (await page.ask("chat.post", body="つぎ"))["result"]["seq"] == 2


async def test_snapshot_and_events_equal_a_fresh_snapshot(served: Served) -> None:
    async with await served.page("早") as early:
        first = (await early.ask("chat.post", body="はじめ"))["result"]["message"]
        async with await served.page("遅") as late:
            await late.ask("chat.post", body="つぎ")
            await early.ask("chat.delete", message=first)
            await late.until(lambda: late.room_head == 3)
            built = _applied(late)
        async with await served.page("新") as fresh:
            assert built == fresh.of("room.snapshot")[0]["chat"]
            assert fresh.room_head == 3


def _applied(page: Page) -> list[dict[str, Any]]:
    lines = list(page.of("room.snapshot")[0]["chat"])
    for event in page.events:
        if event["type"] == "chat.posted":
            lines.append(event["data"])
        else:
            gone = event["data"]["message"]
            lines = [
                line | {"body": "", "deleted": True} if line["message"] == gone else line
                for line in lines
            ]
    return lines


async def test_a_page_that_comes_back_gets_what_it_missed(served: Served) -> None:
    _, token = await served.person("帰")
    page_id = uuid4()
    async with await served.page("話") as talker:
        await talker.ask("chat.post", body="一")
        async with connect(served.url, token) as line:
            await line.send(hello(ROOM, page=page_id))
            snapshot = await _first(line, "room.snapshot")
        await talker.ask("chat.post", body="二")
        async with connect(served.url, token) as line:
            await line.send(hello(ROOM, page=page_id, have={snapshot["stream"]: snapshot["seq"]}))
            missed = await _first(line, "chat.posted")
            assert (missed["seq"], missed["data"]["body"]) == (2, "二")
            assert missed["server_now"]


async def test_events_since_fills_a_gap(served: Served) -> None:
    async with await served.page() as page:
        for body in "一二三":
            await page.ask("chat.post", body=body)
        stream = page.of("room.snapshot")[0]["stream"]
        answer = await page.ask("events.since", stream=stream, seq=1)
        assert answer["result"] == {"seq": 3}


async def test_a_stream_of_others_is_not_told(served: Served) -> None:
    async with await served.page() as page:
        await page.tell({"type": "events.since", "id": str(uuid4()), "stream": "room:x", "seq": 0})
        await page.until(lambda: page.closes)
        assert page.closes == [Close.PROTOCOL_ERROR]


async def _first(line: Any, type_: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            message: dict[str, Any] = json.loads(await line.recv())
            if message["type"] == type_:
                return message


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


def report(*, mic: bool) -> dict[str, Any]:
    """What a page in the room says each 5 s."""
    return {
        "type": "seat.report",
        "mic": mic,
        "camera": False,
        "talk_ms": 0,
        "quality": "good",
        "transport": "udp",
    }


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


async def test_only_author_and_moderator_take_a_line_back(served: Served) -> None:
    async with (
        await served.page("書") as author,
        await served.page("他") as other,
        await served.page("主", Role.ORGANIZER) as organizer,
    ):
        line = (await author.ask("chat.post", body="消す"))["result"]["message"]
        refused = await other.ask("chat.delete", message=line)
        assert refused["error"]["code"] == "not_your_line"
        assert (await organizer.ask("chat.delete", message=line))["ok"]


# --- guards, each with its control ---


async def test_another_origin_is_refused_at_the_handshake(served: Served) -> None:
    _, token = await served.person("元")
    for origin in ("https://evil.example", f"{served.url}.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(served.url, token, origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def test_control_without_the_origin_check_it_would_connect(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.gateway.Gateway.from_our_pages", lambda *_: True)
    _, token = await served.person("元")
    async with connect(served.url, token, origin="https://evil.example") as line:
        await line.send(hello(ROOM, page=uuid4()))
        assert await _first(line, "page.welcome")


async def test_without_a_login_the_line_is_closed(served: Served) -> None:
    async with connect(served.url, "nobody's token") as line:
        assert await closed_with(line) == Close.LOGIN_ENDED


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("not json", Close.PROTOCOL_ERROR),
        ('{"type": "page.hello"}', Close.PROTOCOL_ERROR),
        ('{"type": "chat.post", "id": "x", "body": "y"}', Close.PROTOCOL_ERROR),
        (hello("/e/nowhere/s/1/room", page=uuid4()), Close.NOT_HERE),
        (hello("/", page=uuid4()), Close.NOT_HERE),
        ("x" * 17_000, Close.TOO_BIG),
    ],
)
async def test_first_message_must_be_a_fitting_hello(
    served: Served, first: str, code: Close
) -> None:
    _, token = await served.person("始")
    async with connect(served.url, token) as line:
        await line.send(first)
        assert await closed_with(line) == code


async def test_binary_frames_are_refused(served: Served) -> None:
    _, token = await served.person("二進")
    async with connect(served.url, token) as line:
        await line.send(b"\x00")
        assert await closed_with(line) == Close.PROTOCOL_ERROR


async def test_a_person_without_a_place_in_the_event_is_refused(served: Served) -> None:
    token = await served.login(await served.account("外"))
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        assert await closed_with(line) == Close.NOT_FOR_YOU


async def test_who_says_nothing_is_closed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "HELLO_SECONDS", 0.2)
    _, token = await served.person("黙")
    async with connect(served.url, token) as line:
        assert await closed_with(line) == Close.SILENT


async def _flood(served: Served, messages: int) -> int | None:
    _, token = await served.person("洪水")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await _first(line, "room.snapshot")
        for _ in range(messages):
            await line.send(json.dumps(report(mic=False)))
        await line.send(json.dumps({"type": "chat.post", "id": str(uuid4()), "body": "ここまで"}))
        try:
            await _first(line, "reply")
        except ConnectionClosed:
            return line.close_code
    return None


async def test_a_flood_closes_its_sender(served: Served) -> None:
    assert await _flood(served, 100) == Close.FLOOD


async def test_control_without_the_limit_the_flood_passes(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.Bucket, "spend", lambda *_: True)
    assert await _flood(served, 100) is None


async def test_a_revoked_login_ends_its_line(served: Served) -> None:
    _, token = await served.person("失効")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await _first(line, "room.snapshot")
        async with served.database.writing() as db:
            found = await logins.find(db, token, now=clock.now(), lasts=timedelta(days=1))
            assert found
            await logins.revoke(db, found[0].id, now=clock.now())
        assert await closed_with(line) == Close.LOGIN_ENDED


async def test_a_page_that_does_not_read_is_closed_and_hurts_nobody(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_WAITING_BYTES", 20_000)
    _, token = await served.person("読まない")
    async with connect(served.url, token) as lazy, await served.page("話") as talker:
        await lazy.send(hello(ROOM, page=uuid4()))
        await _first(lazy, "room.snapshot")
        held = await _connection(served, "読まない")
        monkeypatch.setattr(held, "_websocket", _Stuck())
        for n in range(12):
            assert (await talker.ask("chat.post", body=f"{n}" + "長" * 1000))["ok"]
        await talker.until(lambda: len(talker.events) == 12)
        assert held.ending == Close.TOO_SLOW
        assert held._waiting_bytes <= 20_000


async def _connection(served: Served, name: str) -> Connection:
    async with asyncio.timeout(60):
        while True:
            for each in served.app.state.live.hub.connections:
                if each.place.visitor.name == name:
                    assert isinstance(each, Connection)
                    return each
            await asyncio.sleep(0.01)


class _Stuck:
    """A socket whose reader has gone to sleep."""

    async def send_text(self, _: str) -> None:
        await asyncio.Event().wait()


def test_chat_bound_is_the_protocols() -> None:
    assert chat.LONGEST == 2000
