"""Transport-wide feedback by value (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1)."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media.arrivals import LIMIT, Arrivals

pytestmark = pytest.mark.pure

MILLISECOND = 0.001


def read(packet: bytes) -> tuple[int, dict[int, int | None]]:
    """Number of a feedback packet, and arrival in 250 µs (None: did not come) by number.

    Written after §3.1, apart from the code under test.
    """
    first, kind, words, _, _, base, count = struct.unpack_from("!BBHIIHH", packet)
    assert (first, kind, len(packet)) == (0x8F, 205, 4 * words + 4)
    at = 256 * int.from_bytes(packet[16:19], "big")
    symbols: list[int] = []
    place = 20
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, place)
        place += 2
        if chunk >> 15 == 0:
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk >> 14 & 1:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    told: dict[int, int | None] = {}
    for offset, symbol in enumerate(symbols[:count]):
        if symbol == 0:
            told[(base + offset) & 0xFFFF] = None
            continue
        size, form = (1, "!B") if symbol == 1 else (2, "!h")
        at += struct.unpack_from(form, packet, place)[0]
        place += size
        told[(base + offset) & 0xFFFF] = at
    assert len(packet) - place < 4
    return packet[19], told


def reports(arrivals: Arrivals) -> list[bytes]:
    return list(arrivals.reports(1, 2))


def test_a_gap_and_a_wrap_octet_by_octet() -> None:
    arrivals = Arrivals()
    assert reports(arrivals) == []
    for sequence, at in ((65_535, 0.064), (1, 0.074)):
        arrivals.note(sequence, at)
    (packet,) = reports(arrivals)
    assert packet.hex() == "8fcd00050000000100000002ffff000300000100d1000028"
    assert reports(arrivals) == []


def test_reports_are_numbered_and_their_number_goes_round() -> None:
    arrivals = Arrivals()
    numbers = []
    for sequence in range(258):
        arrivals.note(sequence, sequence * MILLISECOND)
        numbers += [read(packet)[0] for packet in reports(arrivals)]
    assert numbers == [*range(256), 0, 1]


def test_a_packet_that_was_overtaken_has_a_negative_delta() -> None:
    arrivals = Arrivals()
    for sequence, at in ((10, 1.0), (12, 1.010), (11, 1.015)):
        arrivals.note(sequence, at)
    (packet,) = reports(arrivals)
    assert read(packet)[1] == {10: 4_000, 11: 4_060, 12: 4_040}


def test_a_late_packet_is_told_with_what_was_told_before() -> None:
    """A report that goes back must not deny what came meanwhile: that would look like loss."""
    arrivals = Arrivals()
    for sequence, at in ((10, 1.0), (12, 1.010), (13, 1.020)):
        arrivals.note(sequence, at)
    (first,) = reports(arrivals)
    assert read(first)[1] == {10: 4_000, 11: None, 12: 4_040, 13: 4_080}
    arrivals.note(11, 1.1)
    arrivals.note(14, 1.101)
    (second,) = reports(arrivals)
    assert read(second)[1] == {11: 4_400, 12: 4_040, 13: 4_080, 14: 4_404}


def test_rounding_does_not_add_up() -> None:
    arrivals = Arrivals()
    for sequence in range(200):
        arrivals.note(sequence, 5.0 + sequence * 0.00035)
    (packet,) = reports(arrivals)
    told = read(packet)[1]
    assert all(abs(told[n] - 20_000 - n * 1.4) <= 0.5 for n in range(200))  # type: ignore[operator]


def test_a_long_pause_begins_another_packet() -> None:
    arrivals = Arrivals()
    for sequence, at in ((1, 1.0), (2, 1.001), (3, 30.0)):
        arrivals.note(sequence, at)
    told = [read(packet) for packet in reports(arrivals)]
    assert told == [(0, {1: 4_000, 2: 4_004}), (1, {3: 120_000})]


def test_the_reference_time_goes_round() -> None:
    """24 bits of 64 ms end after twelve days (§3.1)."""
    arrivals = Arrivals()
    days = (1 << 24) * 0.064
    arrivals.note(1, days + 0.128)
    (packet,) = reports(arrivals)
    assert int.from_bytes(packet[16:19], "big") == 2


def test_what_is_told_at_once_is_bounded_and_each_packet_is_small() -> None:
    arrivals = Arrivals()
    for sequence in range(LIMIT + 50):
        arrivals.note(sequence, 1.0 + sequence % 2)
    packets = reports(arrivals)
    assert max(map(len, packets)) <= 1_200
    told = [number for packet in packets for number in read(packet)[1]]
    assert told == list(range(50, LIMIT + 50))


def test_numbers_that_jump_cost_no_more_than_those_that_do_not() -> None:
    arrivals = Arrivals()
    arrivals.note(0, 1.0)
    arrivals.note(32_000, 1.0)
    arrivals.note(0, 1.0)
    told = [number for packet in reports(arrivals) for number in read(packet)[1]]
    assert len(told) <= LIMIT
    assert told[-1] == 32_000


@given(
    st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0.0, 100.0), st.booleans()), max_size=60)
)
def test_whatever_order_packets_come_in_their_times_are_told(
    came: list[tuple[int, float, bool]],
) -> None:
    arrivals = Arrivals()
    base = 100
    newest: dict[int, float] = {}
    for offset, at, tell in came:
        number = (base + offset % 200) & 0xFFFF
        arrivals.note(number, at)
        newest[number] = at
        if tell:
            _agree(reports(arrivals), newest)
    _agree(reports(arrivals), newest)


def _agree(packets: list[bytes], newest: dict[int, float]) -> None:
    for packet in packets:
        for number, at in read(packet)[1].items():
            if number in newest:
                assert at is not None
                assert abs(at * 0.00025 - newest[number]) <= 0.000126
            else:
                assert at is None
