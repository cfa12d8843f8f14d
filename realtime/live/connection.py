"""One page's connection: what waits to be sent to it, and which streams it reads."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final, Literal, Never
from uuid import UUID, uuid4

from starlette.websockets import WebSocket

from realtime.gateway import Place
from realtime.live.closing import Close, Closing
from realtime.protocol.base import Message
from realtime.protocol.messages import SeatLost

MOST_WAITING_BYTES: Final = 300 * 1024


class Connection:
    """A page that has said hello.

    What is offered waits in a bounded queue; a page that does not read is closed, and gets a
    snapshot when it comes back.
    """

    def __init__(self, websocket: WebSocket, place: Place, page: UUID) -> None:
        self.place = place
        self.page = page  # the page's own name, by which it holds the seat
        self.line = uuid4()  # this socket's name: a page may come back over another
        self.holds_seat = False
        self.seat_since = 0  # number of the person's stream when the seat was taken
        self._seat_in_doubt = False  # a report has found another holder
        self.ending: Close | None = None
        self.gone = False  # nothing comes to it any more
        self._websocket = websocket
        self._waiting: deque[str] = deque()
        self._waiting_bytes = 0
        self._something = asyncio.Event()
        self._ended = asyncio.Event()
        self._sent: dict[str, int] = {}
        self._early: dict[str, list[tuple[int, str]]] = {}

    @property
    def streams(self) -> Iterable[str]:
        """What the page reads."""
        return self._sent.keys() | self._early.keys()

    def hold_seat(self, person_seq: int) -> None:
        """The page has taken the seat; what the person's stream said before is settled."""
        self.holds_seat, self.seat_since = True, person_seq
        self._seat_in_doubt = False

    def lose_seat(self, reason: Literal["elsewhere", "removed"]) -> None:
        """The page holds the seat no longer, and is told so once."""
        if self.holds_seat:
            self.holds_seat = False
            self.offer(SeatLost(reason=reason))

    def doubt_seat(self) -> None:
        """A report has found that the seat is not the page's. The event that says why is on its
        way; a page that misses it has lost the seat with its next report.
        """
        if self._seat_in_doubt:
            self.lose_seat("elsewhere")
        self._seat_in_doubt = True

    def offer(self, message: Message) -> None:
        """Send a message soon."""
        self.offer_text(message.model_dump_json())

    def offer_text(self, text: str) -> None:
        """Send a text soon, or close the connection when too much waits already."""
        size = len(text.encode())
        if self._waiting_bytes + size > MOST_WAITING_BYTES:
            self.end(Close.TOO_SLOW)
            return
        self._waiting.append(text)
        self._waiting_bytes += size
        self._something.set()

    def end(self, code: Close) -> None:
        """Close the connection soon, whatever still waits."""
        self.ending = self.ending or code
        self._ended.set()

    async def ended(self) -> Never:
        """Wait until the connection must end.

        Raises:
            Closing: now, and why.
        """
        await self._ended.wait()
        assert self.ending is not None
        raise Closing(self.ending)

    def expect(self, stream: str) -> None:
        """Hold back the events of a stream until its snapshot is there."""
        self._early.setdefault(stream, [])

    def forget(self, stream: str) -> None:
        """The page reads a stream no longer."""
        self._sent.pop(stream, None)
        self._early.pop(stream, None)

    def start(self, stream: str, seq: int) -> None:
        """The page knows the stream up to `seq`: let later events through, in order."""
        self._sent[stream] = seq
        for number, text in self._early.pop(stream, []):
            self.deliver(stream, number, text)

    def deliver(self, stream: str, seq: int, text: str) -> None:
        """An event of a stream, once, in order."""
        if stream in self._early:
            self._early[stream].append((seq, text))
        elif seq > self._sent.get(stream, seq):
            self._sent[stream] = seq
            self.offer_text(text)

    async def send_waiting(self) -> Never:
        """Send what waits, for as long as the connection lives."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                text = self._waiting.popleft()
                await self._websocket.send_text(text)
                self._waiting_bytes -= len(text.encode())
