"""What we say to a media engine and believe of it, checked with LiveKit's own library."""

import base64
import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
from google.protobuf.json_format import MessageToJson
from livekit import api
from livekit.protocol.models import ParticipantInfo, Room
from livekit.protocol.webhook import WebhookEvent

from server.events.roles import MediaGrants
from server.rooms.engine import JOIN_TOKEN_LASTS, ForgedWebhook, MediaEngine

pytestmark = pytest.mark.pure

ENGINE = MediaEngine(
    browser_url="ws://localhost:1",
    service_url="http://127.0.0.1:1",
    key="yoriai",
    secret="a secret of the test, long enough",
)
ROOM = UUID("01890000-0000-7000-8000-000000000001")
PERSON = UUID("01890000-0000-7000-8000-000000000002")
JOINED = WebhookEvent(
    event="participant_joined",
    room=Room(name=str(ROOM)),
    participant=ParticipantInfo(identity=str(PERSON), attributes={"epoch": "1"}),
)


def token(*, publish: bool) -> str:
    """A join token for somebody."""
    grants = MediaGrants(publish=publish, subscribe=True)
    return ENGINE.join_token(room=ROOM, identity=PERSON, name="見本 花", grants=grants, epoch=3)


@pytest.mark.parametrize("publish", [True, False])
def test_join_token_says_who_where_and_what(publish: bool) -> None:
    claims = api.TokenVerifier(ENGINE.key, ENGINE.secret).verify(token(publish=publish))
    assert (claims.identity, claims.name, claims.attributes) == (
        str(PERSON),
        "見本 花",
        {"epoch": "3"},
    )
    assert claims.video == api.VideoGrants(
        room_join=True,
        room=str(ROOM),
        can_publish=publish,
        can_subscribe=True,
        can_publish_data=False,
        can_update_own_metadata=False,
    )


def test_join_token_lasts_two_minutes() -> None:
    assert timedelta(seconds=120) == JOIN_TOKEN_LASTS


def signed(body: str, *, secret: str = ENGINE.secret, sha256: str | None = None) -> dict[str, str]:
    """The headers with which LiveKit sends a webhook."""
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    jwt = api.AccessToken(ENGINE.key, secret).with_sha256(digest if sha256 is None else sha256)
    return {"authorization": jwt.to_jwt()}


def test_webhook_with_our_signature_is_believed() -> None:
    body = MessageToJson(JOINED)
    assert ENGINE.webhook(body.encode(), signed(body)) == JOINED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "nonsense"},
        signed(MessageToJson(JOINED), secret="somebody else's secret, long enough"),
        signed(MessageToJson(JOINED), sha256=""),
        signed("another body"),
    ],
)
def test_webhook_with_any_other_signature_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedWebhook):
        ENGINE.webhook(MessageToJson(JOINED).encode(), headers)
