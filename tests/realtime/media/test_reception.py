"""What arrives and what does not, counted as RFC 3550 counts it."""

import pytest

from realtime.media.gaps import REORDERING, Gaps
from realtime.media.reception import Reception
from realtime.media.rtcp import ReportBlock, SenderReport

pytestmark = pytest.mark.pure


def test_late_and_repeated_packets_are_told_from_new_ones() -> None:
    reception = Reception()
    came = [65_534, 65_535, 1, 0, 1, 2]
    assert [reception.packet(number, 10) for number in came] == [1, 1, 2, -1, 0, 1]
    assert (reception.highest, reception.received, reception.octets) == (0x20002, 6, 60)
    assert (reception.expected, Reception().expected) == (5, 0)


def test_a_report_tells_the_loss_since_the_last_one_and_altogether() -> None:
    reception = Reception()
    for number in range(100):
        reception.packet(number, 10)
    assert reception.block(7, 0.0) == ReportBlock(7, 0, 0, 0x10063, 0, 0, 0)
    for number in range(100, 200):
        if number % 4:
            reception.packet(number, 10)
    reception.sender_report(SenderReport(7, 0x0000_0001_8000_0000, 0, 0, 0), 20.0)
    block = reception.block(7, 20.5)
    assert block == ReportBlock(7, 64, 25, 0x100C7, 0, 0x0001_8000, 0x8000)
    reception.packet(200, 10)
    assert reception.block(7, 21.0)[1:3] == (0, 25)


def test_jitter_by_value() -> None:
    """Every other packet comes 8 ms late: D is 720 ticks each time (RFC 3550 §6.4.1)."""
    reception = Reception()
    expected = 0.0
    for number in range(50):
        late = 0.008 if number % 2 else 0.0
        reception.transit(number / 50 + late, 1_800 * number, 90_000)
        if number:
            expected += (720 - expected) / 16
    assert round(reception.jitter) == round(expected) == 690


def test_a_clock_that_jumps_is_no_jitter() -> None:
    reception = Reception()
    reception.transit(0.0, 0xFFFF_FFFF, 90_000)
    reception.transit(1 / 90_000, 0, 90_000)
    assert reception.jitter == 0.0


def test_a_gap_waits_for_what_was_overtaken_and_is_given_up_at_last() -> None:
    gaps = Gaps()
    assert gaps.note(0x1FFFF, 3, now=10.0)
    assert gaps.due(10.0, 0.1) == []
    gaps.came(0)
    now = 10.0 + REORDERING
    for pause in (0.1, 0.2, 0.4, 0.8, 1.6):
        assert gaps.due(now, 0.1) == [65_535, 1]
        assert gaps.due(now + pause - 0.01, 0.1) == []
        now += pause
    assert gaps
    assert gaps.due(now, 0.1) == []
    assert not gaps


@pytest.mark.parametrize(("count", "mended"), [(64, True), (65, False)])
def test_an_interruption_is_not_mended(count: int, mended: bool) -> None:
    gaps = Gaps()
    gaps.note(5, 1, now=0.0)
    assert gaps.note(100, count, now=0.0) is mended
    assert bool(gaps) is mended


def test_no_more_gaps_are_remembered_than_can_be_mended() -> None:
    gaps = Gaps()
    assert [gaps.note(100 * n, 60, now=0.0) for n in range(3)] == [True, True, False]
    assert gaps.due(9.0, 0.1) == []
