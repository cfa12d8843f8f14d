"""Which rooms of a round need a hand, and how urgently."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.mentoring.schedule.timetable import Span
from server.rounds.board.health import (
    Due,
    Facts,
    Hand,
    Limits,
    Need,
    by_urgency,
    hands,
    is_stale,
)

pytestmark = pytest.mark.pure

OPEN = datetime(2027, 2, 20, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(missing_after=60, silent_after=300)
SLOT = Span(OPEN, OPEN + 13 * MINUTE)
WELL = Facts(open_since=OPEN, here=3, expected=3)
DUE = Due(slot=SLOT, is_here=False)


def found(facts: Facts, after: timedelta) -> list[Hand]:
    return hands(facts, LIMITS, OPEN + after)


def test_a_room_with_everybody_in_it_needs_nothing() -> None:
    assert found(WELL, 5 * MINUTE) == []


@pytest.mark.parametrize(("seconds", "missing"), [(0, False), (59, False), (60, True), (779, True)])
def test_a_mentor_is_missing_from_a_minute_after_the_start_until_the_end(
    seconds: int, missing: bool
) -> None:
    facts = replace(WELL, due=DUE)
    expected = [Hand(Need.MISSING, SLOT.starts_at)] if missing else []
    assert found(facts, seconds * SECOND) == expected


def test_nobody_is_missing_after_the_slot_or_where_no_visit_is_due() -> None:
    assert found(replace(WELL, due=DUE), 13 * MINUTE) == []
    assert found(WELL, 10 * MINUTE) == []


def test_a_short_limit_of_the_round_counts() -> None:
    facts = replace(WELL, due=DUE)
    assert hands(facts, Limits(6, 30), OPEN + 6 * SECOND) == [Hand(Need.MISSING, OPEN)]


def test_a_mentor_who_lost_the_line_is_missing_a_minute_later() -> None:
    seen = OPEN + 5 * MINUTE
    facts = replace(WELL, due=replace(DUE, seen_at=seen))
    assert found(facts, 5 * MINUTE + 59 * SECOND) == []
    assert found(facts, 6 * MINUTE) == [Hand(Need.MISSING, seen)]


def test_who_replaces_a_mentor_has_as_long_to_come() -> None:
    sent = OPEN + 4 * MINUTE
    facts = replace(WELL, due=replace(DUE, sent_at=sent))
    assert found(facts, 4 * MINUTE + 59 * SECOND) == []
    assert found(facts, 5 * MINUTE) == [Hand(Need.MISSING, sent)]


def test_an_announced_delay_is_late_until_it_has_run_out() -> None:
    arrives = OPEN + 5 * MINUTE
    facts = replace(WELL, due=replace(DUE, arrives_at=arrives))
    assert found(facts, 2 * MINUTE) == [Hand(Need.LATE, arrives)]
    assert found(facts, 5 * MINUTE) == [Hand(Need.MISSING, arrives)]


def test_a_mentor_who_cannot_come_is_missing_at_once() -> None:
    facts = replace(WELL, due=replace(DUE, arrives_at=SLOT.ends_at))
    assert found(facts, SECOND) == [Hand(Need.MISSING, OPEN)]


def test_one_person_by_themselves_is_alone_after_a_minute() -> None:
    left = OPEN + 3 * MINUTE
    facts = replace(WELL, here=1, changed_at=left)
    assert found(facts, 3 * MINUTE + 59 * SECOND) == []
    assert found(facts, 4 * MINUTE) == [Hand(Need.ALONE, left)]
    assert found(replace(facts, expected=1), 4 * MINUTE) == []
    assert found(replace(facts, here=0), 4 * MINUTE) == []


def test_silence_is_called_after_five_minutes_with_a_mentor_and_ten_without() -> None:
    now = OPEN + 20 * MINUTE
    silent = replace(WELL, heard_at=now - 6 * MINUTE, reported_at=now)
    long_slot = Span(OPEN, OPEN + 60 * MINUTE)
    visited = replace(silent, due=Due(slot=long_slot, is_here=True))
    assert hands(silent, LIMITS, now) == []
    assert hands(visited, LIMITS, now) == [Hand(Need.SILENT, now - 6 * MINUTE)]
    longer = replace(silent, heard_at=now - 10 * MINUTE)
    assert hands(longer, LIMITS, now) == [Hand(Need.SILENT, now - 10 * MINUTE)]


def test_silence_counts_from_the_moment_in_which_somebody_came() -> None:
    now = OPEN + 20 * MINUTE
    facts = replace(WELL, heard_at=None, changed_at=now - 9 * MINUTE, reported_at=now)
    assert hands(facts, LIMITS, now) == []


@pytest.mark.parametrize("reported", [None, OPEN + 10 * MINUTE])
def test_nothing_is_said_of_a_silence_that_nobody_reports(reported: datetime | None) -> None:
    facts = replace(WELL, heard_at=OPEN, reported_at=reported)
    assert found(facts, 20 * MINUTE) == []
    assert is_stale(facts, OPEN + 20 * MINUTE) is (reported is not None)


def test_a_line_is_weak_when_it_stays_so() -> None:
    facts = replace(WELL, weak_since=[OPEN + MINUTE, OPEN + 2 * MINUTE])
    assert found(facts, MINUTE + 29 * SECOND) == []
    assert found(facts, MINUTE + 30 * SECOND) == [Hand(Need.WEAK, OPEN + MINUTE)]


def test_the_most_urgent_need_comes_first() -> None:
    now = OPEN + 12 * MINUTE
    everything = Facts(
        open_since=OPEN,
        here=2,
        expected=4,
        due=DUE,
        called_at=now,
        heard_at=OPEN,
        reported_at=now,
        weak_since=[OPEN],
    )
    found = [hand.need for hand in hands(everything, LIMITS, now)]
    assert found == [Need.HELP, Need.MISSING, Need.SILENT, Need.WEAK]


def test_the_queue_is_by_need_then_by_who_waits_longest_and_taken_calls_last() -> None:
    early, late = OPEN, OPEN + MINUTE
    queue = [
        (Hand(Need.HELP, early), False),
        (Hand(Need.HELP, late), False),
        (Hand(Need.MISSING, early), False),
        (Hand(Need.ALONE, early), False),
        (Hand(Need.LATE, early), False),
        (Hand(Need.SILENT, early), False),
        (Hand(Need.WEAK, early), False),
        (Hand(Need.HELP, early), True),
    ]
    mixed = queue[4:] + queue[:4]
    assert sorted(mixed, key=lambda each: by_urgency(each[0], taken=each[1])) == queue
