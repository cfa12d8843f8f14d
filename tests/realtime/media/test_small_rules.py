"""Layers, retransmission, arrivals and speakers' levels: small rules, by value."""

import pytest

from realtime.media import adapter, layers
from realtime.media.arrivals import LIMIT, Arrivals
from realtime.media.reception import Reception
from realtime.media.retransmit import PAYLOAD, SLOTS, Allowance, Ring
from realtime.signal.speakers import speaker

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("live", "wanted", "chosen"),
    [
        (["q", "h", "f"], layers.MEDIUM, "h"),
        (["f", "q"], layers.MEDIUM, "q"),
        (["f", "h"], layers.LOW, "h"),
        ([""], layers.LOW, ""),
        ([], layers.HIGH, None),
    ],
)
def test_the_best_live_layer_not_above_the_wish(
    live: list[str], wanted: int, chosen: str | None
) -> None:
    assert layers.choose(live, wanted) == chosen


def test_the_lowest_quality_that_is_high_enough() -> None:
    heights = {0: 180, 1: 360, 2: 720}
    shown = [0, 100, 180, 181, 720, 2000]
    assert [layers.quality_for(height, heights) for height in shown] == [2, 0, 0, 1, 2, 2]


def kept(ring: Ring, sequence: int) -> bytes | None:
    found = ring.get(sequence)
    return None if found is None else bytes(found.pointer[n] for n in range(found.size))


def keep(ring: Ring, sequence: int, payload: bytes) -> None:
    memory = adapter.new_memory(max(len(payload), 1))
    adapter.memory_view(memory)[: len(payload)] = payload
    ring.keep(sequence, 0, 90, memory, len(payload))


def test_the_ring_forgets_what_it_overwrote_and_goes_round_the_numbers() -> None:
    ring = Ring()
    assert ring.get(65_535) is None
    keep(ring, 65_535, b"last")
    keep(ring, 0, b"first")
    assert (kept(ring, 65_535), kept(ring, 0)) == (b"last", b"first")
    keep(ring, SLOTS, b"over")
    assert (kept(ring, 0), kept(ring, SLOTS)) == (None, b"over")
    keep(ring, 7, bytes(PAYLOAD + 1))
    assert ring.get(7) is None


def test_retransmissions_are_bounded_per_second() -> None:
    allowance = Allowance(3)
    assert [allowance.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(10.5), allowance.take(10.5)] == [True, False]


def test_what_is_taken_on_credit_is_paid_back_in_time() -> None:
    allowance = Allowance(10)
    assert [allowance.owe(cost, 5.0) for cost in (4, 6, 1, 20)] == [0.0, 0.0, 0.1, 2.1]
    assert not allowance.take(7.0)
    assert allowance.owe(1, 7.2) == pytest.approx(0.0)


def test_arrivals_are_told_with_their_gap_in_quarter_milliseconds() -> None:
    arrivals = Arrivals()
    assert arrivals.report(1, 2) is None
    for sequence, at in ((65_535, 0.064), (1, 0.074)):
        arrivals.note(sequence, at)
    packet = arrivals.report(1, 2)
    assert packet is not None
    assert packet.hex() == "8fcd00050000000100000002ffff000300000101d1000028"
    assert arrivals.report(1, 2) is None


def test_arrivals_are_bounded() -> None:
    arrivals = Arrivals()
    for sequence in range(LIMIT + 50):
        arrivals.note(sequence, 1.0)
    packet = arrivals.report(1, 2)
    assert packet is not None
    assert int.from_bytes(packet[14:16], "big") == LIMIT


def test_late_and_repeated_packets_are_told_from_new_ones() -> None:
    reception = Reception()
    came = [65_534, 65_535, 1, 0, 1, 2]
    order = [reception.packet(number, 10, watch_gaps=True) for number in came]
    assert order == [True, True, True, False, False, True]
    assert (reception.highest, reception.received, reception.octets) == (0x20002, 6, 60)


def test_a_gap_is_asked_for_a_few_times_only() -> None:
    reception = Reception()
    for number in (10, 13):
        reception.packet(number, 10, watch_gaps=True)
    assert [reception.to_ask_again() for _ in range(5)] == [[11, 12]] * 4 + [[]]
    reception.packet(500, 10, watch_gaps=True)
    assert reception.to_ask_again() == []


def test_speech_begins_louder_than_it_ends() -> None:
    assert not speaker("p", 40, None).active
    begun = speaker("p", 20, None)
    assert (begun.active, round(begun.level, 3)) == (True, 0.1)
    assert speaker("p", 40, begun).active
    assert not speaker("p", 46, begun).active
