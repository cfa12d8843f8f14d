"""Which tokens open a room, and what they allow inside."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from livekit.api import AccessToken, VideoGrants
from livekit.protocol import models

from realtime.signal import tokens

pytestmark = pytest.mark.pure

SECRET = "s" * 48
KEYS = {"key": SECRET}
CAMERA, MICROPHONE = models.TrackSource.CAMERA, models.TrackSource.MICROPHONE


def signed(
    *, key: str = "key", secret: str = SECRET, ttl: timedelta = timedelta(minutes=1), **grants: Any
) -> str:
    token = AccessToken(key, secret).with_identity("ai").with_ttl(ttl)
    return token.with_grants(VideoGrants(**grants)).to_jwt()


CLAIMS = jwt.decode(signed(room_join=True, room="den", ttl=timedelta(hours=1)), SECRET, ["HS256"])


def test_control_a_good_token_is_admitted() -> None:
    admission = tokens.admit(signed(room_join=True, room="den"), KEYS)
    assert (admission.identity, admission.grants.room) == ("ai", "den")
    assert tokens.may_join(admission)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "not.a.token",
        "x" * (tokens.MAX_BYTES + 1),
        signed(room_join=True, room="den", ttl=timedelta(minutes=-1)),
        signed(room_join=True, room="den", secret="t" * 32),
        signed(room_join=True, room="den", key="stranger"),
        jwt.encode(CLAIMS, SECRET, "HS384"),
        jwt.encode(CLAIMS, "", "none"),
    ],
)
def test_a_bad_token_opens_nothing(token: str) -> None:
    with pytest.raises(tokens.TokenError):
        tokens.admit(token, KEYS)


@pytest.mark.parametrize("grants", [{"room": "den"}, {"room_admin": True, "room": "den"}, {}])
def test_a_token_without_room_or_right_to_join_lets_nobody_in(grants: dict[str, Any]) -> None:
    assert not tokens.may_join(tokens.admit(signed(**grants), KEYS))


@pytest.mark.parametrize(
    ("grants", "camera", "microphone"),
    [
        ({}, True, True),
        ({"can_publish": False}, False, False),
        ({"can_publish_sources": ["microphone"]}, False, True),
        ({"can_publish": False, "can_publish_sources": ["microphone"]}, False, False),
        ({"can_publish_sources": ["nonsense"]}, False, False),
    ],
)
def test_rights_narrow_what_may_be_published(
    grants: dict[str, Any], camera: bool, microphone: bool
) -> None:
    permission = tokens.permission_of(VideoGrants(**grants))
    assert tokens.may_publish(permission, CAMERA) is camera
    assert tokens.may_publish(permission, MICROPHONE) is microphone


def test_a_refreshed_token_has_the_rights_of_now_for_ten_minutes() -> None:
    admission = tokens.admit(signed(room_join=True, room="den"), KEYS)
    now = models.ParticipantPermission(can_subscribe=True, can_publish_sources=[MICROPHONE])
    text = tokens.refreshed(admission, SECRET, now)
    grants = tokens.admit(text, KEYS).grants
    assert (grants.room, grants.can_publish, grants.can_publish_sources) == (
        "den",
        False,
        ["microphone"],
    )
    claims = jwt.decode(text, SECRET, ["HS256"])
    assert 0 < claims["exp"] - claims["nbf"] <= 600
