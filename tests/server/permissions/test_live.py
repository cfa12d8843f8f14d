"""Messages and streams of the live channel, for every kind of visitor, as the one table says."""

from uuid import uuid4

import pytest

from server.events.models import Role
from server.events.roles import Capability, can
from tests.support.live_client import Page, closed_with, connect, hello
from tests.support.served import ROOM, Served

NOT_YOURS = 4403


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_do_what_its_capabilities_say(served: Served, role: Role) -> None:
    async with await served.page("主催", Role.ORGANIZER) as host:
        posted = await host.ask("chat.post", body="はじめます")
        line = posted["result"]["message"]["message"]
        async with await served.page("ひと", role) as page:
            wrote = await page.ask("chat.post", body="こんにちは")
            deleted = await page.ask("chat.delete", message=line)
    assert wrote["ok"] is can({role}, Capability.CHAT_WRITE)
    assert deleted["ok"] is can({role}, Capability.ROOM_MODERATE)


@pytest.mark.parametrize("part", ["a stranger", "in another event"])
async def test_who_has_no_part_in_the_event_hears_nothing(served: Served, part: str) -> None:
    account = await served.account(part, address=f"{uuid4().hex}@sample.example")
    if part == "in another event":
        await served.elsewhere(account, Role.ORGANIZER)
    token = await served.login(account)
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        assert await closed_with(line) == NOT_YOURS


@pytest.mark.parametrize("role", list(Role))
async def test_streams_that_are_not_ones_own_cannot_be_read(served: Served, role: Role) -> None:
    async with await served.page("ほかの人") as other, await served.page("ひと", role) as page:
        room = page.of("room.snapshot")[0]["stream"]
        own = [each["stream"] for each in page.of("stream.snapshot")]
        foreign = [each["stream"] for each in other.of("stream.snapshot")]
        read = {
            stream: (await page.ask("events.since", stream=stream, seq=0))["ok"]
            for stream in [room, *own, *foreign, f"room:{uuid4()}", f"event:{uuid4()}"]
        }
    allowed = {room, *own}
    assert read == {stream: stream in allowed for stream in read}
    assert set(foreign) - allowed
