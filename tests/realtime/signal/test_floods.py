"""What somebody who joined may make the engine do is bounded."""

import random
import time

from livekit.protocol import rtc

from realtime.media.peer import MAX_DATAGRAMS
from realtime.signal.limits import Limits
from tests.load import rtcp
from tests.load.floods import Hostile
from tests.load.peer import Peer
from tests.realtime.signal.house import House, house, joined
from tests.support.waiting import until


async def answered(peer: Peer) -> None:
    """Wait until the engine has dealt with what the peer sent before."""
    ice = peer.link.ice
    assert ice
    before = ice.answers
    peer.link.check()

    async def answer_came() -> bool:
        return ice.answers > before

    await until(answer_came)


async def published(den: House, peer: Peer) -> Hostile:
    """A peer whose camera the engine knows."""
    hostile = Hostile(peer, random.Random(1))
    hostile.throw(hostile.picture(hostile.camera, 500))
    await answered(peer)
    return hostile


async def test_reports_are_passed_on_a_few_times_a_second(den: House) -> None:
    async with den.peer("ai", publishes=True) as ai, den.peer("bo") as bo:
        hostile = await published(den, ai)
        heard: list[int] = []
        bo.receiver.note_sender_report = (  # type: ignore[method-assign]
            lambda ssrc, ntp, *, now: heard.append(ssrc)
        )

        async def watches() -> bool:
            hostile.throw(hostile.picture(hostile.camera, 500))
            return bool(bo.streams)

        await until(watches)
        for number in range(20):
            report = rtcp.sender_report(
                hostile.camera, wall_ns=number, ticks=0, packets=0, octets=0
            )
            hostile.throw_rtcp(report)
        await answered(ai)
        await answered(bo)
        assert len(heard) == 1


async def test_one_peer_that_floods_leaves_the_conversation_open(den: House) -> None:
    async with den.peer("ai", publishes=True) as ai, den.peer("bo", publishes=True) as bo:
        hostile = await published(den, ai)
        for _ in range(2 * MAX_DATAGRAMS):
            hostile.throw(hostile.picture(hostile.camera, 100))
        await answered(bo)
        assert den.engine.rooms.plane.dropped["flood"] > 0
        await ai.ask(rtc.SignalRequest(ping=1))
        assert (ai.dropped, bo.dropped) == (None, None)


async def test_who_says_too_much_is_read_more_slowly_and_in_full() -> None:
    async with house(limits=Limits(messages_per_second=5)) as den, joined(den, "ai") as ai:
        began = time.monotonic()
        for number in range(12):
            await ai.signalling.ping(wall_ms=number + 1)

        async def all_answered() -> bool:
            pongs = [r.pong_resp for r in ai.heard if r.HasField("pong_resp")]
            return [pong.last_ping_timestamp for pong in pongs] == list(range(1, 13))

        await until(all_answered)
        assert time.monotonic() - began > 1.0


async def test_a_long_message_counts_for_many() -> None:
    async with house(limits=Limits(messages_per_second=5)) as den, joined(den, "ai") as ai:
        began = time.monotonic()
        long = rtc.TrickleRequest(candidateInit="x" * 40_000)
        await ai.signalling.send(rtc.SignalRequest(trickle=long))
        await ai.signalling.ping(wall_ms=1)
        await ai.told("pong_resp")
        assert time.monotonic() - began > 1.0
