"""Floods from within the room leave the others alone."""

from dataclasses import replace

from tests.load.engine import own_engine
from tests.load.hostile import ATTACKS, EVERYTHING, OTHERS, withstand


async def test_nobody_falls_out_or_starves_while_floods_come() -> None:
    others = replace(OTHERS, publishers=2, viewers=2)
    async with own_engine() as engine:
        result = await withstand(
            engine,
            {EVERYTHING: ATTACKS[EVERYTHING]},
            seconds=3.5,
            per_second=800,
            seed=20261129,
            load=others,
        )
    assert result["floods"][EVERYTHING]["thrown"] > 100, result
    assert (result["out"], result["starved"]) == (0, 0), result
