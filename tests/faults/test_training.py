"""A small training day; `make drill NAME=training` plays it with 66 teams and deaths."""

from pathlib import Path

import pytest

from tests.load.training.day import Plan
from tests.load.training.play import play
from tests.load.training.verdict import passed, verdict
from tests.support.servers import Servers
from tests.support.training import Sizes

DAY = Plan(
    Sizes(teams=3, members=3, mentors=3, rounds=1, slots=2, slot=22, travel=4, due=2),
    browsers=0,
    kills=(),
    coming=5.0,
    before=12.0,
)

BUSY = 12.0  # seconds that a machine with other tests on it may lag behind


@pytest.mark.only_servers
async def test_everybody_is_where_they_belong_and_the_record_says_so(
    tmp_path: Path, servers: Servers
) -> None:
    async with DAY.redis(tmp_path) as redis:
        own = servers._replace(redis_url=f"redis://127.0.0.1:{redis.port}/0")
        day = await play(tmp_path, own, redis, DAY)
        figures = await verdict(day, near=BUSY)
    print(figures)
    assert passed(figures, kills=0, timed=False), figures
