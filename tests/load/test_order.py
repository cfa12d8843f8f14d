"""The order of packets, told by the publisher's own numbers."""

import pytest

from tests.load.mark import Mark
from tests.load.order import Order

pytestmark = pytest.mark.pure


def order_of(*marks: Mark | None) -> tuple[int, int]:
    order = Order()
    for mark in marks:
        order.take(1, mark)
    return order.skipped, order.disordered


def at(count: int, *, ssrc: int = 7) -> Mark:
    return Mark(ssrc, count, 0)


def test_packets_one_after_the_other_are_in_order() -> None:
    assert order_of(at(5), at(6), at(7)) == (0, 0)


def test_a_packet_too_small_for_a_mark_counts_as_one() -> None:
    assert order_of(None, at(5), None, None, at(8)) == (0, 0)
    assert order_of(at(5), None, at(8)) == (1, 0)


def test_a_packet_after_a_later_one_is_out_of_order() -> None:
    assert order_of(at(5), at(7), at(6), at(8)) == (1, 1)


def test_another_source_begins_anew() -> None:
    assert order_of(at(5), at(900, ssrc=8), at(901, ssrc=8), at(3)) == (0, 0)


def test_streams_are_told_apart() -> None:
    order = Order()
    for stream in (1, 2):
        order.take(stream, at(stream))
        order.take(stream, at(stream + 1))
    assert (order.skipped, order.disordered) == (0, 0)
