"""Two people in one room: one throws mutants, the other talks and gets what the engine forwards."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.load.access import Engine, join_token
from tests.load.dtls import Identity
from tests.load.floods import Hostile
from tests.load.peer import Peer, PeerPlan
from tests.load.post import PostOffice
from tests.load.publisher import play

ROOM = "den"
TRACE = "150kbit"
POLL, ASK_AGAIN = 0.002, 0.5


@asynccontextmanager
async def two_people(engine: Engine) -> AsyncIterator[Hostile]:
    """The one who throws, joined and getting the other's streams."""
    chance, post = random.Random(1), PostOffice()
    post.open()
    thrower, talker = (
        Peer(_plan(engine, name), engine.url, Identity.fresh(), post, chance)
        for name in ("thrower", "talker")
    )
    await talker.join()
    await thrower.join()
    talking = asyncio.create_task(play([(talker.wire, talker.publications)], chance))
    try:
        hostile = Hostile(thrower, chance)
        hostile.throw(hostile.sound())
        hostile.throw(hostile.picture(hostile.camera, 500))
        async with asyncio.timeout(30):
            while len(thrower.streams) < 2:
                await asyncio.sleep(POLL)
        yield hostile
    finally:
        talking.cancel()
        await asyncio.gather(thrower.leave(), talker.leave(), return_exceptions=True)
        post.close()


def _plan(engine: Engine, identity: str) -> PeerPlan:
    token = join_token(engine, room=ROOM, identity=identity, publish=True)
    return PeerPlan(identity, token, TRACE, room=ROOM, wide=True)


async def answered(hostile: Hostile) -> None:
    """Wait until the engine has answered a check sent now, and so dealt with all sent before."""
    ice = hostile.peer.link.ice
    assert ice
    before = ice.answers
    while ice.answers == before:
        hostile.peer.link.check()
        for _ in range(round(ASK_AGAIN / POLL)):
            if ice.answers > before:
                return
            await asyncio.sleep(POLL)
