"""People who say as much data as they can harm nobody's media."""

from tests.load.data_flood import withstand
from tests.load.engine import own_engine


async def test_media_comes_while_data_floods_the_room() -> None:
    async with own_engine() as engine:
        result = await withstand(engine, peers=4, flooders=2, readers=1, seconds=2.0)
    assert (result["failed"], result["dropped"]) == (0, 0), result
    assert result["forwarded_packets"] > 0
    assert result["deliveries"] > 0
