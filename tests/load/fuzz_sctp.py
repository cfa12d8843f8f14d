"""Drill: SCTP packets near to sound ones, into an association that a client has with us.

    python -m tests.load.fuzz_sctp --mutants 100000

The tag is right, so every packet gets as far as it can; an association that a mutant ends is made
anew. The last line printed is one JSON object; passed means that nothing `confused` the state
behind the reader, no packet took a second of CPU time, and another association is as before.
"""

import argparse
import asyncio
import json
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from aiortc import rtcsctptransport as their

from tests.support.sctp_pair import PORT, Client, carry, joined

_EACH = 100
_TAG = slice(4, 8)
_BYTES = (0, 1, 3, 4, 0x7F, 0x80, 0xFF)
_WHOLE = their.SCTP_DATA_FIRST_FRAG | their.SCTP_DATA_LAST_FRAG


@dataclass
class Outcome:
    """What became of the mutants: `unused` by reason, and how long the slowest took."""

    mutants: int = 0
    associations: int = 0
    slowest_ms: float = 0.0
    other_lives: bool = False
    unused: Counter[str] = field(default_factory=Counter)

    @property
    def passed(self) -> bool:
        return self.other_lives and not self.unused["confused"] and self.slowest_ms < 1000


async def fuzz(count: int, seed: random.Random) -> Outcome:
    """Feed `count` mutants."""
    outcome = Outcome()
    _, other, other_endpoint, other_client = await joined()
    while outcome.mutants < count:
        await _fuzz_one(outcome, seed)
    other_client.channels["_reliable"].send(b"alive")
    await carry(other_endpoint, other_client)
    outcome.other_lives = other.messages == [("_reliable", b"alive")]
    return outcome


async def _fuzz_one(outcome: Outcome, seed: random.Random) -> None:
    """Up to a hundred mutants into one association, until one of them ends it."""
    ours, notes, endpoint, client = await joined()
    outcome.associations += 1
    for mutant in mutants(samples(client), _EACH, seed):
        began = time.process_time()
        endpoint.receive(mutant)
        outcome.slowest_ms = max(outcome.slowest_ms, (time.process_time() - began) * 1000)
        outcome.mutants += 1
        endpoint.sent.clear()
        if notes.over:
            break
    outcome.unused += notes.unused
    ours.end()
    await client.sctp.stop()


def samples(client: Client) -> list[bytes]:
    """Sound packets of every kind, as of now, to make mutants of."""
    tsn, past = client.sctp._local_tsn, client.sctp._last_received_tsn or 0
    sack, forward, shutdown = their.SackChunk(), their.ForwardTsnChunk(), their.ShutdownChunk()
    sack.cumulative_tsn, sack.advertised_rwnd, sack.gaps = past, 9000, [(2, 3)]
    forward.cumulative_tsn, forward.streams = tsn, [(1, 0)]
    shutdown.cumulative_tsn = past
    reset, beat, init = their.ReconfigChunk(), their.HeartbeatChunk(), their.InitChunk()
    reset.params = [(13, struct.pack("!LLLH", 1, 1, tsn, 1)), (16, struct.pack("!LL", 1, 1))]
    beat.params = [(1, b"now")]
    init.initiate_tag, init.outbound_streams, init.inbound_streams = 1, 2, 2
    opening = data(tsn, struct.pack("!BBHLHH", 3, 0, 0, 0, 4, 0) + b"more", stream=9)
    opening.protocol = their.WEBRTC_DCEP
    lone = [beat, reset, init, shutdown, their.AbortChunk(), their.CookieEchoChunk(0, b"c" * 24)]
    parts = [data(tsn, b"part", flags=2), data(tsn + 1, b"end", flags=1)]
    groups: list[list[their.Chunk]] = [
        [*parts],
        [data(tsn, b"whole"), sack],
        [opening],
        [forward, sack],
        [sack],
    ]
    return [written(client, *group) for group in groups] * 3 + [written(client, x) for x in lone]


def data(tsn: int, body: bytes, *, flags: int = _WHOLE, stream: int = 0) -> their.DataChunk:
    """A piece of a message."""
    made = their.DataChunk(flags)
    made.tsn, made.stream_id, made.stream_seq = tsn % 2**32, stream, 0
    made.protocol, made.user_data = their.WEBRTC_BINARY, body
    return made


def written(client: Client, *chunks: their.Chunk) -> bytes:
    """A packet as the client writes it, of chunks that it would not send by itself."""
    begins = isinstance(chunks[0], their.InitChunk)
    tag = 0 if begins else client.sctp._remote_verification_tag
    return struct.pack("!HHLL", PORT, PORT, tag, 0) + b"".join(bytes(each) for each in chunks)


def mutants(sound: Sequence[bytes], count: int, seed: random.Random) -> Iterator[bytes]:
    """`count` packets, each made of a sound one by a change or two; their tags stay right."""
    for _ in range(count):
        original = seed.choice(sound)
        packet = bytearray(original)
        for _ in range(seed.choice((1, 1, 2))):
            seed.choice(_CHANGES)(packet, seed)
        packet[_TAG] = original[_TAG]
        yield bytes(packet)


def _overwrite(packet: bytearray, seed: random.Random) -> None:
    packet[seed.randrange(len(packet))] = seed.choice(_BYTES)


def _scramble(packet: bytearray, seed: random.Random) -> None:
    packet[seed.randrange(len(packet))] = seed.randrange(256)


def _cut(packet: bytearray, seed: random.Random) -> None:
    del packet[seed.randrange(12, len(packet) + 1) :]


def _repeat(packet: bytearray, seed: random.Random) -> None:
    """A chunk, or what looks like one, twice."""
    start = 12 + 4 * seed.randrange(max(1, len(packet) // 4))
    packet += packet[start : start + 4 * seed.randrange(1, 20)]


def _insert(packet: bytearray, seed: random.Random) -> None:
    at = seed.randrange(12, len(packet) + 1)
    packet[at:at] = seed.randbytes(seed.randrange(1, 9))


_CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _overwrite,
    _scramble,
    _cut,
    _repeat,
    _insert,
)


def main() -> None:
    """Run the drill from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    outcome = asyncio.run(fuzz(options.mutants, random.Random(options.seed)))
    print(json.dumps({**vars(outcome), "passed": outcome.passed}))
    sys.exit(not outcome.passed)


if __name__ == "__main__":
    main()
