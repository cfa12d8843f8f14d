"""The media process. It knows the settings and nothing else of the application.

So it is up again soon after it died: it loads a third of what a web process loads.
"""

from typing import Final

from realtime import engine
from realtime.engine import EngineConfig
from server.core.config import Settings
from server.core.errors import CannotRun

# What the application takes of its news (`server/records/hooks.py`); who moves with an open
# microphone would be told of three times as often.
NEWS: Final = frozenset(
    {
        "participant_joined",
        "participant_left",
        "participant_connection_aborted",
        "room_finished",
    }
)


def run(settings: Settings) -> None:
    """Run our media engine until SIGTERM or SIGINT.

    Raises:
        CannotRun: the settings name another engine.
    """
    if not settings.own_media:
        raise CannotRun("LIVEKIT_URL names another media engine; ours is not needed")
    engine.run(engine_config(settings))


def engine_config(settings: Settings) -> EngineConfig:
    """What our media engine needs to know."""
    told = [address.strip() for address in settings.media_addresses.split(",") if address.strip()]
    return EngineConfig(
        http_host=settings.media_host,
        http_port=settings.media_http_port,
        udp_host=settings.media_host,
        udp_port=settings.media_udp_port,
        addresses=tuple(told or [settings.media_host]),
        api_keys={settings.livekit_api_key: settings.livekit_api_secret},
        webhook_url=settings.media_webhook_url,
        webhook_events=NEWS,
        tls_certificate=str(settings.tls_certificate) if settings.tls_certificate else None,
        tls_key=str(settings.tls_key) if settings.tls_key else None,
    )
