"""What a hostile client throws, once it has joined and its address is proven.

A client knows its keys, so whatever it encrypts passes for genuine. `FLOODS` lists the floods by
name; each is a function that throws one thing.
"""

import random
import secrets
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from livekit.protocol import models, rtc

from realtime.media import adapter

from . import rtcp
from .peer import Peer
from .publisher import pack_extensions
from .sdp import MID, OPUS, VP8

PAYLOAD = 1150
# Nothing of WebRTC is larger than an Ethernet frame; this still fits where 2,048 bytes are kept.
OVERSIZE = 1990
LARGEST_DATAGRAM = 65_000
BACKLOG = 60_000


@dataclass
class Hostile:
    """A client in the room that means harm. `number` counts its packets, of whatever source."""

    peer: Peer
    seed: random.Random
    number: int = 0

    def __post_init__(self) -> None:
        self._memory = adapter.new_memory(LARGEST_DATAGRAM)
        self._view = adapter.memory_view(self._memory)
        self._length = adapter.new_length()

    @property
    def camera(self) -> int:
        """The SSRC of its camera."""
        return self.peer.publications[-1].ssrc

    def picture(self, ssrc: int, size: int) -> bytes:
        """The next packet of a source, which names the camera's section; plain."""
        self.number += 1
        head = struct.pack("!BBHII", 0x90, VP8, self.number & 0xFFFF, self.number, ssrc)
        return head + pack_extensions([(MID, self._mid(-1))]) + b"\x10" + bytes(size - 1)

    def sound(self) -> bytes:
        """The next packet of the microphone."""
        self.number += 1
        ssrc = self.peer.publications[0].ssrc
        head = struct.pack("!BBHII", 0x90, OPUS, self.number & 0xFFFF, self.number, ssrc)
        return head + pack_extensions([(MID, self._mid(0))]) + bytes(80)

    def sealed(self, packet: bytes) -> bytes:
        """Protected, however large it is; empty when SRTP refuses."""
        session = self.peer.link.sending
        assert session
        self._view[: len(packet)] = packet
        self._length[0] = len(packet)
        pointer = adapter.pointer_of(session)
        if adapter.srtp_protect(pointer, self._memory, self._length):
            return b""
        return bytes(self._view[: self._length[0]])

    def throw(self, packet: bytes) -> None:
        """Protect and send an RTP packet."""
        self.peer.link.send(self.sealed(packet))

    def throw_rtcp(self, packet: bytes) -> None:
        """Protect and send an RTCP packet."""
        try:
            self.peer.link.send_rtcp(packet)
        except (pylibsrtp.Error, ValueError):
            self.peer.link.send(packet)

    async def ask(self, **request: Any) -> None:
        """Send a request over signalling, unless the server reads more slowly than we write."""
        if self.peer.unsent < BACKLOG:
            await self.peer.ask(rtc.SignalRequest(**request))

    def _mid(self, index: int) -> bytes:
        return self.peer.publications[index].mid.encode()


Flood = Callable[[Hostile], Awaitable[None]]


async def tracks(by: Hostile) -> None:
    """Announce one more track."""
    track = rtc.AddTrackRequest(
        cid=secrets.token_hex(8),
        name="x" * 200,
        type=by.seed.choice([models.TrackType.AUDIO, models.TrackType.VIDEO]),
        source=by.seed.choice([models.CAMERA, models.MICROPHONE, models.SCREEN_SHARE]),
    )
    await by.ask(add_track=track)


async def texts(by: Hostile) -> None:
    """Change the own metadata, which everybody is told of."""
    await by.ask(update_metadata=rtc.UpdateParticipantMetadata(metadata=secrets.token_hex(1500)))


async def wishes(by: Hostile) -> None:
    """Stop watching everybody, or begin again."""
    sids, wanted = list(by.peer.others.owners), by.seed.random() < 0.5
    await by.ask(subscription=rtc.UpdateSubscription(track_sids=sids, subscribe=wanted))


async def offers(by: Hostile) -> None:
    """Offer anew, a little more each time."""
    by.peer.offers.add(audios=0, videos=by.seed.random() < 0.1)
    await by.ask(offer=by.peer.offers.next())


async def key_frames(by: Hostile) -> None:
    """Ask for key frames of everybody (PLI)."""
    by.peer.ask_for_key_frames()


async def nacks(by: Hostile) -> None:
    """Claim to have lost the last 250 packets of everybody."""
    for stream in by.peer.streams:
        lost = [(stream.highest - n) & 0xFFFF for n in range(250, 0, -1)]
        by.throw_rtcp(rtcp.nack(1, stream.ssrc, lost))


async def reports(by: Hostile) -> None:
    """Sender reports of the own streams, which a server passes on to everybody."""
    for publication in by.peer.publications:
        report = rtcp.sender_report(
            publication.ssrc,
            wall_ns=by.seed.randrange(1 << 60),
            ticks=by.seed.randrange(1 << 32),
            packets=by.seed.randrange(1 << 32),
            octets=by.seed.randrange(1 << 32),
        )
        by.throw_rtcp(report)


async def compounds(by: Hostile) -> None:
    """RTCP of parts that mean nothing, from ever other sources."""
    by.throw_rtcp(b"".join(_part(by.seed) for _ in range(by.seed.randrange(1, 30))))


def _part(seed: random.Random) -> bytes:
    body = seed.randbytes(4 * seed.randrange(1, 9))
    return (
        struct.pack("!BBH", 0x80 | seed.randrange(32), seed.randrange(200, 208), len(body) // 4)
        + body
    )


async def media(by: Hostile) -> None:
    """Pictures, faster than any camera makes them."""
    by.throw(by.picture(by.camera, PAYLOAD))


async def oversized(by: Hostile) -> None:
    """Packets as large as a server may have room for, and larger."""
    by.throw(by.picture(by.camera, by.seed.choice([OVERSIZE, 9_000, 60_000])))


async def duplicates(by: Hostile) -> None:
    """The same genuine packet, five times."""
    again = by.sealed(by.picture(by.camera, PAYLOAD))
    for _ in range(5):
        by.peer.link.send(again)


async def sources(by: Hostile) -> None:
    """A packet of a new SSRC, which claims to be the camera's."""
    by.throw(by.picture(by.seed.randrange(1 << 32), PAYLOAD))


async def jumps(by: Hostile) -> None:
    """Sequence numbers that leap, so that thousands seem lost."""
    by.number += by.seed.randrange(2, 2000)
    by.throw(by.picture(by.camera, PAYLOAD))


async def checks(by: Hostile) -> None:
    """A signed connectivity check."""
    by.peer.link.check()


async def handshakes(by: Hostile) -> None:
    """Something like DTLS."""
    body = by.seed.randbytes(by.seed.randrange(1, 400))
    kind, epoch = by.seed.randrange(20, 24), by.seed.randrange(3)
    head = struct.pack("!BHHHIH", kind, 0xFEFD, epoch, 0, by.number, len(body))
    by.peer.link.send(head + body)


async def noise(by: Hostile) -> None:
    """Anything."""
    by.peer.link.send(by.seed.randbytes(by.seed.randrange(1, 1400)))


FLOODS: dict[str, Flood] = {
    flood.__name__: flood
    for flood in (
        *(tracks, texts, wishes, offers),
        *(key_frames, nacks, reports, compounds),
        *(media, oversized, duplicates, sources, jumps),
        *(checks, handshakes, noise),
    )
}
