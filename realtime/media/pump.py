"""Whose turn it is to be sent data: a few peers per turn of the loop.

One message may have hundreds of readers. Between two turns the loop reads its sockets, so media
never waits for more than one turn's work.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

# Peers served in one turn; with `data.MESSAGES_A_TURN` each, that is a millisecond or two.
PEERS_A_TURN = 8


class Worker(Protocol):
    """Somebody with something to send. `queued` is the pump's mark."""

    queued: bool

    def work(self) -> bool:
        """Send a little; answers whether there is more to send at once."""


class Pump:
    """The queue of workers of one process. `sent` counts their messages."""

    def __init__(self) -> None:
        self._waiting: deque[Worker] = deque()
        self._due = False
        self.sent = 0

    def wake(self, worker: Worker) -> None:
        """Give a worker its turn soon; one that waits already keeps its place."""
        if worker.queued:
            return
        worker.queued = True
        self._waiting.append(worker)
        self._schedule()

    def _schedule(self) -> None:
        if not self._due and self._waiting:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._due = False
        try:
            for _ in range(min(PEERS_A_TURN, len(self._waiting))):
                worker = self._waiting.popleft()
                worker.queued = False
                if worker.work():
                    self.wake(worker)
        finally:
            self._schedule()
