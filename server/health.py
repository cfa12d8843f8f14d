"""Whether a process of this installation is well; health checks of containers call this."""

from typing import Final, Literal

import aiohttp
from redis.exceptions import RedisError

from server.core import broker
from server.core.config import Settings
from server.core.errors import CannotRun

TIMEOUT: Final = aiohttp.ClientTimeout(total=4)


class Unwell(CannotRun):
    """The process does not do its work; the message says how that shows."""


async def ensure(settings: Settings, process: Literal["web", "worker", "media"]) -> None:
    """Ask a process of this machine whether it is well.

    Raises:
        Unwell: it does not answer, or left no sign of life.
    """
    if process == "worker":
        await _worker(settings)
    elif process == "web":
        await _answers(settings, f"127.0.0.1:{settings.port}/readyz")
    else:
        await _answers(settings, f"127.0.0.1:{settings.media_http_port}/healthz")


async def _answers(settings: Settings, address: str) -> None:
    scheme = "https" if settings.tls_certificate else "http"
    url = f"{scheme}://{address}"
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as client,
            client.get(url, ssl=False) as answer,  # its certificate is for people's name
        ):
            if answer.status != 200:
                raise Unwell(f"{url} answers {answer.status}")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unwell(f"{url} does not answer ({type(error).__name__})") from error


async def _worker(settings: Settings) -> None:
    try:
        redis = broker.connect(settings.redis_url)
        alive = await redis.exists(broker.WORKER_LIFE)
        await redis.aclose()
    except RedisError as error:
        raise Unwell("the Redis server does not answer") from error
    if not alive:
        raise Unwell("the worker left no sign of life")
