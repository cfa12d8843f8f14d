"""Pure questions about the times of a round and its slots."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from server.mentoring.models import Round, RoundState, Slot

RUNNING = (RoundState.OPEN, RoundState.RETURNING)


class Span(NamedTuple):
    """From when until when something is."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether the moment lies within; the end does not."""
        return self.starts_at <= now < self.ends_at


def begins_at(round_: Round) -> datetime:
    """The moment from which the slots of a round count: its opening, or the planned one."""
    return round_.opened_at or round_.starts_at


def span_of(round_: Round, slot: Slot) -> Span:
    """When a slot is; it ends with its round at the latest."""
    starts_at = begins_at(round_) + timedelta(seconds=slot.offset)
    return Span(starts_at, min(starts_at + timedelta(seconds=slot.length), round_.ends_at))


def slot_at(round_: Round, slots: Iterable[Slot], now: datetime) -> Slot | None:
    """The slot that runs, if the round does; none in the minutes of travel."""
    if round_.state not in RUNNING:
        return None
    return next((slot for slot in slots if span_of(round_, slot).holds(now)), None)


def due(round_: Round, slots: Iterable[Slot], now: datetime) -> list[Slot]:
    """Slots that should have begun and have not, in order."""
    if round_.state not in RUNNING:
        return []
    late = [s for s in slots if not s.begun and span_of(round_, s).starts_at <= now]
    return sorted(late, key=lambda slot: slot.number)


def warning_due(round_: Round, now: datetime) -> int | None:
    """How many warnings should have been told by now, when that is more than were; else None.

    A warning longer than what is left when the round opened, or was extended, is passed over.
    """
    if round_.state not in RUNNING:
        return None
    left = (round_.ends_at - now).total_seconds()
    told = sum(seconds >= left for seconds in sorted(round_.warn_at, reverse=True))
    return told if told > round_.warned else None


def warnings_past(warn_at: Collection[int], left: timedelta) -> int:
    """How many warnings lie behind when so much is left."""
    return sum(seconds > left.total_seconds() for seconds in warn_at)


def lengthened(
    round_: Round, slots: Sequence[Slot], now: datetime, by: timedelta
) -> tuple[datetime, dict[int, tuple[int, int]]]:
    """A round's new end, and (offset, length) by slot number, when the slot that runs gets longer.

    In the minutes of travel, and in a round without slots, everything that is to come is later.
    """
    seconds, running = int(by.total_seconds()), slot_at(round_, slots, now)
    changed = {}
    for slot in slots:
        if running is not None and slot.id == running.id:
            changed[slot.number] = (slot.offset, slot.length + seconds)
        elif span_of(round_, slot).starts_at > now:
            changed[slot.number] = (slot.offset + seconds, slot.length)
    return round_.ends_at + by, changed
