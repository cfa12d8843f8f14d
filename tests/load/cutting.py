"""From the packets that were heard to a trace that can be replayed."""

from dataclasses import replace

from .receiver import payload_offset
from .sdp import OPUS
from .trace import Packet
from .vp8 import Descriptor, read_descriptor


def read_packet(packet: bytes, arrival_ns: int, rid: str = "") -> Packet:
    """A decrypted packet as a line of a trace, with absolute time and ticks."""
    payload = packet[payload_offset(packet) :]
    is_audio = packet[1] & 127 == OPUS
    return Packet(
        us=arrival_ns // 1000,
        kind="audio" if is_audio else "video",
        size=len(payload),
        marker=packet[1] > 127,
        descriptor=AUDIO if is_audio else read_descriptor(payload),
        ticks=int.from_bytes(packet[4:8], "big"),
        rid="" if is_audio else rid,
    )


AUDIO = Descriptor(start=True, form=0, layer=0, key=False)


def trim(packets: list[Packet], *, seconds: float) -> list[Packet]:
    """From the first key frame on, counted from there; of each layer whole frames only, beginning
    with a key frame of its own.

    Raises:
        ValueError: no key frame was heard, of one layer at least.
    """
    began = next((p.us for p in packets if p.descriptor.key), None)
    if began is None:
        raise ValueError("no key frame was heard")
    kept = [p for p in packets if began <= p.us < began + seconds * 1e6]
    layers = {p.rid for p in packets if p.kind == "video"}
    whole = [packet for rid in layers for packet in _whole_frames(kept, rid)]
    end = max(p.us for p in whole)
    sound = [p for p in kept if p.kind == "audio" and p.us <= end]
    first: dict[tuple[str, str], int] = {}
    for packet in [*whole, *sound]:
        first.setdefault((packet.kind, packet.rid), packet.ticks)
    inorder = sorted([*whole, *sound], key=lambda packet: packet.us)
    return [_from_zero(packet, began, first[packet.kind, packet.rid]) for packet in inorder]


def _whole_frames(packets: list[Packet], rid: str) -> list[Packet]:
    layer = [p for p in packets if (p.kind, p.rid) == ("video", rid)]
    began = next((i for i, p in enumerate(layer) if p.descriptor.key), None)
    if began is None:
        raise ValueError("no key frame was heard")
    last = max((i for i, p in enumerate(layer) if p.marker), default=began)
    return layer[began : last + 1]


def _from_zero(packet: Packet, us: int, ticks: int) -> Packet:
    return replace(packet, us=packet.us - us, ticks=(packet.ticks - ticks) & 0xFFFFFFFF)
