"""What closes a connection: each guard, and what happens without it."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime.live import channel, limits
from realtime.live.closing import Close
from server.accounts import logins
from server.core import clock
from tests.support.live_client import closed_with, connect, first_of, hello, report
from tests.support.served import ROOM, Served

PAGE = UUID("01900000-0000-7000-8000-000000000001")


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
        assert await first_of(line, "page.welcome")


async def test_without_a_login_the_line_is_closed(served: Served) -> None:
    async with connect(served.url, "nobody's token") as line:
        assert await closed_with(line) == Close.LOGIN_ENDED


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("not json", Close.PROTOCOL_ERROR),
        ('{"type": "page.hello"}', Close.PROTOCOL_ERROR),
        ('{"type": "chat.post", "id": "x", "body": "y"}', Close.PROTOCOL_ERROR),
        (hello("/e/nowhere/s/1/room", page=PAGE), Close.NOT_HERE),
        (hello("/", page=PAGE), Close.NOT_HERE),
        (hello(ROOM, page=PAGE, have={"room:x": 2**31}), Close.PROTOCOL_ERROR),
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


async def test_control_without_the_bound_a_large_frame_is_read(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "MAX_FRAME_BYTES", 64 * 1024)
    _, token = await served.person("大")
    async with connect(served.url, token) as line:
        await line.send("x" * 17_000)
        assert await closed_with(line) == Close.PROTOCOL_ERROR


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
        await first_of(line, "room.snapshot")
        for _ in range(messages):
            await line.send(json.dumps(report(mic=False)))
        await line.send(json.dumps({"type": "chat.post", "id": str(uuid4()), "body": "ここまで"}))
        try:
            await first_of(line, "reply")
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


async def _revoke(served: Served, token: str) -> None:
    async with served.database.writing() as db:
        found = await logins.find(db, token, now=clock.now(), lasts=timedelta(days=1))
        assert found
        await logins.revoke(db, found[0].id, now=clock.now())


async def test_a_revoked_login_ends_its_line(served: Served) -> None:
    _, token = await served.person("失効")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await first_of(line, "room.snapshot")
        await _revoke(served, token)
        assert await closed_with(line) == Close.LOGIN_ENDED


async def test_logging_out_everywhere_ends_every_line(served: Served) -> None:
    _, token = await served.person("失効")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await first_of(line, "room.snapshot")
        async with served.database.writing() as db:
            found = await logins.find(db, token, now=clock.now(), lasts=timedelta(days=1))
            assert found
            await logins.revoke_all(db, found[1].id, now=clock.now())
        assert await closed_with(line) == Close.LOGIN_ENDED


async def test_control_without_the_check_the_line_outlives_its_login(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = asyncio.Semaphore(0)

    async def nobody(*_: object) -> set[UUID]:
        looks.release()
        return set()

    monkeypatch.setattr("realtime.gateway.Gateway.ended", nobody)
    _, token = await served.person("失効")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await first_of(line, "room.snapshot")
        await _revoke(served, token)
        for _ in range(2):
            await asyncio.wait_for(looks.acquire(), 60)
        await line.send(json.dumps({"type": "chat.post", "id": str(uuid4()), "body": "まだ"}))
        assert (await first_of(line, "reply"))["ok"]


async def test_a_restart_says_so(served: Served) -> None:
    _, token = await served.person("再開")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        await first_of(line, "room.snapshot")
        served.server.should_exit = True
        assert await closed_with(line) == Close.RESTARTING
