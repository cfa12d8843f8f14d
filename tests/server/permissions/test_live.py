"""Messages and streams of the live channel, for every kind of visitor, as the one table says."""

import json
from uuid import uuid4

import pytest

from server.accounts.models import Account
from server.core import clock
from server.events.models import Participation, ParticipationRole, Role
from server.events.roles import Capability, can
from tests.server.registration import given
from tests.support.live_client import closed_with, connect, first_of, hello
from tests.support.served import ROOM, Served

NOT_YOURS, PROTOCOL_ERROR = 4403, 1002


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_do_what_its_capabilities_say(served: Served, role: Role) -> None:
    async with await served.page("主催", Role.ORGANIZER) as host:
        posted = await host.ask("chat.post", body="はじめます")
        line = posted["result"]["message"]
        async with await served.page("ひと", role) as page:
            wrote = await page.ask("chat.post", body="こんにちは")
            deleted = await page.ask("chat.delete", message=line)
    assert wrote["ok"] is can({role}, Capability.CHAT_WRITE)
    assert deleted["ok"] is can({role}, Capability.ROOM_MODERATE)


@pytest.mark.parametrize("part", ["a stranger", "in another event"])
async def test_who_has_no_part_in_the_event_hears_nothing(served: Served, part: str) -> None:
    account = await served.account(part, address=f"{uuid4().hex}@sample.example")
    if part == "in another event":
        await _organize_another(served, account)
    token = await served.login(account)
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        assert await closed_with(line) == NOT_YOURS


@pytest.mark.parametrize("role", list(Role))
async def test_streams_that_are_not_ones_own_cannot_be_read(served: Served, role: Role) -> None:
    _, token = await served.person("ひと", role)
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4()))
        you = (await first_of(line, "page.welcome"))["you"]
        room = (await first_of(line, "room.snapshot"))["stream"]
        for stream in (room, f"person:{you}"):
            await line.send(_since(stream))
            assert (await first_of(line, "reply"))["ok"]
    for stream in (f"room:{uuid4()}", f"person:{uuid4()}", f"event:{uuid4()}"):
        async with connect(served.url, token) as line:
            await line.send(hello(ROOM, page=uuid4()))
            await line.send(_since(stream))
            assert await closed_with(line) == PROTOCOL_ERROR


def _since(stream: str) -> str:
    return json.dumps({"type": "events.since", "id": str(uuid4()), "stream": stream, "seq": 0})


async def _organize_another(served: Served, account: Account) -> None:
    async with served.database.writing() as db:
        event = await given.event(db, slug="another")
        participation = Participation(
            event_id=event.id, account_id=account.id, created_at=clock.now()
        )
        db.add(participation)
        await db.flush()
        db.add(ParticipationRole(participation_id=participation.id, role=Role.ORGANIZER))
