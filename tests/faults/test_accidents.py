"""One person's line is cut, or changes its address. `make drill NAME=cut` and `roam` do it ten
times and take the time; `make drill NAME=loss` lets it lose packets.
"""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.load.accidents import GHOST_AFTER, STATES, Accident, cut, roam, survive
from tests.load.far import Meeting, meeting
from tests.support.browser import CHROMIUM_SHELL
from tests.support.camera import small_camera
from tests.support.network import need_namespaces

# The library gives up after twelve seconds; a longer cut than the last is no other accident.
ACCIDENTS: tuple[Accident, ...] = (
    roam,
    partial(cut, seconds=5.0),
    partial(cut, seconds=GHOST_AFTER),
)


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Meeting]:
    need_namespaces()
    # A line is cut alike, whatever database is behind.
    async with meeting(tmp_path, program=CHROMIUM_SHELL, camera=small_camera()) as gathered:
        yield gathered


@pytest.mark.apart
async def test_who_loses_the_line_or_its_address_comes_back_as_before(people: Meeting) -> None:
    for number, accident in enumerate(ACCIDENTS):
        back = await survive(people, STATES[number % len(STATES)], accident)
        print(back)
        assert (back.kept, back.ghost) == (True, False), number
