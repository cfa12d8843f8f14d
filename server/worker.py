"""The worker: arq jobs, as a process of its own or inside the web process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Never, cast

import anyio
import structlog
from arq import cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.exceptions import RedisError

import server.accounts.jobs
import server.live.jobs
from server.core import broker
from server.core.config import Settings
from server.core.db import Database

log = structlog.get_logger()

JOB_SECONDS: Final = 20  # arq locks a killed job for its timeout + 10 s
BROKER_PAUSE_SECONDS: Final = 1.0
HEALTH_SECONDS: Final = 15  # how often the worker leaves its sign of life in the broker

_HOURLY: Final = (server.accounts.jobs.forget_ended, server.live.jobs.forget_old_events)


async def work(settings: Settings, database: Database) -> Never:
    """Run jobs until cancelled. While the broker is away, look for it each second."""
    while True:
        try:
            async with _worker(settings, database) as worker:
                await worker.async_run()
        except (RedisError, OSError) as error:
            log.warning("broker away", error=type(error).__name__)
        await anyio.sleep(BROKER_PAUSE_SECONDS)


@asynccontextmanager
async def _worker(settings: Settings, database: Database) -> AsyncIterator[Worker]:
    redis = broker.connect(settings.redis_url)
    worker = Worker(
        # Each hour, and once at the start for the hours when nothing ran.
        cron_jobs=[
            cron(
                cast(WorkerCoroutine, job),
                minute={7},
                run_at_startup=True,
                timeout=JOB_SECONDS,
                max_tries=3,
            )
            for job in _HOURLY
        ],
        redis_pool=redis,
        ctx={"settings": settings, "database": database},
        handle_signals=False,
        job_timeout=JOB_SECONDS,
        keep_result=0,
        health_check_interval=HEALTH_SECONDS,
    )
    try:
        yield worker
    finally:
        with anyio.CancelScope(shield=True):
            await worker.close()
            await redis.aclose()
