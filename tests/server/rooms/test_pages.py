"""The room's page and its media token: who gets one, for what, and who does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from livekit import api
from sqlalchemy import update
from sqlmodel import col, select

from server.accounts.models import MailAddress
from server.core import clock
from server.events.models import Event, Participation, Role, Session, SessionKind
from server.registration import actions
from server.registration.actions import Act
from server.rooms import seat
from tests.support.live_client import Page
from tests.support.served import ROOM, Served
from tests.support.web import Browser


@asynccontextmanager
async def browser(served: Served, token: str) -> AsyncIterator[Browser]:
    """A browser with a login, at the served address."""
    async with served.browser(origin=served.url) as found:
        found.client.base_url = served.url
        found.client.headers["cookie"] = f"login={token}"
        yield found


async def ask_token(served: Served, token: str, connection: object) -> tuple[int, dict[str, Any]]:
    async with browser(served, token) as page:
        answer = await page.client.post(f"{ROOM}/token", json={"connection": str(connection)})
    return answer.status_code, answer.json()


async def change_session(served: Served, **values: Any) -> None:
    async with served.database.writing() as db:
        session = (await db.exec(select(Session))).one()
        for name, value in values.items():
            setattr(session, name, value)
        db.add(session)


def claims(served: Served, body: dict[str, Any]) -> Any:
    verifier = api.TokenVerifier(
        served.settings.livekit_api_key, served.settings.livekit_api_secret
    )
    return verifier.verify(body["token"])


async def test_the_page_that_holds_the_seat_gets_a_token(served: Served) -> None:
    _, token = await served.person("花")
    async with Page(served.url, token, ROOM) as page:
        room = (await page.ask("seat.take"))["result"]["room"]
        status, body = await ask_token(served, token, page.page)
    assert status == 200
    assert (body["room"], body["url"]) == (room, served.settings.media_browser_url)
    said = claims(served, body)
    assert (said.video.room, said.identity, said.attributes) == (
        room,
        body["identity"],
        {"epoch": "1"},
    )


async def test_without_the_seat_there_is_no_token(served: Served) -> None:
    _, token = await served.person("花")
    async with Page(served.url, token, ROOM) as page:
        assert (await ask_token(served, token, page.page))[1]["code"] == "seat_not_held"
        await page.ask("seat.take")
        assert (await ask_token(served, token, uuid4()))[1]["code"] == "seat_not_held"
        await page.ask("seat.leave")
        assert (await ask_token(served, token, page.page))[1]["code"] == "seat_not_held"


async def test_a_cancelled_session_lets_nobody_in(served: Served) -> None:
    _, token = await served.person("花")
    async with Page(served.url, token, ROOM) as page:
        await page.ask("seat.take")
        await change_session(served, cancelled_at=clock.now())
        assert (await ask_token(served, token, page.page))[1]["code"] == "session_cancelled"
    async with browser(served, token) as shown:
        assert (await shown.get(ROOM)).status_code == 409


async def test_a_seat_taken_elsewhere_raises_the_epoch(served: Served) -> None:
    _, token = await served.person("花")
    async with Page(served.url, token, ROOM) as first, Page(served.url, token, ROOM) as second:
        await first.ask("seat.take")
        await second.ask("seat.take", here=True)
        assert (await ask_token(served, token, first.page))[0] == 409
        said = claims(served, (await ask_token(served, token, second.page))[1])
    assert said.attributes == {"epoch": "2"}


async def test_revoked_access_closes_token_and_page(served: Served) -> None:
    account, token = await served.person("花")
    async with Page(served.url, token, ROOM) as page:
        await page.ask("seat.take")
        async with served.database.writing() as db:
            mine = select(Participation).where(Participation.account_id == account.id)
            participation = (await db.exec(mine)).one()
            session = (await db.exec(select(Session))).one()
            await seat.revoke(
                db, participation_id=participation.id, session_id=session.id, now=clock.now()
            )
        await page.until(lambda: page.of("seat.lost"))
        assert page.of("seat.lost")[0]["reason"] == "removed"
        assert (await ask_token(served, token, page.page))[0] == 409


@pytest.mark.parametrize(
    ("kind", "role", "publish"),
    [
        (SessionKind.DISCUSSION, Role.PARTICIPANT, True),
        (SessionKind.DISCUSSION, Role.OBSERVER, False),
        (SessionKind.STAGE, Role.PARTICIPANT, False),
        (SessionKind.STAGE, Role.SPEAKER, True),
    ],
)
async def test_token_carries_the_grants_of_the_role(
    served: Served, kind: SessionKind, role: Role, publish: bool
) -> None:
    await change_session(served, kind=kind)
    _, token = await served.person("役", role)
    async with Page(served.url, token, ROOM) as page:
        await page.ask("seat.take")
        said = claims(served, (await ask_token(served, token, page.page))[1])
    assert (said.video.can_publish, said.video.can_subscribe) == (publish, True)


async def test_before_the_door_opens_only_moderators_enter(served: Served) -> None:
    await change_session(served, doors_at=clock.now() + timedelta(minutes=5))
    _, participant = await served.person("早い")
    _, organizer = await served.person("主催", Role.ORGANIZER)
    async with Page(served.url, participant, ROOM) as page:
        assert (await page.ask("seat.take"))["error"]["code"] == "door_early"
        assert (await ask_token(served, participant, page.page))[1]["code"] == "door_early"
    async with Page(served.url, organizer, ROOM) as page:
        assert (await page.ask("seat.take"))["ok"]
        assert (await ask_token(served, organizer, page.page))[0] == 200


async def test_after_the_end_nobody_enters(served: Served) -> None:
    await change_session(served, ends_at=clock.now() - timedelta(minutes=20))
    _, organizer = await served.person("主催", Role.ORGANIZER)
    async with Page(served.url, organizer, ROOM) as page:
        assert (await page.ask("seat.take"))["error"]["code"] == "door_closed"


async def test_others_get_neither_page_nor_token(served: Served) -> None:
    outsider = await served.login(await served.account("外"))
    assert (await ask_token(served, outsider, uuid4()))[0] == 403
    async with browser(served, outsider) as page:
        assert (await page.get(ROOM)).status_code == 403
        assert (await page.get("/e/test-forum/s/9/room")).status_code == 404
    assert (await ask_token(served, "no login", uuid4()))[0] == 401
    async with browser(served, "no login") as guest:
        answer = await guest.get(ROOM)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={ROOM}")


@pytest.mark.parametrize("body", ["", "{}", '{"connection": 1}', '{"connection": "x", "y": 1}'])
async def test_a_malformed_request_is_refused(served: Served, body: str) -> None:
    _, token = await served.person("花")
    async with browser(served, token) as page:
        answer = await page.client.post(f"{ROOM}/token", content=body)
    assert answer.status_code == 422


async def test_another_site_gets_no_token(served: Served) -> None:
    _, token = await served.person("花")
    async with browser(served, token) as page:
        page.client.headers.update({"origin": "https://evil.example"})
        page.client.headers.pop("sec-fetch-site")
        answer = await page.client.post(f"{ROOM}/token", json={"connection": str(uuid4())})
    assert answer.status_code == 403


async def refusal(served: Served, token: str) -> tuple[int, str]:
    status, body = await ask_token(served, token, uuid4())
    return status, body["code"]


async def test_an_unproven_address_enters_no_room(served: Served) -> None:
    account, token = await served.person("花")
    async with served.database.writing() as db:
        await db.exec(
            update(MailAddress)
            .where(col(MailAddress.account_id) == account.id)
            .values(verified_at=None)
        )
    assert await refusal(served, token) == (403, "address_unproven")


async def test_a_session_by_seat_lets_in_who_has_one(served: Served) -> None:
    await change_session(served, by_seat=True, capacity=1)
    account, token = await served.person("花")
    assert await refusal(served, token) == (403, "seat_needed")
    _, speaker = await served.person("登壇", Role.SPEAKER)
    assert await refusal(served, speaker) == (409, "seat_not_held")
    async with served.database.writing() as db:
        event = (await db.exec(select(Event))).one()
        session = (await db.exec(select(Session))).one()
        act = Act(actor=account.id, now=clock.now())
        await actions.register(db, event=event, account=account, act=act)
        await actions.register(db, event=event, account=account, act=act, session=session)
    assert await refusal(served, token) == (409, "seat_not_held")
