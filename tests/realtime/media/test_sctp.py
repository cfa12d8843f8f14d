"""What is read of an SCTP packet, and what is not let through to the state machine behind."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import sctp
from realtime.media.sctp import Chunk, Packet
from tests.load.fuzz_sctp import mutants

pytestmark = pytest.mark.pure

TAG = 0x01020304
DATA = struct.pack("!LHHL", 7, 0, 0, 53) + b"hello"
INIT = struct.pack("!LLHHL", 9, 65_536, 10, 10, 100)


def chunk(kind: int, body: bytes = b"", *, length: int | None = None) -> bytes:
    size = len(body) + 4 if length is None else length
    return struct.pack("!BBH", kind, 3, size) + body + bytes(-len(body) % 4)


def packet(*chunks: bytes) -> bytes:
    return struct.pack("!HHLL", 5000, 5000, TAG, 0) + b"".join(chunks)


def parameter(kind: int, value: bytes, *, length: int | None = None) -> bytes:
    size = len(value) + 4 if length is None else length
    return struct.pack("!HH", kind, size) + value + bytes(-len(value) % 4)


def sack(*gaps: tuple[int, int], said: int | None = None) -> bytes:
    body = struct.pack("!LLHH", 1, 2, len(gaps) if said is None else said, 0)
    return chunk(sctp.SACK, body + b"".join(struct.pack("!HH", *gap) for gap in gaps))


def test_chunks_are_read_in_order_without_padding_and_unknown_kinds() -> None:
    whole = packet(sack((2, 3), (5, 5)), chunk(99, b"new"), chunk(sctp.DATA, DATA))
    body = sack((2, 3), (5, 5))[4:]
    expected = [Chunk(sctp.SACK, 3, body), Chunk(sctp.DATA, 3, DATA)]
    assert sctp.read(whole) == Packet(TAG, expected)


SOUND = {
    "init": packet(chunk(sctp.INIT, INIT + parameter(0xC000, b""))),
    "heartbeat": packet(chunk(sctp.HEARTBEAT, parameter(1, b"time"))),
    "reset": packet(chunk(sctp.RECONFIG, parameter(13, bytes(12) + b"\x00\x01"))),
    "forward": packet(chunk(sctp.FORWARD_TSN, bytes(8))),
    "many pieces": packet(*[chunk(sctp.DATA, DATA)] * 30, sack()),
}

UNSOUND = {
    "empty": b"",
    "no chunk": packet(),
    "chunk shorter than its header": packet(chunk(sctp.DATA, DATA, length=3)),
    "chunk beyond the packet": packet(chunk(sctp.DATA, DATA, length=60)),
    "data without data": packet(chunk(sctp.DATA, DATA[:12])),
    "short init": packet(chunk(sctp.INIT, INIT[:15])),
    "init without a tag": packet(chunk(sctp.INIT, bytes(4) + INIT[4:])),
    "init without streams": packet(chunk(sctp.INIT, INIT[:8] + bytes(4) + INIT[12:])),
    "init among others": packet(chunk(sctp.INIT, INIT), chunk(sctp.DATA, DATA)),
    "parameter of length 0": packet(chunk(sctp.HEARTBEAT, parameter(1, b"", length=0))),
    "parameter beyond the chunk": packet(chunk(sctp.HEARTBEAT, parameter(1, b"", length=5))),
    "many parameters": packet(chunk(sctp.HEARTBEAT, parameter(1, b"") * 17)),
    "error cause of length 0": packet(chunk(sctp.ERROR, parameter(1, b"", length=0))),
    "gaps that are not there": packet(sack(said=1)),
    "gap backwards": packet(sack((5, 2))),
    "gaps over each other": packet(sack((2, 9), (3, 4))),
    "gap at 0": packet(sack((0, 4))),
    "two sacks": packet(sack(), sack()),
    "two heartbeats": packet(*[chunk(sctp.HEARTBEAT, parameter(1, b"x"))] * 2),
    "short shutdown": packet(chunk(sctp.SHUTDOWN, bytes(3))),
    "odd forward": packet(chunk(sctp.FORWARD_TSN, bytes(6))),
    "short reset": packet(chunk(sctp.RECONFIG, parameter(13, bytes(11)))),
    "half a stream number": packet(chunk(sctp.RECONFIG, parameter(13, bytes(13)))),
    "short reset answer": packet(chunk(sctp.RECONFIG, parameter(16, bytes(7)))),
    "three resets": packet(chunk(sctp.RECONFIG, parameter(16, bytes(8)) * 3)),
    "too many chunks": packet(*[chunk(sctp.DATA, DATA)] * 65),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_packet_is_read(name: str) -> None:
    assert sctp.read(SOUND[name]) is not None


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_packet_is_not(name: str) -> None:
    assert sctp.read(UNSOUND[name]) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_not(body: bytes) -> None:
    sctp.read(body)
    sctp.read(packet(body))


def test_mutants_are_read_or_not() -> None:
    seed = random.Random(1)
    for mutant in mutants(list(SOUND.values()), 3000, seed):
        sctp.read(mutant)
