"""Receiving: real datagrams over loopback, with real SRTP."""

import random
import struct
import time

import pytest
from pylibsrtp import Policy, Session

from tests.load import mark, rtcp
from tests.load.publisher import pack_extensions
from tests.load.receive import BATCH, Inbox, open_socket
from tests.load.receiver import Receiver
from tests.load.sdp import TRANSPORT_CC, VP8, VP8_RTX
from tests.load.stream import Tally

KEY = bytes(range(28))
PROFILE = Policy.SRTP_PROFILE_AEAD_AES_128_GCM


class Sender:
    """Sends protected packets to a receiver's socket and lets it take them."""

    def __init__(self, *, every: int = 1, transport_cc: bool = False) -> None:
        self.other: list[bytes] = []
        self.receiver = Receiver(self.other.append, own_ssrc=1)
        incoming = Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=PROFILE)
        outgoing = Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=PROFILE)
        self.receiver.open(Session(incoming), transport_cc=transport_cc, every=every)
        self.session = Session(outgoing)
        self.here, self.there = open_socket(), open_socket()
        self.inbox = Inbox()

    def raw(self, datagram: bytes) -> None:
        self.here.sendto(datagram, self.there.getsockname())

    def rtp(
        self, sequence: int, payload: bytes, *, kind: int = VP8, ssrc: int = 7, number: int = -1
    ) -> None:
        extended = number >= 0
        head = struct.pack("!BBHII", 0x80 | extended << 4, kind, sequence, 0, ssrc)
        if extended:
            head += pack_extensions([(2, b"abc"), (TRANSPORT_CC, number.to_bytes(2, "big"))])
        self.raw(self.session.protect(head + payload))

    def deliver(self) -> int:
        total = 0
        while count := self.inbox.fill(self.there.fileno()):
            self.receiver.take(self.inbox, count)
            self.inbox.restore(count)
            total += count
        return total


def marked(count: int, *, sent_ns: int = 0) -> bytes:
    return mark.seal(b"\x10", 300, mark.Mark(7, count, sent_ns))


def test_batches_are_taken_whole_with_times_of_arrival() -> None:
    sender, before = Sender(), time.time_ns()
    for sequence in range(BATCH + 10):
        sender.rtp(sequence, marked(sequence, sent_ns=time.time_ns()))
    assert sender.deliver() == BATCH + 10
    assert sender.receiver.tally() == Tally(received=BATCH + 10)
    samples = sender.receiver.samples
    assert (samples.checked, samples.corrupt) == (BATCH + 10, 0)
    assert len(samples.latencies_ns) == BATCH + 10
    assert 0 <= min(samples.latencies_ns) <= max(samples.latencies_ns) < time.time_ns() - before


def test_one_in_n_is_decrypted() -> None:
    sender = Sender(every=10)
    for sequence in range(45):
        sender.rtp(sequence, marked(sequence))
    sender.deliver()
    assert sender.receiver.samples.checked == 4


def test_a_changed_packet_is_corrupt() -> None:
    sender = Sender()
    payload = bytearray(marked(1))
    payload[40] ^= 1
    sender.rtp(1, marked(0))
    sender.rtp(2, bytes(payload))
    sender.raw(b"\x80" + bytes([VP8]) + bytes([0, 3, 0, 0, 0, 0, 0, 0, 0, 7]) + b"unprotected")
    sender.deliver()
    assert (sender.receiver.samples.checked, sender.receiver.samples.corrupt) == (2, 2)


def test_what_the_server_left_out_or_turned_round_is_known_when_all_is_read() -> None:
    sender = Sender()
    for sequence, count in enumerate((4, 5, 8, 6, 9)):
        sender.rtp(sequence, marked(count))
    sender.deliver()
    order = sender.receiver.samples.order
    assert (order.skipped, order.disordered) == (2, 1)


def test_what_is_not_rtp_goes_elsewhere_empty_datagrams_too() -> None:
    sender = Sender()
    for datagram in (b"", b"\x00\x01", b"\x16\xfe\xfd", b"\x81\xc9\x00\x01" + bytes(8)):
        sender.raw(datagram)
    sender.deliver()
    assert sender.other == [b"", b"\x00\x01", b"\x16\xfe\xfd", b"\x81\xc9\x00\x01" + bytes(8)]
    assert sender.receiver.streams == {}


def test_a_gap_is_asked_for_and_mended_by_rtx() -> None:
    sender = Sender()
    for sequence in (1, 2, 5):
        sender.rtp(sequence, marked(sequence))
    sender.deliver()
    (feedback,) = sender.receiver.feedback()
    (again,) = rtcp.read_compound(feedback)
    assert rtcp.asked_again(again, 7) == [3, 4]
    sender.rtp(100, struct.pack("!H", 3) + marked(3), kind=VP8_RTX, ssrc=8)
    sender.deliver()
    assert sender.receiver.tally() == Tally(received=3, lost=1, repaired=1)


def test_arrivals_are_told_by_transport_wide_feedback() -> None:
    sender = Sender(transport_cc=True)
    for index in range(3):
        sender.rtp(index, marked(index), number=(65534 + index) & 0xFFFF)
    sender.deliver()
    (feedback,) = sender.receiver.feedback()
    base, count = struct.unpack_from("!HH", feedback, 12)
    assert (base, count) == (65534, 3)
    assert sender.receiver.feedback() == []


def test_the_number_of_streams_is_bounded() -> None:
    sender, seed = Sender(), random.Random(1)
    for _ in range(400):
        sender.rtp(1, marked(0), ssrc=seed.randrange(1 << 32))
        sender.deliver()
    assert len(sender.receiver.streams) == 256


@pytest.mark.parametrize("burst", [12_000])
def test_drops_of_the_own_socket_are_known(burst: int) -> None:
    sender = Sender()
    for sequence in range(burst):
        sender.rtp(sequence & 0xFFFF, bytes(1000))
    taken = sender.deliver()
    sender.rtp(burst & 0xFFFF, bytes(1000))
    sender.deliver()
    assert taken < burst
    assert sender.receiver.own_drops == burst - taken
