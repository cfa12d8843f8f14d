"""Reports and feedback that the light clients send; parsing is aiortc's."""

import struct
from collections.abc import Iterable, Mapping

from aiortc import rtp

from realtime.media.rtcp import write_nack

from .stream import Stream

DELTA_NS = 250_000
REFERENCE_NS = 64_000_000
VECTOR = 7
LONGEST_RUN = 0x1FFF
FULL_INTRA_REQUEST = 4
TRANSPORT_WIDE = 15

NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA = 0, 1, 2


def receiver_report(own_ssrc: int, streams: Iterable[Stream], *, now: float) -> bytes:
    """One receiver report over all streams (RFC 3550 §6.4.2); `now` in seconds, monotonic."""
    reports = [_report_block(stream, now) for stream in streams]
    parts = [reports[start : start + 31] for start in range(0, len(reports), 31)] or [[]]
    return b"".join(bytes(rtp.RtcpRrPacket(ssrc=own_ssrc, reports=part)) for part in parts)


def _report_block(stream: Stream, now: float) -> rtp.RtcpReceiverInfo:
    delay = int((now - stream.sender_report_at) * 65536) if stream.sender_report else 0
    return rtp.RtcpReceiverInfo(
        ssrc=stream.ssrc,
        fraction_lost=0,
        packets_lost=min(stream.lost, 0x7FFFFF),
        highest_sequence=stream.extended_highest & 0xFFFFFFFF,
        jitter=0,
        lsr=stream.sender_report,
        dlsr=min(delay, 0xFFFFFFFF),
    )


def sender_report(ssrc: int, *, wall_ns: int, ticks: int, packets: int, octets: int) -> bytes:
    """A sender report without blocks (RFC 3550 §6.4.1); `wall_ns` counts from 1970."""
    seconds, nanoseconds = divmod(wall_ns, 1_000_000_000)
    ntp = (seconds + 2_208_988_800) << 32 | (nanoseconds << 32) // 1_000_000_000
    info = rtp.RtcpSenderInfo(
        ntp_timestamp=ntp,
        rtp_timestamp=ticks & 0xFFFFFFFF,
        packet_count=packets & 0xFFFFFFFF,
        octet_count=octets & 0xFFFFFFFF,
    )
    return bytes(rtp.RtcpSrPacket(ssrc=ssrc, sender_info=info))


def nack(own_ssrc: int, media_ssrc: int, lost: list[int]) -> bytes:
    """A generic NACK for ascending numbers (RFC 4585 §6.2.1); aiortc's fails where they wrap."""
    return write_nack(own_ssrc, media_ssrc, lost)


def picture_loss(own_ssrc: int, media_ssrc: int) -> bytes:
    """A request for a key frame (RFC 4585 §6.3.1)."""
    return bytes(
        rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI, ssrc=own_ssrc, media_ssrc=media_ssrc, fci=b"")
    )


def bandwidth_estimate(own_ssrc: int, ssrcs: list[int], bits_per_second: int) -> bytes:
    """REMB: what the receiver believes the path carries (draft-alvestrand-rmcat-remb §2.2)."""
    fci = rtp.pack_remb_fci(bits_per_second, ssrcs)
    return bytes(rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_APP, ssrc=own_ssrc, media_ssrc=0, fci=fci))


def transport_feedback(
    own_ssrc: int, media_ssrc: int, arrivals: Mapping[int, int], *, count: int
) -> bytes:
    """Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc §3.1).

    Args:
        own_ssrc: SSRC of the reporter.
        media_ssrc: SSRC of any stream the packets belong to.
        arrivals: transport-wide sequence number, unwrapped, to time of arrival in nanoseconds.
        count: number of this feedback packet.
    """
    base, last = min(arrivals), max(arrivals)
    reference = arrivals[base] // REFERENCE_NS
    symbols, deltas = _symbols_and_deltas(arrivals, base, last, reference * REFERENCE_NS)
    body = (
        struct.pack("!IIHH", own_ssrc, media_ssrc, base & 0xFFFF, len(symbols))
        + (reference & 0xFFFFFF).to_bytes(3, "big")
        + bytes([count & 0xFF])
        + b"".join(chunks(symbols))
        + deltas
    )
    return bytes(rtp.pack_rtcp_packet(rtp.RTCP_RTPFB, TRANSPORT_WIDE, body + bytes(-len(body) % 4)))


def _symbols_and_deltas(
    arrivals: Mapping[int, int], base: int, last: int, at: int
) -> tuple[list[int], bytes]:
    symbols, deltas = [], bytearray()
    for number in range(base, last + 1):
        arrival = arrivals.get(number)
        if arrival is None:
            symbols.append(NOT_RECEIVED)
            continue
        delta = max(-0x8000, min((arrival - at) // DELTA_NS, 0x7FFF))
        at += delta * DELTA_NS
        small = 0 <= delta <= 0xFF
        symbols.append(SMALL_DELTA if small else LARGE_DELTA)
        deltas += struct.pack("!B" if small else "!h", delta)
    return symbols, bytes(deltas)


def chunks(symbols: list[int]) -> list[bytes]:
    """Packet status chunks: runs of equal symbols, else vectors of seven (§3.1.3, §3.1.4)."""
    packed, start = [], 0
    while start < len(symbols):
        run = _run_length(symbols, start)
        if run >= VECTOR:
            packed.append(struct.pack("!H", symbols[start] << 13 | run))
            start += run
        else:
            packed.append(_vector(symbols[start : start + VECTOR]))
            start += VECTOR
    return packed


def _run_length(symbols: list[int], start: int) -> int:
    end = start
    while end < len(symbols) and symbols[end] == symbols[start] and end - start < LONGEST_RUN:
        end += 1
    return end - start


def _vector(symbols: list[int]) -> bytes:
    bits = 0
    for symbol in symbols + [NOT_RECEIVED] * (VECTOR - len(symbols)):
        bits = bits << 2 | symbol
    return struct.pack("!H", 0xC000 | bits)


def read_compound(data: bytes) -> list[rtp.AnyRtcpPacket]:
    """The packets of a compound packet; none if it is malformed."""
    try:
        return rtp.RtcpPacket.parse(data)
    except ValueError:
        return []


def is_transport_feedback(data: bytes) -> bool:
    """Whether a packet is nothing but transport-wide feedback, told without parsing it."""
    form, size = data[0] & 31, 4 * (int.from_bytes(data[2:4], "big") + 1)
    return (data[1], form, size) == (rtp.RTCP_RTPFB, TRANSPORT_WIDE, len(data))


def asks_for_key_frame(packet: rtp.AnyRtcpPacket, ssrc: int) -> bool:
    """PLI or FIR for this stream (RFC 4585 §6.3.1, RFC 5104 §4.3.1)."""
    if not isinstance(packet, rtp.RtcpPsfbPacket):
        return False
    if packet.fmt == FULL_INTRA_REQUEST:
        return packet.fci[:4] == ssrc.to_bytes(4, "big")
    return packet.fmt == rtp.RTCP_PSFB_PLI and packet.media_ssrc == ssrc


def asked_again(packet: rtp.AnyRtcpPacket, ssrc: int) -> list[int]:
    """Sequence numbers of this stream that a generic NACK names (RFC 4585 §6.2.1)."""
    if isinstance(packet, rtp.RtcpRtpfbPacket) and packet.fmt == rtp.RTCP_RTPFB_NACK:
        return packet.lost if packet.media_ssrc == ssrc else []
    return []
