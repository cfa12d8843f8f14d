"""Layers and speakers' levels: small rules, by value."""

import pytest

from realtime.media import layers
from realtime.signal.speakers import speaker

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("live", "wanted", "chosen"),
    [
        (["q", "h", "f"], layers.MEDIUM, "h"),
        (["f", "q"], layers.MEDIUM, "q"),
        (["f", "h"], layers.LOW, "h"),
        ([""], layers.LOW, ""),
        ([], layers.HIGH, None),
    ],
)
def test_the_best_live_layer_not_above_the_wish(
    live: list[str], wanted: int, chosen: str | None
) -> None:
    assert layers.choose(live, wanted) == chosen


def test_the_lowest_quality_that_is_high_enough() -> None:
    heights = {0: 180, 1: 360, 2: 720}
    shown = [0, 100, 180, 200, 201, 400, 720, 2000]
    assert [layers.quality_for(height, heights) for height in shown] == [2, 0, 0, 0, 1, 1, 2, 2]
    assert layers.quality_for(100, {}, default=1) == 1


def test_speech_begins_louder_than_it_ends() -> None:
    assert not speaker("p", 40, None).active
    begun = speaker("p", 20, None)
    assert (begun.active, round(begun.level, 3)) == (True, 0.1)
    assert speaker("p", 40, begun).active
    assert not speaker("p", 46, begun).active
