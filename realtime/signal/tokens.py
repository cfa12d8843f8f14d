"""Access tokens: who may enter which room, and with which rights.

HS256 JSON web tokens in LiveKit's form: `iss` is the key, `sub` the identity, `video` the grants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import jwt
from livekit.api import AccessToken, TokenVerifier, VideoGrants
from livekit.api.access_token import Claims
from livekit.protocol import models

# Our own for coming back hold the largest texts of a participant, escaped and in base64.
MAX_BYTES = 32 * 1024
REFRESHED_FOR = timedelta(minutes=10)
_LEEWAY = timedelta(seconds=10)


class TokenError(Exception):
    """A token that opens nothing; the text may be shown to whoever sent it."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a verified token says. `api_key` signed it."""

    api_key: str
    identity: str
    name: str
    metadata: str
    attributes: dict[str, str]
    grants: VideoGrants
    kind: str = ""


def admit(token: str, keys: Mapping[str, str]) -> Admission:
    """Verify a token against the key pairs.

    Raises:
        TokenError: malformed, unknown key, wrong signature, expired or not yet valid.
    """
    if not token or len(token) > MAX_BYTES:
        raise TokenError("no usable access token")
    key, claims = _verified(token, keys)
    if claims.video is None:
        raise TokenError("the token grants nothing")
    return Admission(
        key,
        claims.identity,
        claims.name,
        claims.metadata,
        dict(claims.attributes or {}),
        claims.video,
        claims.kind,
    )


def _verified(token: str, keys: Mapping[str, str]) -> tuple[str, Claims]:
    try:
        unverified = jwt.decode(token, options={"verify_signature": False})
        key = str(unverified.get("iss", ""))
        if key not in keys:
            raise TokenError("unknown API key")
        return key, TokenVerifier(key, keys[key], leeway=_LEEWAY).verify(token)
    except (jwt.InvalidTokenError, ValueError, TypeError, KeyError) as error:
        raise TokenError(f"invalid token: {type(error).__name__}") from error


def may_join(admission: Admission) -> bool:
    """Whether the token opens a room to a person with an identity."""
    grants = admission.grants
    return bool(grants.room_join and grants.room and admission.identity)


def refreshed(admission: Admission, secret: str, permission: models.ParticipantPermission) -> str:
    """A token for coming back, with the rights of now, valid for `REFRESHED_FOR`."""
    grants = VideoGrants(
        room_join=True,
        room=admission.grants.room,
        can_publish=permission.can_publish,
        can_subscribe=permission.can_subscribe,
        can_publish_data=permission.can_publish_data,
        can_publish_sources=source_names(permission) or None,
        can_update_own_metadata=permission.can_update_metadata,
    )
    token = AccessToken(admission.api_key, secret).with_identity(admission.identity)
    token = token.with_name(admission.name).with_metadata(admission.metadata)
    token = token.with_attributes(admission.attributes).with_grants(grants)
    return token.with_ttl(REFRESHED_FOR).to_jwt()


def permission_of(grants: VideoGrants) -> models.ParticipantPermission:
    """The rights inside a room that the grants give."""
    return models.ParticipantPermission(
        can_subscribe=grants.can_subscribe,
        can_publish=grants.can_publish,
        can_publish_data=grants.can_publish_data,
        can_publish_sources=[source_number(name) for name in grants.can_publish_sources or []],
        can_update_metadata=bool(grants.can_update_own_metadata),
        hidden=bool(grants.hidden),
        can_subscribe_metrics=bool(grants.can_subscribe_metrics),
    )


def may_publish(permission: models.ParticipantPermission, source: models.TrackSource) -> bool:
    """Whether a track of this source may be published; listed sources narrow the right."""
    if not permission.can_publish:
        return False
    return not permission.can_publish_sources or source in permission.can_publish_sources


def source_number(name: str) -> models.TrackSource:
    """LiveKit's number of a source named as in a token (`camera`, `screen_share`)."""
    try:
        return cast(models.TrackSource, models.TrackSource.Value(name.upper()))
    except ValueError:
        return models.TrackSource.UNKNOWN


def source_names(permission: models.ParticipantPermission) -> list[str]:
    """The allowed sources named as in a token."""
    return [models.TrackSource.Name(s).lower() for s in permission.can_publish_sources]
