"""PostgreSQL and Redis of a run's own: in a temporary folder, on free ports, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import redis

from tests.support.ports import free_port

POSTGRES = Path("/usr/lib/postgresql/15/bin")
CEILING_SECONDS = 60


class Servers(NamedTuple):
    """A PostgreSQL database and a Redis server that really run."""

    database_url: str
    redis_url: str


@contextmanager
def postgres() -> Iterator[int]:
    """A PostgreSQL cluster; its port. Root hands it to the `postgres` account."""
    folder = Path("/tmp") / f"yoriai-postgres-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    try:
        _postgres("initdb", "-D", folder / "data", "-A", "trust", "-U", "yoriai", "-N")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = folder / "log"
        _postgres("pg_ctl", "-D", folder / "data", "-l", log, "-w", "-o", options, "start")
        yield port
    finally:
        _postgres("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[int]:
    """A Redis server that keeps nothing; its port."""
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            ["redis-server", *arguments], cwd=folder, stdout=subprocess.DEVNULL
        )
        try:
            _wait_for_redis(port)
            yield port
        finally:
            process.terminate()
            process.wait()


@asynccontextmanager
async def fresh(
    postgres_port: int, redis_port: int, *, template: str = ""
) -> AsyncIterator[Servers]:
    """A database of its own, a copy of `template` if given, and the Redis server, emptied."""
    name = f"test_{uuid4().hex}"
    copy = f" TEMPLATE {template}" if template else ""
    await administer(postgres_port, f'CREATE DATABASE "{name}"{copy}')
    with redis.Redis(port=redis_port) as broker:
        broker.flushall()
    yield Servers(address(postgres_port, name), f"redis://127.0.0.1:{redis_port}/0")
    await administer(postgres_port, f'DROP DATABASE "{name}" WITH (FORCE)')


def address(port: int, name: str) -> str:
    """The DATABASE_URL of a database of the cluster."""
    return f"postgresql+asyncpg://yoriai@127.0.0.1:{port}/{name}"


async def administer(port: int, statement: str) -> None:
    """Do something to the cluster."""
    connection = await asyncpg.connect(  # type: ignore[no-untyped-call]
        host="127.0.0.1", port=port, user="yoriai", database="postgres"
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _postgres(program: str, *arguments: str | Path, check: bool = True) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_postgres, POSTGRES / program, *arguments],
        cwd="/",
        check=check,
        stdout=subprocess.DEVNULL,
    )


def _wait_for_redis(port: int) -> None:
    deadline = time.monotonic() + CEILING_SECONDS
    while time.monotonic() < deadline:
        asked = subprocess.run(
            ["redis-cli", "-p", str(port), "ping"], capture_output=True, text=True, check=False
        )
        if asked.stdout.strip() == "PONG":
            return
        time.sleep(0.05)
    raise TimeoutError("redis-server did not answer")
