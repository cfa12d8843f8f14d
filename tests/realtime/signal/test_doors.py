"""Who is let in by either path; who is not learns why, on the first and on the second question."""

from typing import Any

import pytest
from aiohttp import ClientSession
from livekit.protocol import models, rtc
from websockets.exceptions import InvalidStatus

from realtime.signal.joining import Arrival, JoinRequestError, read_arrival
from realtime.signal.limits import Limits
from tests.realtime.signal.callers import calling, dial, packed
from tests.realtime.signal.house import ROOM, House, house, joined, token

PATHS = ["/rtc", "/rtc/v1"]


def wishes(path: str) -> dict[str, str]:
    """A query that the path understands."""
    settings = rtc.ConnectionSettings(auto_subscribe=True)
    request = rtc.JoinRequest(connection_settings=settings)
    return packed(request) if path == "/rtc/v1" else {"auto_subscribe": "1"}


async def validated(den: House, path: str, **query: str) -> tuple[int, str]:
    async with (
        ClientSession() as http,
        http.get(f"{den.url}{path}/validate", params=query) as answer,
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.status, await answer.text()


async def is_refused(den: House, path: str, bearer: str, query: dict[str, str]) -> bool:
    with pytest.raises(InvalidStatus) as refusal:
        await dial(den, path, bearer, query)
    return refusal.value.response.status_code == 403


@pytest.mark.parametrize("path", PATHS)
async def test_a_good_token_opens_both_doors(den: House, path: str) -> None:
    query = wishes(path)
    assert await validated(den, path, access_token=token("ai"), **query) == (200, "success")
    async with calling(den, path, "ai", query) as ai:
        assert (await ai.told("join")).participant.identity == "ai"


@pytest.mark.parametrize("path", PATHS)
async def test_the_token_may_come_in_a_header(den: House, path: str) -> None:
    async with (
        ClientSession(headers={"Authorization": f"Bearer {token('ai')}"}) as http,
        http.get(f"{den.url}{path}/validate", params=wishes(path)) as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("grants", "status", "text"),
    [(None, 401, "invalid token: DecodeError"), ({"room_join": False}, 401, "opens no room")],
)
async def test_a_bad_token_opens_no_door_and_hears_why(
    den: House, path: str, grants: dict[str, Any] | None, status: int, text: str
) -> None:
    bearer = "nonsense" if grants is None else token("ai", **grants)
    query = wishes(path)
    answer = await validated(den, path, access_token=bearer, **query)
    assert answer[0] == status
    assert text in answer[1]
    assert await is_refused(den, path, bearer, query)
    assert den.rooms == {}


@pytest.mark.parametrize(
    ("path", "query"),
    [("/rtc/v1", {}), ("/rtc/v1", {"join_request": "!"}), ("/rtc", {"join_request": "!"})],
)
async def test_wishes_that_cannot_be_read_are_refused(
    den: House, path: str, query: dict[str, str]
) -> None:
    bearer = token("ai")
    assert (await validated(den, path, access_token=bearer, **query))[0] == 400
    assert await is_refused(den, path, bearer, query)


@pytest.mark.parametrize("path", PATHS)
async def test_a_full_room_is_closed_to_all_but_those_inside(path: str) -> None:
    async with house(limits=Limits(participants_per_room=1)) as den, joined(den, "ai"):
        query = wishes(path)
        answer = await validated(den, path, access_token=token("bo"), **query)
        assert answer == (403, "the room is full")
        assert await is_refused(den, path, token("bo"), query)
        assert (await validated(den, path, access_token=token("ai"), **query))[0] == 200
        assert list(den.rooms[ROOM].participants) == ["ai"]


@pytest.mark.pure
def test_the_query_says_the_same_as_a_join_request() -> None:
    query = {
        "auto_subscribe": "0",
        "adaptive_stream": "1",
        "reconnect": "1",
        "sid": "PA_x",
        "sdk": "reactnative",
        "protocol": "9",
        "os": "ios",
        "network": "wifi",
    }
    info = models.ClientInfo(
        sdk=models.ClientInfo.REACT_NATIVE, protocol=9, os="ios", network="wifi"
    )
    request = rtc.JoinRequest(
        client_info=info,
        connection_settings=rtc.ConnectionSettings(auto_subscribe=False, adaptive_stream=True),
        reconnect=True,
        participant_sid="PA_x",
    )
    assert read_arrival(query, needs_request=False) == Arrival(request, dual=True)
    assert read_arrival(packed(request), needs_request=True) == Arrival(request, dual=False)
    assert read_arrival(packed(request), needs_request=False) == Arrival(request, dual=False)


@pytest.mark.pure
def test_nonsense_in_the_query_counts_as_absent() -> None:
    query = {"sdk": "abacus", "protocol": "-1", "client_protocol": "9" * 40, "sid": "PA_x"}
    request = read_arrival(query, needs_request=False).request
    assert request.client_info == models.ClientInfo()
    assert request.connection_settings.auto_subscribe
    assert (request.reconnect, request.participant_sid) == (False, "")


@pytest.mark.pure
def test_a_join_request_is_needed_where_it_is() -> None:
    with pytest.raises(JoinRequestError):
        read_arrival({}, needs_request=True)
