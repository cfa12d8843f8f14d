"""The ring of kept packets, and how many may be sent again."""

import pytest

from realtime.media import adapter
from realtime.media.allowance import Allowance
from realtime.media.retransmit import FEWEST, MOST, VIDEO_PAYLOAD, Ring

pytestmark = pytest.mark.pure

SECOND = 90_000


def ring() -> Ring:
    return Ring(VIDEO_PAYLOAD, SECOND)


def keep(ring: Ring, sequence: int, payload: bytes, timestamp: int | None = None) -> None:
    """Keep a packet; without a time each is a second after the one before."""
    memory = adapter.new_memory(max(len(payload), 1))
    adapter.memory_view(memory)[: len(payload)] = payload
    at = SECOND * sequence if timestamp is None else timestamp
    ring.keep(sequence, 0x80, at & 0xFFFFFFFF, memory, len(payload), 20, 1)


def kept(ring: Ring, sequence: int) -> bytes | None:
    found = ring.get(sequence)
    return None if found is None else bytes(found.pointer[n] for n in range(found.size))


def test_a_ring_forgets_what_it_overwrote_and_goes_round_the_numbers() -> None:
    made = ring()
    assert made.get(65_535) is None
    assert bytes(made.bytes_of(65_535)) == b""
    keep(made, 65_535, b"last", 0)
    keep(made, 0, b"first", SECOND)
    assert (kept(made, 65_535), kept(made, 0)) == (b"last", b"first")
    keep(made, FEWEST, b"over", 3 * SECOND)
    assert (kept(made, 0), kept(made, FEWEST)) == (None, b"over")
    assert bytes(made.bytes_of(FEWEST)) == b"over"
    found = made.get(FEWEST)
    assert found is not None
    assert found[1:] == (4, 0x80, 3 * SECOND, 20, 1)


def test_what_is_too_large_is_not_kept() -> None:
    made = ring()
    keep(made, 7, bytes(VIDEO_PAYLOAD + 1))
    assert made.get(7) is None


def test_a_ring_grows_while_a_second_does_not_fit_and_no_further() -> None:
    made = ring()
    for sequence in range(FEWEST + 1):
        keep(made, sequence, b"%d" % sequence, 90 * sequence)
    assert [kept(made, n) for n in (0, FEWEST)] == [b"0", b"%d" % FEWEST]
    for sequence in range(FEWEST + 1, 3 * MOST):
        keep(made, sequence, b"%d" % sequence, 90 * sequence)
    newest = 3 * MOST - 1
    assert kept(made, newest - MOST + 1) == b"%d" % (newest - MOST + 1)
    assert kept(made, newest - MOST) is None


def test_a_slow_stream_keeps_its_ring_small() -> None:
    made = ring()
    for sequence in range(2 * FEWEST):
        keep(made, sequence, b"x")
    assert kept(made, FEWEST - 1) is None
    assert kept(made, FEWEST) == b"x"


def test_late_packets_are_wanted_once_and_only_while_they_fit() -> None:
    made = ring()
    for sequence in (10, 11, 14):
        keep(made, sequence, b"x")
    assert [made.lacks(number, 14 - number) for number in (10, 11, 12, 13)] == [
        False,
        False,
        True,
        True,
    ]
    assert not made.lacks(14 - FEWEST, FEWEST)


def test_retransmissions_are_bounded_per_second() -> None:
    allowance = Allowance(3)
    assert [allowance.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(10.5), allowance.take(10.5)] == [True, False]
