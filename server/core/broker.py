"""Redis, as a server or inside the process, and the queue of jobs on it.

Both are the same client class of `redis.asyncio`. Whatever is kept here may be lost.
"""

from typing import Any, Final

import arq.worker
from arq.connections import ArqRedis
from arq.constants import default_queue_name, health_check_key_suffix
from fakeredis import FakeAsyncRedis, FakeServer

Broker = ArqRedis
CONNECT_SECONDS: Final = 2.0
WORKER_LIFE: Final = default_queue_name + health_check_key_suffix  # a worker's sign of life


class EmbeddedRedis(FakeAsyncRedis, ArqRedis):  # type: ignore[misc]  # two clients, one interface
    """A Redis inside the process, for an installation without a Redis server."""


_SERVER = FakeServer()


def connect(redis_url: str) -> Broker:
    """A broker client of its own for the caller, who closes it with `aclose()`.

    It connects when it is first used, so a process can start while the server is away; then each
    use raises `redis.exceptions.ConnectionError` within 2 s.
    """
    if redis_url:
        client: Broker = ArqRedis.from_url(redis_url, socket_connect_timeout=CONNECT_SECONDS)
        return client
    setattr(arq.worker, "log_redis_info", _no_info)  # noqa: B010 - the substitute has no INFO
    return EmbeddedRedis(server=_SERVER)


async def _no_info(_redis: Any, _log: Any) -> None:
    """Say nothing about a server that does not exist."""
