"""What became of one incoming RTP stream, told from its sequence numbers (RFC 3550 §6.4.1)."""

from dataclasses import dataclass, field

MOST_MISSING = 2000
TRIES = 20


@dataclass(frozen=True)
class Tally:
    """Packets of one or more streams: media only, without retransmissions and padding."""

    received: int = 0
    lost: int = 0
    repaired: int = 0
    padding: int = 0
    duplicates: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(a + b for a, b in zip(self._all(), other._all(), strict=True)))

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(*(a - b for a, b in zip(self._all(), other._all(), strict=True)))

    def _all(self) -> tuple[int, ...]:
        return (self.received, self.lost, self.repaired, self.padding, self.duplicates)


@dataclass(slots=True)
class Stream:
    """Counts one SSRC. The receiver advances `highest` and `received` itself in the usual case.

    `missing` maps a sequence number that did not come to how often it was asked for again.
    """

    ssrc: int
    payload_type: int
    highest: int
    base: int
    received: int = 1
    padding: int = 0
    repaired: int = 0
    abandoned: int = 0
    duplicates: int = 0
    missing: dict[int, int] = field(default_factory=dict)
    sender_report: int = 0
    sender_report_at: float = 0.0

    def take(self, sequence: int) -> None:
        """Count a packet with this sequence number, in whatever order it comes."""
        step = (sequence - self.highest) & 0xFFFF
        if step == 0:
            self.duplicates += 1
        elif step < 0x8000:
            self._skip(step - 1)
            self.highest = sequence
            self.received += 1
        else:
            self._take_late(sequence)

    def repair(self, sequence: int) -> bool:
        """A retransmission brought this packet; False if it was not missing."""
        if self.missing.pop(sequence, None) is None:
            return False
        self.repaired += 1
        return True

    def ask(self) -> list[int]:
        """Sequence numbers to ask for again now; after TRIES times one is given up."""
        for sequence, tries in list(self.missing.items()):
            if tries >= TRIES:
                del self.missing[sequence]
                self.abandoned += 1
            else:
                self.missing[sequence] = tries + 1
        return sorted(self.missing, key=lambda number: (number - self.highest) & 0xFFFF)

    @property
    def lost(self) -> int:
        return self.abandoned + len(self.missing)

    @property
    def extended_highest(self) -> int:
        """Highest sequence number with the count of its cycles above it (RFC 3550 §6.4.1)."""
        return self.base + self.received + self.repaired + self.lost - 1

    def tally(self) -> Tally:
        """Packets so far; `received` counts datagrams, so neither repairs nor padding."""
        return Tally(
            received=self.received - self.padding,
            lost=self.lost,
            repaired=self.repaired,
            padding=self.padding,
            duplicates=self.duplicates,
        )

    def _take_late(self, sequence: int) -> None:
        """A late packet that was asked for is a retransmission without RTX (RFC 4588 §1)."""
        tries = self.missing.pop(sequence, None)
        if tries is None:
            self.duplicates += 1
        elif tries:
            self.repaired += 1
        else:
            self.received += 1

    def _skip(self, gap: int) -> None:
        for number in range(1, min(gap, MOST_MISSING) + 1):
            self.missing[(self.highest + number) & 0xFFFF] = 0
        self.abandoned += max(0, gap - MOST_MISSING)
