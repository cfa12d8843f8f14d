"""What a publisher sent and we did not get: when to ask for it again, and when to give up."""

# Packets that overtake each other on the way come within this many seconds.
REORDERING = 0.01

# Between two requests for the same packet at least this long, and twice as long each time.
_SHORTEST = 0.05
_ASKS = 5

# A larger gap is an interruption: its pictures are past, only a key frame helps.
_WIDEST = 64
_MOST = 128


class Gaps:
    """Sequence numbers missing in one stream. Times in seconds, monotonic."""

    __slots__ = ("_asks",)

    def __init__(self) -> None:
        self._asks: dict[int, tuple[int, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._asks)

    def note(self, first: int, count: int, now: float) -> bool:
        """Remember `count` missing numbers from `first` on; False when they are too many to mend.

        Then nothing of the past is asked for either.
        """
        if count > _WIDEST or len(self._asks) + count > _MOST:
            self._asks.clear()
            return False
        for sequence in range(first, first + count):
            self._asks[sequence & 0xFFFF] = (0, now + REORDERING)
        return True

    def came(self, sequence: int) -> None:
        """A late packet fills its gap."""
        self._asks.pop(sequence, None)

    def due(self, now: float, round_trip: float) -> list[int]:
        """Numbers worth a NACK now, oldest first; what was asked for in vain often enough is
        given up.
        """
        due = [(s, asks) for s, (asks, at) in self._asks.items() if at <= now]
        for sequence, asks in due:
            if asks >= _ASKS:
                del self._asks[sequence]
            else:
                pause = max(round_trip, _SHORTEST) * 2**asks
                self._asks[sequence] = (asks + 1, now + pause)
        return [sequence for sequence, asks in due if asks < _ASKS]
