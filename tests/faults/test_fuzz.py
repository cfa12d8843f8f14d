"""Bad messages of every kind break nothing; an engine with a defect is found out."""

from pathlib import Path

import pytest

from tests.load.fuzz.__main__ import is_clean
from tests.load.fuzz.targets import TARGETS, hunt_each

SEED = 20261129
BRITTLE = "tests.faults.brittle_engine"


async def test_no_mutant_breaks_the_engine(tmp_path: Path) -> None:
    catches = await hunt_each(TARGETS, tmp_path / "log", seed=SEED, mutants=400)
    assert [catch.target for catch in catches] == list(TARGETS)
    assert [catch.failures for catch in catches] == [[]] * len(TARGETS)
    assert [catch.mutants for catch in catches] == [400] * len(TARGETS)
    assert all(map(is_clean, catches))


@pytest.mark.parametrize("defect", ["raises", "exits", "hangs"])
async def test_control_a_defect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    monkeypatch.setenv("BRITTLE", defect)
    (catch,) = await hunt_each(
        ["rtp"], tmp_path / "log", seed=SEED, mutants=400, module=BRITTLE, patience=4.0
    )
    assert not is_clean(catch)
    assert (catch.exits, catch.hangs) == (defect == "exits", defect == "hangs")
    if defect == "raises":
        assert isinstance(catch.failures[0]["mutant"], int)
