"""The two shapes in which the whole suite runs, chosen by TEST_SHAPE.

`embedded`: an SQLite file and the Redis inside the process. `servers`: a PostgreSQL cluster and a
Redis server of this run's own, in a temporary folder on free ports.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import redis

from server.core.db import Database
from server.migrations import migrate
from tests.support.app import free_port

POSTGRES = Path("/usr/lib/postgresql/15/bin")
CEILING_SECONDS = 60
TEMPLATE = "migrated"


@dataclass(frozen=True)
class Servers:
    """A PostgreSQL database and a Redis server that really run."""

    database_url: str
    redis_url: str


def shape() -> str:
    """The shape of this run."""
    return os.environ.get("TEST_SHAPE", "embedded")


@pytest.fixture(scope="session")
def postgres_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A PostgreSQL cluster on a free port. Root hands it to the `postgres` account."""
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


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Redis server on a free port, keeping nothing."""
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]
    process = subprocess.Popen(
        ["redis-server", *arguments],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_redis(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def migrated(postgres_port: int) -> str:
    """The name of a migrated database from which each test gets a copy."""
    asyncio.run(_migrate_template(postgres_port))
    return TEMPLATE


@pytest.fixture
async def servers(postgres_port: int, redis_port: int, migrated: str) -> AsyncIterator[Servers]:
    """A fresh, migrated database and an empty Redis server, whatever the shape."""
    name = f"test_{uuid4().hex}"
    await _admin(postgres_port, f'CREATE DATABASE "{name}" TEMPLATE {migrated}')
    with redis.Redis(port=redis_port) as broker:
        broker.flushall()
    yield Servers(_address(postgres_port, name), f"redis://127.0.0.1:{redis_port}/0")
    await _admin(postgres_port, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in this run's shape."""
    if shape() == "embedded":
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    running = request.getfixturevalue("servers")
    assert isinstance(running, Servers)
    return running.database_url


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """The address of Redis in this run's shape; empty for the one inside the process."""
    if shape() == "embedded":
        return ""
    running = request.getfixturevalue("servers")
    assert isinstance(running, Servers)
    return running.redis_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database in this run's shape."""
    made = Database(database_url)
    await migrate(made)
    yield made
    await made.close()


async def _migrate_template(port: int) -> None:
    await _admin(port, f"CREATE DATABASE {TEMPLATE}")
    template = Database(_address(port, TEMPLATE))
    await migrate(template)
    await template.close()


def _address(port: int, name: str) -> str:
    return f"postgresql+asyncpg://yoriai@127.0.0.1:{port}/{name}"


def _postgres(program: str, *arguments: str | Path, check: bool = True) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_postgres, POSTGRES / program, *arguments],
        cwd="/",
        check=check,
        stdout=subprocess.DEVNULL,
    )


async def _admin(port: int, statement: str) -> None:
    connection = await asyncpg.connect(  # type: ignore[no-untyped-call]
        host="127.0.0.1", port=port, user="yoriai", database="postgres"
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


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
