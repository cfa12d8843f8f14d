"""Committed traces, payload marks and VP8 descriptors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load import mark, vp8
from tests.load.cutting import AUDIO, trim
from tests.load.sdp import Kind
from tests.load.trace import Packet, Trace

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("name", "bits"), [("2mbit", (1_800_000, 2_200_000)), ("150kbit", (130_000, 170_000))]
)
def test_a_committed_trace_holds_what_its_name_says(name: str, bits: tuple[int, int]) -> None:
    trace = Trace.load(name)
    assert trace.seconds >= 10
    assert bits[0] < trace.bits_per_second("video") < bits[1]
    assert 20_000 < trace.bits_per_second("audio") < 60_000
    assert trace.packets[0].descriptor.key
    assert len({p.size for p in trace.packets if p.kind == "video"}) > 100
    assert [p.us for p in trace.packets] == sorted(p.us for p in trace.packets)


def test_the_layers_of_simulcast_are_those_that_browsers_are_asked_for() -> None:
    trace = Trace.load("simulcast")
    assert trace.rids == ("q", "h", "f")
    assert [trace.size_of(rid) for rid in trace.rids] == [(320, 180), (640, 360), (1280, 720)]
    loops = [trace.of("video", rid) for rid in trace.rids]
    assert all(loop.packets[0].descriptor.key for loop in loops)
    rates = [8 * sum(p.size for p in loop.packets) / trace.seconds for loop in loops]
    for rate, asked in zip(rates, (150_000, 600_000, 2_000_000), strict=True):
        assert 0.6 * asked < rate < 1.2 * asked


def test_a_line_reads_back_as_the_same_packet() -> None:
    packets = Trace.load("2mbit").packets[:200]
    assert tuple(Packet.read(packet.line()) for packet in packets) == packets


def test_a_layer_is_named_beside_the_kind() -> None:
    line = "5 video:q 700 1 1 0 a0 00 3000"
    assert Packet.read(line).rid == "q"
    assert Packet.read(line).line() == line


@pytest.mark.parametrize("line", ["", "0 smell 3 1 1 0 00 00 0", "0 video x 1 1 0 00 00 0"])
def test_a_broken_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Packet.read(line)


def test_trimming_begins_at_the_key_frame_and_ends_with_a_frame() -> None:
    def packet(us: int, kind: Kind, *, key: bool = False, marker: bool = True) -> Packet:
        descriptor = vp8.Descriptor(True, 0, 0, key) if kind == "video" else AUDIO
        return Packet(us, kind, 50, marker, descriptor, 1000 + us)

    heard = [
        packet(0, "video"),
        packet(10, "video", key=True),
        packet(15, "audio"),
        packet(20, "audio"),
        packet(30, "video"),
        packet(40, "video", marker=False),
    ]
    kept = trim(heard, seconds=1)
    assert [(p.us, p.kind, p.ticks) for p in kept] == [
        (0, "video", 0),
        (5, "audio", 0),
        (10, "audio", 5),
        (20, "video", 20),
    ]
    with pytest.raises(ValueError, match="no key frame"):
        trim(heard[2:], seconds=1)


@given(st.binary(max_size=20), st.integers(0, 1300), st.integers(0, 2**63))
def test_a_sealed_payload_reads_back(head: bytes, more: int, sent_ns: int) -> None:
    payload = mark.seal(head, len(head) + more, mark.Mark(5, 6, sent_ns))
    assert len(payload) == len(head) + more
    expected = mark.Mark(5, 6, sent_ns) if more >= mark.SIZE else None
    if expected or len(head) == 0:
        assert mark.read(payload) == expected


@given(st.integers(0, 99), st.integers(1, 255))
def test_one_changed_byte_is_noticed(position: int, change: int) -> None:
    payload = bytearray(mark.seal(b"head", 100, mark.Mark(1, 2, 3)))
    payload[position] ^= change
    with pytest.raises(mark.CorruptPayload):
        mark.read(bytes(payload))


@pytest.mark.parametrize("form", [0x00, 0x80, 0xE0, 0xF0, 0x20])
@pytest.mark.parametrize("key", [True, False])
def test_a_written_descriptor_reads_back(form: int, *, key: bool) -> None:
    layer = 0x60 if form & 0x30 else 0
    descriptor = vp8.Descriptor(start=True, form=form, layer=layer, key=key)
    head = vp8.write_head(descriptor, picture=300, base_picture=9, width=640, height=360)
    assert vp8.read_descriptor(head + b"data") == descriptor


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x90\x80", b"\x90\xe0\x81\x00"])
def test_a_short_descriptor_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="short"):
        vp8.read_descriptor(payload)
