"""A media plane without its clock and its socket: packets go in and come out by hand.

People have real SRTP sessions, so what comes out is what their browser would decrypt.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pylibsrtp

from realtime.media import adapter, rtcp, rtp, sdp
from realtime.media.peer import Peer
from realtime.media.plane import Plane
from realtime.media.publication import Publication
from realtime.media.rtcp import Part
from realtime.media.subscription import Subscription
from realtime.media.udp import SLOT, Address

MID, RID, REPAIRED, LEVEL, ORIENTATION, TRANSPORT = 1, 2, 3, 4, 5, 6
_URIS = {
    MID: rtp.MID,
    RID: rtp.RID,
    REPAIRED: rtp.REPAIRED_RID,
    LEVEL: rtp.AUDIO_LEVEL,
    ORIENTATION: rtp.ORIENTATION,
    TRANSPORT: rtp.TRANSPORT_CC,
}
_FEEDBACK = ("nack", "nack pli", "ccm fir")
VP8, VP8_RTX, H264, H264_RTX, OPUS, RED = 96, 97, 102, 103, 111, 63
_H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
CODECS = {
    VP8: "VP8/90000",
    VP8_RTX: "rtx/90000",
    H264: "H264/90000",
    H264_RTX: "rtx/90000",
    OPUS: "opus/48000/2",
    RED: "red/48000/2",
}
PARAMETERS = {VP8_RTX: "apt=96", H264: _H264, H264_RTX: "apt=102", RED: "111/111"}


class Packet:
    """A plain RTP packet, taken apart."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        first, second, self.sequence, self.timestamp, self.ssrc = rtp.HEADER.unpack_from(data)
        self.marker, self.payload_type = bool(second & 0x80), second & 0x7F
        self.padded = bool(first & 0x20)
        start = rtp.payload_start(data, 0, len(data))
        assert start is not None
        self.payload = data[start:]
        found = rtp.extensions(data, 0, start) if first & 0x10 else []
        self.extensions = {number: data[at:end] for number, at, end in found}


class Person:
    """A peer of the plane, and the other end of its keys.

    `wire` are its RTP datagrams as they came, `repeats` those whose number came before.
    """

    def __init__(self, plane: Plane, port: int) -> None:
        self.peer: Peer = plane.new_peer(on_open=lambda: None, on_close=lambda: None)
        ours, theirs = os.urandom(30), os.urandom(30)
        self.sending, self.receiving = _session(theirs, out=True), _session(ours, out=False)
        self._rx, self._tx = _session(theirs, out=False), _session(ours, out=True)
        self.peer.rx, self.peer.tx = map(adapter.pointer_of, (self._rx, self._tx))
        key = struct.pack("=H", 2) + struct.pack("!H", port) + bytes((127, 0, 0, 1)) + bytes(8)
        self.peer.proven(Address(key), nominated=True, now=0.0)
        self.peer.reported_at = 0.0
        self.peer.extension_names = dict(_URIS)
        self.wire: list[bytes] = []
        self.repeats: list[bytes] = []
        self.got: list[Packet] = []
        self.told: list[Part] = []

    def take(self, datagram: bytes) -> None:
        """Decrypt what the plane sent."""
        if rtp.is_rtcp(datagram[1]):
            self.told += rtcp.parts(self.receiving.unprotect_rtcp(datagram))
            return
        self.wire.append(datagram)
        try:
            self.got.append(Packet(self.receiving.unprotect(datagram)))
        except pylibsrtp.Error:
            self.repeats.append(datagram)

    def of(self, subscription: Subscription) -> list[Packet]:
        """What came on the main stream of a subscription."""
        return [packet for packet in self.got if packet.ssrc == subscription.ssrc]

    def repairs_of(self, subscription: Subscription) -> list[Packet]:
        return [packet for packet in self.got if packet.ssrc == subscription.repair_ssrc]

    def told_of(self, kind: int) -> list[Part]:
        return [part for part in self.told if part.kind == kind]


class Bench:
    """The plane and the people at it. `now` is the clock, in seconds."""

    def __init__(self) -> None:
        self.plane = Plane("127.0.0.1", 0, advertised=("127.0.0.1",))
        self.people: list[Person] = []
        self.now = 100.0

    def join(self) -> Person:
        person = Person(self.plane, 40_000 + len(self.people))
        self.people.append(person)
        return person

    def send(self, person: Person, packet: bytes) -> None:
        """A person sends an RTP packet."""
        self._take(person, person.sending.protect(packet))

    def send_rtcp(self, person: Person, packet: bytes) -> None:
        self._take(person, person.sending.protect_rtcp(packet))

    def _take(self, person: Person, datagram: bytes) -> None:
        udp = self.plane.udp
        udp.memory[: len(datagram)] = datagram
        self.plane.take_media(person.peer, 0, len(datagram), self.now)
        self.collect()

    def mend(self, after: float) -> None:
        """Let time pass, then ask publishers for what is missing."""
        self.now += after
        self.plane.mender.mend(self.now)
        self.collect()

    def collect(self) -> None:
        """Hand out what is queued."""
        udp = self.plane.udp
        for slot in range(udp.used):
            length = udp.out_lengths[2 * slot + 1]
            datagram = bytes(udp.out[slot * SLOT : slot * SLOT + length])
            name = udp.out_longs[8 * slot]
            person = next(p for p in self.people if p.peer.addresses[0].pointer == name)
            person.take(datagram)
        udp.used = 0


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench whose socket is closed at the end."""
    made = Bench()
    try:
        yield made
    finally:
        made.plane.udp.close()


def publish(
    person: Person, kind: str, *, rids: tuple[str, ...] = (), extra: str = ""
) -> Publication:
    """A camera or microphone in section "0" or "1"."""
    mid = "1" if kind == "video" else "0"
    publication = Publication(f"TR_{mid}", person.peer, kind)
    numbers = (VP8, VP8_RTX, H264, H264_RTX) if kind == "video" else (RED, OPUS)
    lines = [f"a=rid:{rid} send" for rid in rids]
    publication.bind(section(kind, numbers, mid=mid, extra="\n".join([*lines, extra])))
    person.peer.publish(publication)
    return publication


def watch(
    person: Person, publication: Publication, numbers: tuple[int, ...] | None = None
) -> Subscription:
    """Let a person get a publication; `numbers` are the payload types of its section."""
    usual = (VP8, VP8_RTX, H264, H264_RTX) if publication.kind == "video" else (RED, OPUS)
    subscription = Subscription(publication, person.peer)
    subscription.agree(section(publication.kind, numbers or usual, mid="7"))
    person.peer.subscribe(subscription)
    return subscription


def section(kind: str, numbers: tuple[int, ...], *, mid: str, extra: str = "") -> sdp.Section:
    """A section as a browser describes it."""
    lines = [
        "v=0",
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, numbers))}",
        f"a=mid:{mid}",
        *(f"a=rtpmap:{number} {CODECS[number]}" for number in numbers),
        *(f"a=fmtp:{number} {PARAMETERS[number]}" for number in numbers if number in PARAMETERS),
        *(f"a=rtcp-fb:{number} {name}" for number in (VP8, H264) for name in _FEEDBACK),
        *(f"a=extmap:{number} {uri}" for number, uri in _URIS.items()),
        extra,
    ]
    return sdp.parse("\n".join(lines)).sections[0]


def packet(
    ssrc: int,
    sequence: int,
    timestamp: int,
    payload: bytes,
    *,
    payload_type: int = VP8,
    marker: bool = False,
    padding: int = 0,
    mid: bytes = b"",
    rid: bytes = b"",
    repaired: bytes = b"",
    level: bytes = b"",
    orientation: bytes = b"",
) -> bytes:
    """An RTP packet, with those extensions that have a value."""
    elements = b""
    values = {MID: mid, RID: rid, REPAIRED: repaired, LEVEL: level, ORIENTATION: orientation}
    for number, value in values.items():
        elements += bytes((number << 4 | len(value) - 1,)) + value if value else b""
    elements += bytes(-len(elements) % 4)
    block = struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements if elements else b""
    first = 0x80 | (0x10 if block else 0) | (0x20 if padding else 0)
    second = payload_type | (0x80 if marker else 0)
    head = rtp.HEADER.pack(first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + block + payload + (bytes(padding - 1) + bytes((padding,)) if padding else b"")


def vp8(picture: int, *, key: bool = False, tl0: int | None = None, body: bytes = b"") -> bytes:
    """The beginning of a VP8 frame with a wide picture id, TL0PICIDX and KEYIDX."""
    base = picture if tl0 is None else tl0
    numbers = bytes(
        (0x80 | picture >> 8 & 0x7F, picture & 0xFF, base & 0xFF, 0x20 | picture & 0x1F)
    )
    return b"\x90\xd0" + numbers + bytes((0 if key else 1,)) + body


def picture_of(payload: bytes) -> tuple[int, int, int]:
    """Picture id, TL0PICIDX and KEYIDX of such a payload."""
    return (payload[2] & 0x7F) << 8 | payload[3], payload[4], payload[5] & 0x1F


def _session(key: bytes, *, out: bool) -> pylibsrtp.Session:
    direction = pylibsrtp.Policy.SSRC_ANY_OUTBOUND if out else pylibsrtp.Policy.SSRC_ANY_INBOUND
    profile = pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return pylibsrtp.Session(policy)
