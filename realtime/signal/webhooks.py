"""Telling the application what happens in rooms, signed, in order, and again until it hears."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import logging
import ssl
import time
import uuid
from collections import deque
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken
from livekit.protocol import webhook

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room
    from realtime.signal.tracks import Track

_log = logging.getLogger(__name__)

QUEUE = 1000
ROOMS = 4000
_ATTEMPTS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
_TIMEOUT = ClientTimeout(total=5)
_AT_ONCE = 2  # when hundreds move at once, the application has more urgent things to do


class _Outcome(Enum):
    TAKEN = auto()
    REFUSED = auto()
    LATER = auto()


class Webhooks:
    """Delivers events to one URL, all or those of some kinds; those of one room keep their order.

    Each room has a queue of at most `QUEUE` events; what does not fit, is refused, or is not
    taken after some attempts, is dropped and counted in `dropped`. The next event that is taken
    says how many were dropped before it (`num_dropped`).
    """

    def __init__(
        self,
        url: str | None,
        api_key: str,
        secret: str,
        *,
        events: frozenset[str] | None = None,
        certificate: str | None = None,
    ) -> None:
        self._url = url
        self._events = events
        self._certificate = certificate  # PEM, trusted beside the system's: it may be our own
        self._api_key = api_key
        self._secret = secret
        self._queues: dict[str, deque[webhook.WebhookEvent]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: ClientSession | None = None
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.delivered = 0
        self.dropped = 0
        self._untold = 0  # dropped, and nobody knows yet

    def happened(
        self,
        event: str,
        room: Room,
        participant: Participant | None = None,
        track: Track | None = None,
    ) -> None:
        """Queue an event as things are now."""
        if self._url is None or (self._events is not None and event not in self._events):
            return
        message = webhook.WebhookEvent(
            event=event, id=f"EV_{uuid.uuid4().hex}", created_at=int(time.time()), room=room.info()
        )
        if participant is not None:
            message.participant.CopyFrom(participant.info())
        if track is not None:
            message.track.CopyFrom(track.info)
        self._queue(room.name, message)

    def _queue(self, name: str, message: webhook.WebhookEvent) -> None:
        queue = self._queues.get(name)
        if queue is not None and len(queue) < QUEUE:
            queue.append(message)
        elif queue is None and len(self._queues) < ROOMS:
            self._queues[name] = deque([message])
            task = asyncio.get_running_loop().create_task(self._deliver_all(name))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._drop(message)

    def _drop(self, message: webhook.WebhookEvent) -> None:
        self.dropped += 1
        self._untold += 1 + message.num_dropped

    async def close(self, *, within: float = 2.0) -> None:
        """Give what is queued a moment (seconds) to be delivered, then end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        for task in list(self._tasks):
            task.cancel()
        if self._http is not None:
            await self._http.close()

    async def _deliver_all(self, name: str) -> None:
        queue = self._queues[name]
        try:
            while queue:
                await self._deliver(queue[0])
                queue.popleft()
        finally:
            del self._queues[name]

    async def _deliver(self, message: webhook.WebhookEvent) -> None:
        """Deliver one event, or drop it; each attempt says the same, newly signed."""
        message.num_dropped, self._untold = self._untold, 0
        outcome = await self._insist(MessageToJson(message, indent=None))
        if outcome is _Outcome.TAKEN:
            self.delivered += 1
        else:
            _log.warning("webhook %s dropped: %s", message.event, outcome.name.lower())
            self._drop(message)

    async def _insist(self, body: str) -> _Outcome:
        pause = _FIRST_PAUSE
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            async with self._slots:
                outcome = await self._post(body)
            if outcome is not _Outcome.LATER:
                return outcome
        return _Outcome.LATER

    async def _post(self, body: str) -> _Outcome:
        if self._http is None:
            trust = ssl.create_default_context()
            if self._certificate:
                trust.load_verify_locations(self._certificate)
            self._http = ClientSession(timeout=_TIMEOUT, connector=TCPConnector(ssl=trust))
        headers = {
            "Authorization": self.signature(body),
            "Content-Type": "application/webhook+json",
        }
        assert self._url is not None
        with contextlib.suppress(ClientError, TimeoutError, OSError):
            async with self._http.post(
                self._url, data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                return _outcome_of(answer.status)
        return _Outcome.LATER

    def signature(self, body: str) -> str:
        """A token of our key that carries the SHA-256 of the body, base64."""
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        token = AccessToken(self._api_key, self._secret).with_sha256(digest)
        return token.with_ttl(timedelta(minutes=5)).to_jwt()


def _outcome_of(status: int) -> _Outcome:
    """A server in trouble is asked again, one that says no is not (RFC 9110 §15)."""
    if 200 <= status < 300:
        return _Outcome.TAKEN
    return _Outcome.LATER if status >= 500 or status in (408, 425, 429) else _Outcome.REFUSED
