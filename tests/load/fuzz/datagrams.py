"""Targets behind the UDP port: STUN, RTP with header extensions, RTCP."""

import hashlib
import hmac
import random
import socket
import struct
import zlib
from collections.abc import Callable, Sequence

from tests.load import rtcp
from tests.load.floods import Hostile
from tests.load.publisher import Wire, pack_extensions
from tests.load.sdp import H264, OPUS, RED, VP8, VP8_RTX

from .mutants import bend
from .people import answered

COOKIE = 0x2112A442
BINDING = 0x0001
MESSAGE_INTEGRITY, FINGERPRINT = 0x0008, 0x8028
# Attributes with their right size: PRIORITY, USE-CANDIDATE, ICE-CONTROLLED, ICE-CONTROLLING,
# GOOG-NETWORK-INFO; and some that no check has.
RIGHT = {0x0024: 4, 0x0025: 0, 0x8029: 8, 0x802A: 8, 0xC057: 4}
PAYLOAD_TYPES = (OPUS, RED, VP8, VP8_RTX, H264, 127)
ODD = (0x0001, 0x0006, 0x0008, 0x0009, 0x0014, 0x0020, 0x7FFF, 0xFFFF)


class Stun:
    """Connectivity checks: bent ones, and odd ones with a genuine signature."""

    name = "stun"

    def __init__(self, hostile: Hostile) -> None:
        self._hostile = hostile
        ice = hostile.peer.link.ice
        assert ice
        self._user = f"{ice.remote.ufrag}:{ice.local.ufrag}".encode()
        self._password = ice.remote.password.encode()
        self._stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def mutant(self, chance: random.Random) -> bytes:
        attributes = [(0x0006, self._user), *(_attribute(chance) for _ in range(3))]
        if chance.random() < 0.5:
            chance.shuffle(attributes)
            kind = chance.choice([*[BINDING] * 5, 0x0101, 0x0111, chance.randrange(1 << 14)])
            return self._signed(kind, attributes, chance)
        return bend(self._signed(BINDING, attributes, chance), chance)

    async def throw(self, mutants: Sequence[bytes]) -> None:
        link = self._hostile.peer.link
        assert link.address
        for number, mutant in enumerate(mutants):
            if number % 4:
                link.send(mutant)
            else:
                self._stranger.sendto(mutant, link.address)
        await answered(self._hostile)

    def _signed(
        self, kind: int, attributes: Sequence[tuple[int, bytes]], chance: random.Random
    ) -> bytes:
        body = b"".join(_attribute_bytes(*attribute) for attribute in attributes)
        transaction = chance.randbytes(12)
        head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + transaction
        digest = hmac.new(self._password, head + body, hashlib.sha1).digest()
        body += _attribute_bytes(MESSAGE_INTEGRITY, digest)
        head = struct.pack("!HHI", kind, len(body) + 8, COOKIE) + transaction
        check = zlib.crc32(head + body) ^ 0x5354554E
        return head + body + _attribute_bytes(FINGERPRINT, struct.pack("!I", check))


def _attribute(chance: random.Random) -> tuple[int, bytes]:
    kind = chance.choice(list(RIGHT) * 2 + list(ODD))
    size = chance.choice([0, 1, 3, 4, 8, 20, 300])
    if chance.random() < 0.8:
        size = RIGHT.get(kind, size)
    return kind, chance.randbytes(size)


def _attribute_bytes(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


class Rtp:
    """Packets of a camera and a microphone, encrypted as they are: odd extensions and payloads."""

    name = "rtp"

    def __init__(self, hostile: Hostile) -> None:
        self._hostile = hostile
        self._samples = _samples(hostile)

    def mutant(self, chance: random.Random) -> bytes:
        packet = chance.choice(self._samples)
        if chance.random() < 0.5:
            packet = _with_extensions(packet, chance)
        packet = packet[:12] + bend(packet[12:], chance)
        if chance.random() < 0.3:
            packet = (
                bytes([packet[0], chance.choice([OPUS, RED, VP8, VP8_RTX, H264, 127])]) + packet[2:]
            )
        if chance.random() < 0.1:
            packet = bend(packet[:12], chance) + packet[12:]
        return packet[:1400]

    async def throw(self, mutants: Sequence[bytes]) -> None:
        for mutant in mutants:
            self._hostile.number += 1
            fresh = mutant[:2] + struct.pack("!H", self._hostile.number & 0xFFFF) + mutant[4:]
            self._hostile.peer.link.send(self._hostile.sealed(fresh) or fresh)
        await answered(self._hostile)


def _samples(hostile: Hostile) -> list[bytes]:
    """The first packets that this client would send, and some of them again."""
    sent: list[bytes] = []
    wire = Wire.to(sent.append)
    for publication in hostile.peer.publications:
        due = publication.begin(now=0.0)
        for _ in range(20):
            due = publication.send_next(wire, now=due, wall_ns=round(due * 1e9))
        numbers = [int.from_bytes(packet[2:4], "big") for packet in sent]
        publication.repair(numbers[-3:], wire)
    return sent


def _with_extensions(packet: bytes, chance: random.Random) -> bytes:
    """Other header extensions: of the one-byte and two-byte forms, and none."""
    parts = [(chance.randrange(1, 15), chance.randbytes(chance.randrange(1, 17))) for _ in range(4)]
    words = bend(pack_extensions(parts)[4:], chance)[:400]
    words += bytes(-len(words) % 4)
    profile = chance.choice([0xBEDE, 0x1000, 0x100F, chance.randrange(1 << 16)])
    block = struct.pack("!HH", profile, len(words) // 4) + words
    payload = packet[12 + 4 + 4 * int.from_bytes(packet[14:16], "big") :]
    return bytes([packet[0] | 0x10]) + packet[1:12] + block + payload


class Rtcp:
    """Reports and feedback about streams that there are, bent, then encrypted."""

    name = "rtcp"

    def __init__(self, hostile: Hostile) -> None:
        self._hostile = hostile
        peer = hostile.peer
        self._mine = [publication.ssrc for publication in peer.publications]
        self._theirs = [stream.ssrc for stream in peer.streams]
        self._parts = self._good_parts()

    def mutant(self, chance: random.Random) -> bytes:
        parts = [chance.choice(self._parts)(chance) for _ in range(chance.randrange(1, 4))]
        bent = [bend(part, chance) if chance.random() < 0.7 else part for part in parts]
        return b"".join(bent)[:1300]

    async def throw(self, mutants: Sequence[bytes]) -> None:
        for mutant in mutants:
            self._hostile.throw_rtcp(mutant)
        await answered(self._hostile)

    def _good_parts(self) -> Sequence[Callable[[random.Random], bytes]]:
        peer = self._hostile.peer
        return (
            lambda chance: peer.receiver.report(now=1e9),
            lambda chance: peer.publications[0].report(wall_ns=chance.randrange(1 << 60)),
            lambda chance: rtcp.nack(1, self._one(chance), [1, 2, 3, 400, 65535]),
            lambda chance: rtcp.picture_loss(1, self._one(chance)),
            lambda chance: rtcp.bandwidth_estimate(1, self._theirs, 500_000),
            lambda chance: rtcp.transport_feedback(
                1, self._one(chance), {5: 0, 6: 250_000, 9: 64_000_000}, count=1
            ),
            self._full_intra_request,
        )

    def _full_intra_request(self, chance: random.Random) -> bytes:
        """RFC 5104 §4.3.1."""
        body = struct.pack("!IIII", 1, 0, self._one(chance), chance.randrange(1 << 32))
        return struct.pack("!BBH", 0x84, 206, 4) + body

    def _one(self, chance: random.Random) -> int:
        return chance.choice([*self._mine, *self._theirs])
