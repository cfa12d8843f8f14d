"""What every test in a real browser starts from: the whole application, and Chromium.

The tests of this folder share one event loop, so that they can share one browser; what they open
in it is a context of their own.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.app import App, fill, put_aside, ready, running_app
from tests.support.browser import CHROMIUM, chromium
from tests.support.camera import small_camera
from tests.support.loops import share_a_loop
from tests.support.servers import redis_server

# Set them to run the same tests against another server of LiveKit's protocol.
ENGINE_SETTINGS = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")


# What people see in these is the same in every shape, so each runs in one; the stories and what a
# database or broker has a part in run in both. `alone` has servers, and time to wait.
ONCE = {
    "test_asking_links": "only_embedded",
    "test_assignment": "only_embedded",
    "test_board": "only_servers",
    "test_lanes": "only_embedded",
    "test_plan": "only_embedded",
    "test_prejoin": "only_embedded",
    "test_programme": "only_embedded",
    "test_room_ends": "only_embedded",
    "test_room_meeting": "only_servers",
    "test_room_return": "alone",
    "test_round": "alone",
    "test_shared_app": "only_servers",
    "test_team": "only_embedded",
    "test_tiles": "only_embedded",
    "test_tls": "alone",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for the tests of this folder; in which run each takes part."""
    for item in share_a_loop(items, Path(__file__).parent):
        if item.path.stem in ONCE:
            item.add_marker(ONCE[item.path.stem])


@pytest.fixture(scope="package")
def own_redis_url(shape: str) -> Iterator[str]:
    """Redis of the shared application alone: in one that tests have too, its worker would take the
    jobs of their workers.
    """
    if shape == "embedded":
        yield ""
        return
    with redis_server() as port:
        yield f"redis://127.0.0.1:{port}/0"


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def shared_app(
    tmp_path_factory: pytest.TempPathFactory, package_database_url: str, own_redis_url: str
) -> AsyncIterator[App]:
    """`yoriai serve` in this run's shape, for all tests of this folder."""
    async with running_app(
        tmp_path_factory.mktemp("app"),
        database_url=package_database_url,
        redis_url=own_redis_url,
        demo=False,
        settings={name: os.environ[name] for name in ENGINE_SETTINGS if name in os.environ},
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def app(shared_app: App) -> AsyncIterator[App]:
    """The application with an event and people that nobody has met before."""
    await ready(shared_app)  # a test before may have killed a process
    await fill(shared_app)
    yield shared_app
    await put_aside(shared_app)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium with a fake camera and microphone, whose questions are answered yes."""
    async with chromium(camera=small_camera()) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole_browser() -> AsyncIterator[Browser]:
    """The same as people have it, with the window around its pages."""
    async with chromium(program=CHROMIUM, camera=small_camera()) as started:
        yield started
