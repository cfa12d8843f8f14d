"""The worker: arq jobs, as a process of its own or inside the web process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Never, cast

import anyio
import structlog
from arq import cron
from arq.cron import CronJob
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.exceptions import RedisError

import server.accounts.jobs
import server.accounts.mails
import server.live.jobs
import server.mail.jobs
import server.mentoring.mails
import server.mentoring.plans.mails
import server.mentoring.solving.jobs
import server.organizations.mails
import server.records.jobs
import server.registration.jobs
import server.registration.mails
from server.core import broker
from server.core.config import Settings
from server.core.db import Database
from server.mail.kinds import MailKinds
from server.mentoring.solving.solvers import Solvers
from server.rooms.engine import engine_of
from server.web import assets
from server.web.templates import Templates

log = structlog.get_logger()

JOB_SECONDS: Final = 20  # arq locks a killed job for its timeout + 10 s
BROKER_PAUSE_SECONDS: Final = 1.0
HEALTH_SECONDS: Final = 15  # how often the worker leaves its sign of life in the broker

_HOURLY: Final = (
    server.accounts.jobs.forget_ended,
    server.live.jobs.forget_old_events,
    server.registration.jobs.forget_answers,
)
_EVERY_TWO_SECONDS: Final = (
    server.registration.jobs.settle_addresses,
    server.registration.jobs.tell_moves,
    server.mail.jobs.send_due,
    server.mentoring.solving.jobs.look,
)
_EVERY_QUARTER_MINUTE: Final = (server.records.jobs.look,)
_EVERY_MINUTE: Final = (server.registration.jobs.remind,)

MAIL_KINDS: Final = MailKinds(
    recipients_of=server.accounts.mails.recipients_of,
    composes={
        **server.accounts.mails.KINDS,
        **server.organizations.mails.KINDS,
        **server.mentoring.mails.KINDS,
        **server.registration.mails.KINDS,
        **server.mentoring.plans.mails.KINDS,
    },
)


async def work(settings: Settings, database: Database) -> Never:
    """Run jobs until cancelled. While the broker is away, look for it each second."""
    async with Solvers(database) as solvers:
        while True:
            try:
                async with _worker(settings, database, solvers) as worker:
                    await worker.async_run()
            except (RedisError, OSError) as error:
                log.warning("broker away", error=type(error).__name__)
            await anyio.sleep(BROKER_PAUSE_SECONDS)


@asynccontextmanager
async def _worker(
    settings: Settings, database: Database, solvers: Solvers
) -> AsyncIterator[Worker]:
    redis = broker.connect(settings.redis_url)
    worker = Worker(
        cron_jobs=_cron_jobs(),
        redis_pool=redis,
        ctx={
            "settings": settings,
            "database": database,
            "templates": Templates(
                static_base=f"/static/{assets.build()}",
                development=settings.environment == "development",
            ),
            "mail_kinds": MAIL_KINDS,
            "media": engine_of(settings),
            "solvers": solvers,
        },
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


def _cron_jobs() -> list[CronJob]:
    """When each job runs. The hourly ones once at the start, for the hours when nothing ran."""
    seldom = [_cron(job, minute={7}, run_at_startup=True) for job in _HOURLY]
    often = [_cron(job, second=set(range(0, 60, 2))) for job in _EVERY_TWO_SECONDS]
    looks = [_cron(job, second={0, 15, 30, 45}) for job in _EVERY_QUARTER_MINUTE]
    return [*seldom, *often, *looks, *(_cron(job, second={30}) for job in _EVERY_MINUTE)]


def _cron(job: Any, **when: Any) -> CronJob:
    name = f"{job.__module__}.{job.__qualname__}"  # arq knows a job by its name alone
    return cron(cast(WorkerCoroutine, job), name=name, timeout=JOB_SECONDS, max_tries=3, **when)
