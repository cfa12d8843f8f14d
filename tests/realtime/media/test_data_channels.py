"""What waits for a peer and what it may say are bounded; one slow peer costs the others nothing."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest

from realtime.media import sdp
from realtime.media.data import LOSSY, RELIABLE, DataBounds, DataChannels, packets_of
from realtime.media.pump import PEERS_A_TURN, Pump
from tests.support.sctp_pair import Client, FakeEndpoint, carry

pytestmark = pytest.mark.pure

SECTION = sdp.parse(
    "v=0\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:0\n"
    "a=sctp-port:5000\na=max-message-size:262144\n"
).data


@dataclass
class Line:
    """A peer's channels, joined to a client by hand."""

    bounds: DataBounds = field(default_factory=DataBounds)
    pump: Pump = field(default_factory=Pump)
    endpoint: FakeEndpoint = field(default_factory=FakeEndpoint)
    client: Client = field(default_factory=Client)
    dropped: Counter[str] = field(default_factory=Counter)
    said: list[tuple[str, bytes]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        endpoint = self.endpoint.as_real
        self.ours = DataChannels(endpoint, self.pump, self.bounds, self.dropped)
        self.ours.on_message = lambda label, message: self.said.append((label, message))
        self.ours.on_failed = self.failed.append

    async def join(self, *, opens: bool = False) -> "Line":
        await self.client.begin()
        self.ours.agree(SECTION, opens=opens)
        if not opens:
            self.client.open(RELIABLE)
            self.client.open(LOSSY, ordered=False, maxRetransmits=0)
        await self.carry()
        return self

    async def carry(self) -> None:
        await carry(self.endpoint, self.client, to_us=self._take)

    def _take(self, packet: bytes) -> list[bytes]:
        self.ours.take(packet, self.now)
        return []

    async def turns(self, count: int) -> None:
        """Let the pump have so many turns, without the client hearing of it."""
        for _ in range(count):
            await asyncio.sleep(0)


async def test_messages_are_handed_on_with_their_channel() -> None:
    line = await Line().join()
    line.client.channels[RELIABLE].send(b"kept")
    line.client.channels[LOSSY].send(b"lossy")
    await line.carry()
    assert line.said == [(RELIABLE, b"kept"), (LOSSY, b"lossy")]


async def test_towards_a_peer_that_only_reads_the_server_opens_both_channels() -> None:
    line = await Line().join(opens=True)
    assert line.ours.send(RELIABLE, b"kept")
    assert line.ours.send(LOSSY, b"lossy")
    await line.carry()
    assert line.client.heard == [(RELIABLE, b"kept"), (LOSSY, b"lossy")]
    assert line.client.channels[LOSSY].maxRetransmits == 0


async def test_messages_on_other_channels_are_not_used() -> None:
    line = await Line().join()
    track = line.client.open("_data_track")
    await line.carry()
    track.send(b"frame")
    await line.carry()
    assert (line.said, dict(line.dropped)) == ([], {"label": 1})


async def test_what_comes_before_the_channels_stand_waits_for_them() -> None:
    line = Line()
    assert line.ours.send(RELIABLE, b"early")
    assert not line.ours.send(LOSSY, b"early")
    assert line.ours.send(RELIABLE, bytes(line.bounds.early_bytes - 5))
    assert not line.ours.send(RELIABLE, b"x")
    await line.join()
    assert [len(message) for _, message in line.client.heard] == [5, line.bounds.early_bytes - 5]
    assert line.failed == []


async def test_early_messages_are_bounded_in_number_too() -> None:
    line = Line(DataBounds(backlog_messages=10))
    taken = [line.ours.send(RELIABLE, b"x") for _ in range(12)]
    assert (taken, line.failed) == ([True] * 10 + [False] * 2, [])


async def test_who_offers_no_channels_gets_nothing() -> None:
    line = Line()
    line.ours.send(RELIABLE, b"early")
    line.ours.agree(None)
    assert not line.ours.send(RELIABLE, b"late")
    assert line.ours.backlog == 0


async def test_a_message_longer_than_the_reader_takes_is_not_sent() -> None:
    line = await Line().join()
    assert not line.ours.send(RELIABLE, bytes(262_145))
    assert dict(line.dropped) == {"too_long": 1}


@pytest.mark.parametrize(
    "bounds", [DataBounds(backlog_bytes=100_000), DataBounds(backlog_messages=100)]
)
async def test_a_reader_that_does_not_read_loses_lossy_first_and_is_cut_off_at_the_bound(
    bounds: DataBounds,
) -> None:
    line = await Line(bounds).join()
    for _ in range(1000):
        if not line.ours.send(RELIABLE, bytes(1000)):
            break
        await line.turns(2)
        if line.ours.backlog > bounds.lossy_backlog_bytes:
            assert not line.ours.send(LOSSY, b"x")
    await line.turns(2)
    assert line.failed == ["reads data too slowly"]
    assert line.dropped["lossy"] > 0
    assert line.ours.backlog == 0
    assert not line.ours.send(RELIABLE, b"x")


async def test_a_reader_that_reads_gets_more_than_the_bound_in_order() -> None:
    line = await Line(DataBounds(backlog_bytes=100_000)).join()
    for number in range(300):
        assert line.ours.send(RELIABLE, number.to_bytes(2, "big") + bytes(998))
        if number % 50 == 49:
            await line.carry()
    heard = [int.from_bytes(message[:2], "big") for _, message in line.client.heard]
    assert (heard, line.failed) == (list(range(300)), [])


async def test_who_says_too_much_is_slowed_down_and_loses_nothing_reliable() -> None:
    line = await Line(DataBounds(packets_per_second=100, packets_at_once=20)).join()
    for number in range(30):
        line.client.channels[RELIABLE].send(bytes([number]))
    await line.carry()
    before = len(line.said)
    assert 0 < before <= 20
    assert line.dropped["limit"] > 0
    while len(line.said) < 30:
        line.now += 0.1
        line.client.sctp._t3_expired()
        await line.carry()
    assert line.said == [(RELIABLE, bytes([number])) for number in range(30)]


async def test_what_a_message_costs_others_is_charged_to_who_said_it() -> None:
    line = await Line(DataBounds(packets_per_second=100, packets_at_once=20)).join()
    line.ours.charge(50)
    line.client.channels[LOSSY].send(b"soon")
    await line.carry()
    assert line.said == []
    line.now += 1.0
    line.client.sctp._t3_expired()
    line.client.channels[LOSSY].send(b"later")
    await line.carry()
    assert line.said == [(LOSSY, b"later")]


async def test_an_association_that_its_peer_ends_is_a_failure_but_our_own_end_is_none() -> None:
    line, other = await Line().join(), await Line().join()
    await line.client.sctp.stop()
    await line.carry()
    other.ours.stop()
    await other.carry()
    await line.turns(2)
    assert (line.failed, other.failed) == (["ended its data channels"], [])


async def test_the_pump_serves_a_few_at_a_time_and_everybody_in_the_end() -> None:
    pump, worked = Pump(), list[int]()

    @dataclass
    class Worker:
        number: int
        more: int = 2
        queued: bool = False

        def work(self) -> bool:
            worked.append(self.number)
            self.more -= 1
            return self.more > 0

    crowd = [Worker(number) for number in range(3 * PEERS_A_TURN)]
    for worker in (*crowd, *crowd):
        pump.wake(worker)
    await asyncio.sleep(0)
    assert worked == list(range(PEERS_A_TURN))
    for _ in range(10):
        await asyncio.sleep(0)
    assert worked == 2 * list(range(3 * PEERS_A_TURN))


@pytest.mark.parametrize(("size", "packets"), [(0, 1), (1159, 1), (1160, 2), (60_000, 52)])
def test_a_message_is_counted_in_packets(size: int, packets: int) -> None:
    assert packets_of(bytes(size)) == packets
