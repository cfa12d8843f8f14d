"""Replaying traces as RTP."""

import random
import struct
from dataclasses import dataclass, field, replace

import pytest
from aiortc import rtp

from tests.load import mark, rtcp, vp8
from tests.load.publisher import Publication, Wire, pack_extensions
from tests.load.receiver import find_transport_number, payload_offset
from tests.load.sdp import VP8_RTX, Kind
from tests.load.trace import Packet, Trace
from tests.load.vp8 import Descriptor

pytestmark = pytest.mark.pure


@dataclass
class Sent:
    """What a publication sent, as plain packets."""

    packets: list[bytes] = field(default_factory=list)

    def field(self, form: str, offset: int) -> list[int]:
        return [struct.unpack_from(form, packet, offset)[0] for packet in self.packets]


def picture(us: int, *, key: bool = False, start: bool = True, ticks: int = 0) -> Packet:
    return Packet(us, "video", 200, not start, Descriptor(start, 0xA0, 0, key), ticks)


TRACE = Trace(
    "two frames",
    640,
    360,
    (
        picture(0, key=True),
        picture(100, start=False),
        picture(33_000, ticks=3000),
        picture(33_100, start=False, ticks=3000),
    ),
)


def replay(times: int, *, trace: Trace = TRACE, kind: Kind = "video") -> tuple[Publication, Sent]:
    publication = Publication(trace, kind, mid="0", cid="camera", seed=random.Random(3))
    sent = Sent()
    wire, due = Wire.to(sent.packets.append), publication.begin(now=0.0)
    for _ in range(times):
        due = publication.send_next(wire, now=due, wall_ns=round(due * 1e9))
    return publication, sent


def test_numbers_go_on_over_the_end_of_a_round() -> None:
    _, sent = replay(10)
    sequences = sent.field("!H", 2)
    assert [s - sequences[0] for s in sequences] == list(range(10))
    ticks = sent.field("!I", 4)
    assert [(t - ticks[0]) & 0xFFFFFFFF for t in ticks[::2]] == [0, 3000, 6000, 9000, 12000]
    numbers = [find_transport_number(memoryview(packet), 0) for packet in sent.packets]
    assert numbers == list(range(10))


def test_a_round_lasts_one_frame_longer_than_its_last_packet() -> None:
    publication = Publication(TRACE, "video", mid="0", cid="c", seed=random.Random(3))
    wire, due = Wire.to(lambda _: None), [publication.begin(now=5.0)]
    for _ in range(4):
        due.append(publication.send_next(wire, now=due[-1], wall_ns=0))
    assert [round(d - 5.0, 4) for d in due] == [0.0, 0.0001, 0.033, 0.0331, 0.0667]


def test_a_key_frame_request_restarts_at_the_next_frame() -> None:
    publication, sent = replay(5)
    publication.want_key_frame()
    wire = Wire.to(sent.packets.append)
    publication.send_next(wire, now=1.0, wall_ns=0)
    publication.send_next(wire, now=1.0, wall_ns=0)
    heads = [vp8.read_descriptor(p[payload_offset(p) :]) for p in sent.packets]
    assert [(head.start, head.key) for head in heads[4:]] == [
        (True, True),
        (False, False),
        (True, True),
    ]
    sequences = sent.field("!H", 2)
    assert sequences[-1] - sequences[0] == 6


def test_a_paused_stream_is_silent_until_its_next_key_frame() -> None:
    publication, sent = replay(3)
    wire = Wire.to(sent.packets.append)
    publication.pause(True)
    for _ in range(2):
        publication.send_next(wire, now=1.0, wall_ns=0)
    assert len(sent.packets) == 3
    publication.pause(False)
    for _ in range(3):
        publication.send_next(wire, now=2.0, wall_ns=0)
    heads = [vp8.read_descriptor(p[payload_offset(p) :]) for p in sent.packets]
    assert [(head.start, head.key) for head in heads[3:]] == [(True, True), (False, False)]
    sequences = sent.field("!H", 2)
    assert sequences[-1] - sequences[0] == 4


def test_a_layer_goes_on_silently_over_a_key_frame_while_paused() -> None:
    publication, sent = replay(1)
    publication.pause(True)
    wire = Wire.to(sent.packets.append)
    for _ in range(8):
        publication.send_next(wire, now=1.0, wall_ns=0)
    assert len(sent.packets) == 1


def test_pictures_are_numbered_by_frame() -> None:
    _, sent = replay(6)
    payloads = [packet[payload_offset(packet) :] for packet in sent.packets]
    numbers = [int.from_bytes(payload[2:4], "big") & 0x7FFF for payload in payloads]
    assert [number - numbers[0] for number in numbers] == [0, 0, 1, 1, 2, 2]


def test_payloads_have_the_size_of_the_trace_and_carry_a_mark() -> None:
    publication, sent = replay(2)
    payloads = [packet[payload_offset(packet) :] for packet in sent.packets]
    assert [len(payload) for payload in payloads] == [200, 200]
    assert [mark.read(payload) for payload in payloads] == [
        mark.Mark(publication.ssrc, 0, 0),
        mark.Mark(publication.ssrc, 1, 100_000),
    ]


def test_a_nack_is_answered_once_with_rtx() -> None:
    publication, sent = replay(3)
    wanted = sent.packets[1]
    (sequence,) = struct.unpack_from("!H", wanted, 2)
    repairs: list[bytes] = []
    publication.repair([sequence, sequence], Wire.to(repairs.append))
    (again,) = repairs
    assert again[1] & 127 == VP8_RTX
    assert again[12:] == wanted[2:4] + wanted[payload_offset(wanted) :]
    assert struct.unpack_from("!I", again, 8) == (publication.rtx_ssrc,)


def test_layers_name_themselves_and_so_do_their_retransmissions() -> None:
    layers = Trace("layers", 640, 360, tuple(replace(p, rid="q") for p in TRACE.packets))
    publication = Publication(layers, "video", mid="1", cid="c", seed=random.Random(3), rid="q")
    sent = Sent()
    wire, due = Wire.to(sent.packets.append), publication.begin(now=0.0)
    publication.send_next(wire, now=due, wall_ns=0)
    (sequence,) = sent.field("!H", 2)
    publication.repair([sequence], wire)
    assert publication.size == (160, 90)
    assert b"\x401\x50q" in sent.packets[0][16 : payload_offset(sent.packets[0])]
    assert sent.packets[1][16 : payload_offset(sent.packets[1])] == b"\x401\x60q"
    assert publication.repaired == 1


def test_a_sender_report_runs_on_with_the_wall_clock() -> None:
    publication, sent = replay(1)
    (report,) = rtcp.read_compound(publication.report(wall_ns=1_000_000_000))
    assert isinstance(report, rtp.RtcpSrPacket)
    first = sent.field("!I", 4)[0]
    assert (report.sender_info.rtp_timestamp - first) & 0xFFFFFFFF == 90_000
    assert (report.sender_info.packet_count, report.sender_info.octet_count) == (1, 200)


def test_extensions_are_padded_to_words() -> None:
    assert pack_extensions(
        [(1, b"\x90"), (4, b"12")]
    ) == b"\xbe\xde\x00\x02\x10\x90\x41\x31\x32" + bytes(3)
