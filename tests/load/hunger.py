"""Rooms in which somebody waits in vain for somebody else."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from .peer import PeerPlan
from .stream import Stream

LOOK_EVERY = 0.5
# Looks without one packet of a stream after which its receiver's room counts as starved: 3 s.
PATIENT_LOOKS = 6


class Guest(Protocol):
    """Who receives: `plan.expects` streams are owed to it in `plan.room`."""

    @property
    def plan(self) -> PeerPlan: ...
    @property
    def streams(self) -> Sequence[Stream]: ...


class Hunger:
    """Looks at receivers twice a second; a room is starved when one of them got no packet of one
    of its publishers' streams for three seconds.

    Time is counted in looks, so a load client that stood still itself blames nobody.
    """

    def __init__(self, guests: Sequence[Guest]) -> None:
        self._guests = guests
        self.begin()

    def begin(self) -> None:
        """Forget what was; everybody has just been fed."""
        self.starved: set[str] = set()
        self._looks = 0
        self._fed = [{s.ssrc: (s.received, 0) for s in guest.streams} for guest in self._guests]

    def look(self) -> None:
        """See who got something since the last look."""
        self._looks += 1
        for guest, fed in zip(self._guests, self._fed, strict=True):
            for stream in guest.streams:
                count, _ = fed.get(stream.ssrc, (-1, 0))
                if stream.received != count:
                    fed[stream.ssrc] = stream.received, self._looks
            lately = sum(self._looks - at < PATIENT_LOOKS for _, at in fed.values())
            if self._looks >= PATIENT_LOOKS and lately < guest.plan.expects:
                self.starved.add(guest.plan.room)

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()
