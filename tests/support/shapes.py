"""The two shapes in which the whole suite runs, chosen by TEST_SHAPE.

`embedded`: an SQLite file and the Redis inside the process. `servers`: a PostgreSQL cluster and a
Redis server of this run's own, which those have that run in one shape beside the others (`alone`).
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from server.core.db import Database
from server.migrations import migrate
from tests.support.kept import KeptDatabase
from tests.support.servers import Servers, address, administer, postgres, redis_server

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def shape() -> str:
    """The shape of this run."""
    return "embedded" if os.environ.get("TEST_SHAPE", "embedded") == "embedded" else "servers"


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """The run's PostgreSQL cluster."""
    with postgres() as port:
        yield port


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """The run's Redis server."""
    with redis_server() as port:
        yield port


@pytest.fixture(scope="session")
def migrated(postgres_port: int) -> str:
    """The name of a migrated database of the cluster, from which others are copied."""
    asyncio.run(administer(postgres_port, f"CREATE DATABASE {TEMPLATE}"))
    asyncio.run(_migrate(address(postgres_port, TEMPLATE)))
    return TEMPLATE


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, from which each test gets a copy."""
    file = tmp_path_factory.mktemp("template") / f"{TEMPLATE}.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def kept(postgres_port: int, migrated: str) -> Iterator[KeptDatabase]:
    """The database that tests get one after the other."""
    database = KeptDatabase(postgres_port, migrated)
    yield database
    database.close()


@pytest.fixture(scope="session")
def broker(redis_port: int) -> Iterator[redis.Redis]:
    """A client of the run's Redis server."""
    with redis.Redis(port=redis_port) as client:
        yield client


@pytest.fixture
def servers(
    postgres_port: int, redis_port: int, kept: KeptDatabase, broker: redis.Redis
) -> Servers:
    """A fresh, migrated database and an empty Redis server, whatever the shape."""
    kept.ready()
    broker.flushall()
    return Servers(address(postgres_port, kept.name), f"redis://127.0.0.1:{redis_port}/0")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, shape: str) -> str:
    """The address of a fresh, migrated database in this run's shape."""
    if shape == "embedded":
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "test.db")
        return f"sqlite+aiosqlite:///{file}"
    running = request.getfixturevalue("servers")
    assert isinstance(running, Servers)
    return running.database_url


@pytest.fixture(scope="module")
def module_database_url(request: pytest.FixtureRequest, shape: str) -> Iterator[str]:
    """Such an address, of one database for all tests of a module."""
    yield from lasting_database(request, shape)


@pytest.fixture(scope="package")
def package_database_url(request: pytest.FixtureRequest, shape: str) -> Iterator[str]:
    """Such an address, of one database for all tests of a folder."""
    yield from lasting_database(request, shape)


def lasting_database(request: pytest.FixtureRequest, shape: str) -> Iterator[str]:
    """The address of a migrated database for many tests, until the next step."""
    if shape == "embedded":
        folder: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        file = folder.mktemp("lasting") / "test.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    port, template = (request.getfixturevalue(name) for name in ("postgres_port", "migrated"))
    name = f"lasting_{uuid4().hex}"
    asyncio.run(administer(port, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield address(port, name)
    asyncio.run(administer(port, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, shape: str) -> str:
    """The address of Redis in this run's shape; empty for the one inside the process."""
    if shape == "embedded":
        return ""
    running = request.getfixturevalue("servers")
    assert isinstance(running, Servers)
    return running.redis_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database in this run's shape."""
    made = Database(database_url)
    yield made
    await made.close()


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()
