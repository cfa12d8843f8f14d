"""Join tokens for light clients, as the application would make them."""

from dataclasses import dataclass
from datetime import timedelta

from livekit import api


@dataclass(frozen=True)
class Engine:
    """A running engine: address of its signalling, key pair, process id of the server."""

    url: str
    key: str
    secret: str
    pid: int | None = None


def join_token(
    engine: Engine, *, room: str, identity: str, publish: bool, data: bool = False
) -> str:
    """A token for one room, valid for ten minutes."""
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=publish, can_subscribe=True, can_publish_data=data
    )
    return (
        api.AccessToken(engine.key, engine.secret)
        .with_identity(identity)
        .with_name(identity)
        .with_ttl(timedelta(minutes=10))
        .with_grants(grants)
        .to_jwt()
    )
