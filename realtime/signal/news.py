"""Who changed lately, told to a room together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.signal.participant import Participant

# A newcomer may wait this long (seconds) to appear in the others' lists.
PAUSE = 0.1


class News:
    """Participants whose change can wait a moment, so that a storm of arrivals costs one message
    a listener and moment, not one a listener and arrival.

    `tell` is called with all of them after `PAUSE` seconds from the first.
    """

    def __init__(self, tell: Callable[[list[Participant]], None]) -> None:
        self._tell = tell
        self._waiting: dict[str, Participant] = {}
        self._due: asyncio.TimerHandle | None = None

    def add(self, participant: Participant) -> None:
        """Tell of this participant soon, as it is then."""
        self._waiting[participant.sid] = participant
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(PAUSE, self._now)

    def drop(self, participant: Participant) -> None:
        """It has been told of otherwise."""
        self._waiting.pop(participant.sid, None)

    def _now(self) -> None:
        waiting, self._waiting, self._due = list(self._waiting.values()), {}, None
        if waiting:
            self._tell(waiting)
