"""Counting a stream by its sequence numbers."""

import pytest

from tests.load.stream import TRIES, Stream, Tally

pytestmark = pytest.mark.pure


def stream_at(sequence: int) -> Stream:
    return Stream(ssrc=7, payload_type=96, highest=sequence, base=sequence)


def test_packets_in_order_over_the_wrap_are_all_received() -> None:
    stream = stream_at(65534)
    for sequence in (65535, 0, 1):
        stream.take(sequence)
    assert stream.tally() == Tally(received=4)
    assert stream.extended_highest == 65537


def test_a_gap_is_lost_until_a_retransmission_brings_it() -> None:
    stream = stream_at(10)
    stream.take(13)
    assert stream.ask() == [11, 12]
    assert stream.repair(11)
    assert not stream.repair(11)
    assert stream.tally() == Tally(received=2, lost=1, repaired=1)
    assert stream.extended_highest == 13


def test_a_late_packet_counts_as_repair_only_if_it_was_asked_for() -> None:
    stream = stream_at(10)
    stream.take(12)
    stream.take(11)
    assert stream.tally() == Tally(received=3)
    stream.take(14)
    stream.ask()
    stream.take(13)
    assert stream.tally() == Tally(received=4, repaired=1)


def test_a_packet_that_came_before_is_a_duplicate() -> None:
    stream = stream_at(10)
    stream.take(11)
    stream.take(11)
    stream.take(10)
    assert stream.tally() == Tally(received=2, duplicates=2)


def test_a_missing_packet_is_given_up_and_stays_lost() -> None:
    stream = stream_at(10)
    stream.take(12)
    asked = [stream.ask() for _ in range(TRIES + 1)]
    assert asked == [[11]] * TRIES + [[]]
    assert stream.tally() == Tally(received=2, lost=1)


def test_a_huge_gap_is_counted_without_remembering_each_packet() -> None:
    stream = stream_at(0)
    stream.take(30_000)
    assert stream.lost == 29_999
    assert len(stream.missing) == 2000


def test_padding_is_no_media() -> None:
    stream = stream_at(0)
    stream.take(1)
    stream.padding += 1
    assert stream.tally() == Tally(received=1, padding=1)
