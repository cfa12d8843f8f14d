"""The live channel over real sockets: what pages see."""

import asyncio
from typing import Any
from uuid import uuid4

from realtime.live.closing import Close
from server.events.models import Role
from tests.support.live_client import Page, connect, first_of, hello
from tests.support.served import ROOM, Served


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
            snapshot = await first_of(line, "room.snapshot")
        await talker.ask("chat.post", body="二")
        async with connect(served.url, token) as line:
            await line.send(hello(ROOM, page=page_id, have={snapshot["stream"]: snapshot["seq"]}))
            missed = await first_of(line, "chat.posted")
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
