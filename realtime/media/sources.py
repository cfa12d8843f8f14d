"""The sources (SSRCs) of one peer that SRTP keeps state for, bounded."""

from collections.abc import Callable, Container

# Six tracks in three layers with retransmissions are 36.
MAX_SOURCES = 128


class Sources:
    """Remembers which sources came, oldest first.

    Args:
        forget: makes SRTP let go of a source.
        in_use: tables of sources that must stay.
    """

    __slots__ = ("_forget", "_in_use", "_known")

    def __init__(self, forget: Callable[[int], None], *in_use: Container[int]) -> None:
        self._forget, self._in_use = forget, in_use
        self._known: dict[int, None] = {}

    def came(self, ssrc: int) -> None:
        """A genuine packet came from it; past the bound the oldest idle one is let go."""
        if ssrc in self._known:
            return
        self._known[ssrc] = None
        if len(self._known) > MAX_SOURCES:
            self.forget(next(s for s in self._known if not any(s in t for t in self._in_use)))

    def forget(self, ssrc: int) -> None:
        """It carries nothing any more."""
        if ssrc in self._known:
            del self._known[ssrc]
            self._forget(ssrc)
