"""Every load, small: everybody gets everything, once, in order. What it costs is for the drill."""

from dataclasses import replace
from typing import Final

import pytest

from tests.load.engine import own_engine
from tests.load.report import is_sound, summarize
from tests.load.run import conduct
from tests.load.scenario import LOADS, Load

SMALL: Final = {
    "rooms": replace(LOADS["rooms"], rooms=4),
    "webinar": replace(LOADS["webinar"], viewers=8),
    "lowrate": replace(LOADS["lowrate"], viewers=12),
    "meeting": replace(LOADS["meeting"], publishers=4),
}


@pytest.mark.parametrize("load", SMALL.values(), ids=SMALL)
async def test_everybody_gets_every_packet_in_order(load: Load) -> None:
    async with own_engine() as engine:
        run, seen = await conduct(engine, load, seconds=3.5, sample_every=1, warm_up=0.5)
    result = summarize(run, seen)
    assert is_sound(result), (result, seen.failed, seen.dropped, seen.starved)
    assert result["lost"] <= result["own_drops"], result
    assert result["duplicates"] == 0, result
    assert (seen.skipped, seen.disordered) == (0, 0) or result["own_drops"], result
    assert result["checked"] == result["forwarded_packets"], result
