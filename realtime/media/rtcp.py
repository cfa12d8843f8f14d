"""RTCP as an SFU needs it: read feedback and sender reports, write both anew.

RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3. Readers are generators that stop quietly at the first
malformed part, so a hostile packet costs at most its own length.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from realtime.media.rtp import Buffer

SENDER_REPORT, RECEIVER_REPORT, RTP_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
NACK, TRANSPORT_WIDE = 1, 15
PLI, FIR = 1, 4

# A NACK may ask for this many packets at most; what follows is dropped.
NACK_LIMIT = 256

# More parts than this in one compound packet are not read.
_PARTS = 16

_REPORT_BLOCK = struct.Struct("!IIIIII")


class Part(NamedTuple):
    """One RTCP packet of a compound: its type, the count or format field, and its body."""

    kind: int
    form: int
    body: bytes


class SenderReport(NamedTuple):
    """RFC 3550 §6.4.1: wall clock (64-bit NTP) and RTP time of one source, and what it sent."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


class ReportBlock(NamedTuple):
    """RFC 3550 §6.4.1: how one source arrives. `lsr` and `dlsr` in 1/65536 s, jitter in ticks."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    lsr: int
    dlsr: int


def parts(packet: Buffer) -> Iterator[Part]:
    """The packets of a compound, as far as they are well formed."""
    at = 0
    for _ in range(_PARTS):
        if at + 4 > len(packet) or packet[at] >> 6 != 2:
            return
        size = 4 * (int.from_bytes(packet[at + 2 : at + 4], "big") + 1)
        if at + size > len(packet):
            return
        yield Part(packet[at + 1], packet[at] & 0x1F, bytes(packet[at + 4 : at + size]))
        at += size


def sender_report(part: Part) -> SenderReport | None:
    """The sender's half of an SR; None when it is cut short."""
    if part.kind != SENDER_REPORT or len(part.body) < 24:
        return None
    return SenderReport(*struct.unpack_from("!IQIII", part.body))


def report_blocks(part: Part) -> list[ReportBlock]:
    """What the sender of an SR or RR says of the sources it hears (RFC 3550 §6.4.1, §6.4.2)."""
    start = {SENDER_REPORT: 24, RECEIVER_REPORT: 4}.get(part.kind)
    if start is None:
        return []
    end = min(start + 24 * part.form, len(part.body) - len(part.body) % 4)
    return [_read_block(part.body, at) for at in range(start, end - 23, 24)]


def _read_block(body: bytes, at: int) -> ReportBlock:
    ssrc, loss, highest, jitter, lsr, dlsr = _REPORT_BLOCK.unpack_from(body, at)
    lost = (loss & 0xFFFFFF ^ 0x800000) - 0x800000
    return ReportBlock(ssrc, loss >> 24, lost, highest, jitter, lsr, dlsr)


def key_frame_wanted(part: Part) -> list[int]:
    """SSRCs that a PLI or FIR asks a key frame of (RFC 4585 §6.3.1, RFC 5104 §4.3.1)."""
    if part.kind != PAYLOAD_FEEDBACK or len(part.body) < 8:
        return []
    if part.form == PLI:
        return [int.from_bytes(part.body[4:8], "big")]
    if part.form == FIR:
        return [
            int.from_bytes(part.body[at : at + 4], "big")
            for at in range(8, min(len(part.body) - 7, 8 + 8 * 16), 8)
        ]
    return []


def lost_packets(part: Part) -> tuple[int, list[int]]:
    """SSRC and sequence numbers that a generic NACK asks for, at most `NACK_LIMIT` of them.

    RFC 4585 §6.2.1. Other transport feedback (fmt 15 of transport-cc) reads as nothing.
    """
    if part.kind != RTP_FEEDBACK or part.form != NACK or len(part.body) < 12:
        return 0, []
    lost: list[int] = []
    for at in range(8, len(part.body) - 3, 4):
        first, mask = struct.unpack_from("!HH", part.body, at)
        lost.append(first)
        lost += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
        if len(lost) >= NACK_LIMIT:
            break
    return int.from_bytes(part.body[4:8], "big"), lost[:NACK_LIMIT]


def write_sender_report(report: SenderReport, cname: bytes) -> bytes:
    """An SR without report blocks, and the SDES with the canonical name that must go with it."""
    head = struct.pack("!BBHIQIII", 0x80, SENDER_REPORT, 6, *report)
    item = struct.pack("!IBB", report.ssrc, 1, len(cname)) + cname
    item += bytes(4 - len(item) % 4)
    return head + struct.pack("!BBH", 0x81, 202, len(item) // 4) + item


def write_receiver_report(ssrc: int, blocks: list[ReportBlock]) -> bytes:
    """An RR with at most 31 blocks (RFC 3550 §6.4.2)."""
    body = b"".join(_block(block) for block in blocks[:31])
    count = min(len(blocks), 31)
    return struct.pack("!BBHI", 0x80 | count, RECEIVER_REPORT, 1 + 6 * count, ssrc) + body


def _block(block: ReportBlock) -> bytes:
    loss = block.fraction << 24 | min(max(block.lost, 0), 0x7FFFFF)
    return _REPORT_BLOCK.pack(
        block.ssrc, loss, block.highest & 0xFFFFFFFF, block.jitter, block.lsr, block.dlsr
    )


def write_pli(sender: int, media: int) -> bytes:
    """Picture Loss Indication (RFC 4585 §6.3.1)."""
    return struct.pack("!BBHII", 0x80 | PLI, PAYLOAD_FEEDBACK, 2, sender, media)


def write_fir(sender: int, media: int, number: int) -> bytes:
    """Full Intra Request (RFC 5104 §4.3.1); `number` is another one for each new request."""
    head = struct.pack("!BBHII", 0x80 | FIR, PAYLOAD_FEEDBACK, 4, sender, 0)
    return head + struct.pack("!II", media, (number & 0xFF) << 24)


def write_nack(sender: int, media: int, lost: list[int]) -> bytes:
    """Generic NACK for sequence numbers in ascending order (RFC 4585 §6.2.1)."""
    pairs: list[list[int]] = []
    for sequence in lost:
        ahead = (sequence - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 1 <= ahead <= 16:
            pairs[-1][1] |= 1 << (ahead - 1)
        else:
            pairs.append([sequence, 0])
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in pairs)
    head = struct.pack("!BBHII", 0x80 | NACK, RTP_FEEDBACK, 2 + len(pairs), sender, media)
    return head + body
