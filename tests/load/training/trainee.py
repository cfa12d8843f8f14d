"""A light person of a training: a page's live channel and a light media client that follows it."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx2

from tests.load.dtls import Identity
from tests.load.peer import Peer, PeerFailed, PeerPlan
from tests.load.post import PostOffice
from tests.support.http import http_client
from tests.support.live_client import Page

TRACE = "150kbit"
LOOK, GLANCE = 0.02, 0.2  # seconds, while somebody waits for media, and later
PAUSE = 0.4  # between the packets of who does not speak
STEP = 0.02  # between the packets of who does
REPORT_EVERY = 5.0
PATIENCE = 60.0
TRY_AGAIN = 0.5
PASS_WITHIN = 1.5  # static/js/room/pass.js
SPREAD = 15.0  # static/js/room/round.js
TURNS, TURN_SECONDS = 4, 8


def client(url: str, token: str) -> httpx2.AsyncClient:
    """HTTP as the pages of somebody who is logged in speak it."""
    own = {"origin": url, "sec-fetch-site": "same-origin"}
    return http_client(base_url=url, headers=own, cookies={"login": token}, timeout=10)


@dataclass
class Stay:
    """One stay in a room, in seconds of the wall clock: when the person was told of it, had the
    media, heard somebody, and left, which is when it said goodbye there; None while that has not
    happened."""

    room: str
    told_at: float
    by_move: bool = False
    joined_at: float | None = None
    heard_at: float | None = None
    left_at: float | None = None


@dataclass
class Trainee:
    """Somebody who takes part by channel and sound; `turn` says when of those in the room.

    In the `plenary`, where all are together, who does not speak `to_all` has never opened the
    microphone: in a room of two hundred open ones nobody would understand a word.
    """

    url: str
    path: str
    token: str
    person: str  # participation
    post: PostOffice
    identity: Identity
    seed: random.Random
    turn: int = 0
    plenary: str = ""  # room
    to_all: bool = False
    stays: list[Stay] = field(default_factory=list)
    moves: int = 0
    ways_back: int = 0
    failed: list[str] = field(default_factory=list)
    _passes: int = 0
    _peer: Peer | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = Page(self.url, self.token, self.path)
        self._http = client(self.url, self.token)

    async def come(self) -> None:
        """Open the page, take the seat, and from then on be where the server says."""
        await self.page.__aenter__()
        seat = await self.page.ask("seat.take")
        self.stays.append(Stay(seat["result"]["room"], time.time()))
        self._tasks = [
            asyncio.create_task(work)
            for work in (
                self._follow(),
                self._keep_seat(),
                self._speak(),
                self._report(),
                self._stay(),
                self._know_way_back(),
            )
        ]

    async def go(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end_media()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await self.page.ask("seat.leave")
        self.stays[-1].left_at = time.time()
        await self.page.__aexit__()
        await self._http.aclose()

    @property
    def at(self) -> str:
        """The room in which the person has media now; empty when in none."""
        return self._peer.plan.room if self._peer and not self._peer.dropped else ""

    async def write(self, line: str) -> bool:
        """Add a line to the room's shared note, over whatever others write; whether it was kept."""
        room = self.stays[-1].room
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.HTTPError):
                if await self._write_once(room, line):
                    return True
            await asyncio.sleep(TRY_AGAIN * self.seed.random())
        return False

    async def _write_once(self, room: str, line: str) -> bool:
        path = f"{self.path}/note?room={room}"
        read = await self._http.get(path)
        if read.status_code != 200:
            return False
        note = read.json()
        if line in note["body"].split("\n"):
            return True  # the answer to the attempt before was lost
        body = "\n".join(filter(None, [note["body"], line]))
        saved = await self._http.post(path, json={"body": body, "v": note["v"]})
        return saved.status_code == 200

    async def call_for_help(self, words: str) -> bool:
        """Call an organizer."""
        answer = await self._http.post(f"{self.path}/help", json={"words": words})
        return answer.status_code == 200

    # --- where to be ---
    async def _follow(self) -> None:
        """Each move that the page hears of begins a stay elsewhere."""
        while True:
            with contextlib.suppress(TimeoutError):  # a slot may be longer than that patience
                await self.page.until(lambda: len(self._moved()) > self.moves)
            for moved in self._moved()[self.moves :]:
                self.moves += 1
                if moved["data"]["room"] != self.stays[-1].room:
                    self._begin(moved["data"]["room"], by_move=True)

    async def _keep_seat(self) -> None:
        """Take the seat again after each new line, as the page does, and be where it is then."""
        lines = self._lines()
        while True:
            with contextlib.suppress(TimeoutError):
                await self.page.until(partial(self._has_more_than, lines))
                lines = self._lines()
                room = (await self.page.ask("seat.take"))["result"]["room"]
                if room != self.stays[-1].room:
                    self._begin(room)

    def _lines(self) -> int:
        return len(self.page.of("page.welcome"))

    def _has_more_than(self, lines: int) -> bool:
        return self._lines() > lines

    def _moved(self) -> list[dict[str, Any]]:
        return self.page.of("seat.moved")

    def _begin(self, room: str, *, by_move: bool = False) -> None:
        now = time.time()
        self.stays[-1].left_at = now
        self.stays.append(Stay(room, now, by_move=by_move))

    async def _stay(self) -> None:
        """Have the media of the room in which the person is; made anew whenever they end."""
        while True:
            stay = self.stays[-1]
            at = self._peer.plan.room if self._peer else ""
            if at != stay.room or self._peer is None or self._peer.dropped:
                await self._end_media()
                await self._join(stay)
            self._listen(stay)
            await asyncio.sleep(LOOK if stay.heard_at is None else GLANCE)

    def _listen(self, stay: Stay) -> None:
        if stay.heard_at is None and self._peer is not None and self._peer.streams:
            stay.heard_at = time.time()

    async def _join(self, stay: Stay) -> None:
        try:
            ticket = await self._pass(stay) or await self._ticket()
            if ticket is None or ticket["room"] != stay.room:
                await asyncio.sleep(LOOK)
                return  # moved on meanwhile, or the seat has to be taken again
            plan = self._part_in(ticket["room"], ticket["token"])
            peer = Peer(plan, ticket["url"], self.identity, self.post, self.seed)
            await peer.join(ceiling=10)
        except (PeerFailed, httpx2.HTTPError, OSError) as error:
            self.failed.append(type(error).__name__)
            await asyncio.sleep(TRY_AGAIN)
            return
        for publication in peer.publications:
            publication.begin(now=time.monotonic())
        self._peer = peer
        stay.joined_at = stay.joined_at or time.time()

    def _part_in(self, room: str, token: str) -> PeerPlan:
        sends = TRACE if self.to_all or room != self.plenary else None
        return PeerPlan(self.person, token, sends, room=room, sound_only=True)

    async def _pass(self, stay: Stay) -> dict[str, Any] | None:
        """The ticket that comes with a move, once; None when it does not come soon."""

        def came() -> dict[str, Any] | None:
            tickets = self.page.of("seat.ticket")
            newest = tickets[-1] if len(tickets) > self._passes else None
            return newest if newest and newest["room"] == stay.room else None

        if stay.by_move and stay.joined_at is None:
            left = stay.told_at + PASS_WITHIN - time.time()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, left)):
                    await self.page.until(came)
        ticket = came()
        self._passes = len(self.page.of("seat.ticket"))
        return ticket

    async def _ticket(self) -> dict[str, Any] | None:
        answer = await self._http.post(
            f"{self.path}/token", json={"connection": str(self.page.page)}
        )
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        if answer.json().get("code") == "seat_not_held":
            await self.page.ask("seat.take")
        return None

    async def _know_way_back(self) -> None:
        """Ask once in each round for the way back, some time after it began, as the page does."""
        known = False
        while True:
            apart = self.stays[-1].room != self.plenary
            if apart and not known:
                await asyncio.sleep(SPREAD * self.seed.random())
                known = await self._ask_way_back()
            known = known and apart
            await asyncio.sleep(GLANCE)

    async def _ask_way_back(self) -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            answer = await self._http.post(
                f"{self.path}/back", json={"connection": str(self.page.page)}
            )
            self.ways_back += answer.status_code == 200
            return answer.status_code == 200
        return False

    async def _end_media(self) -> None:
        peer, self._peer = self._peer, None
        if peer is None:
            return
        await peer.leave()
        there = next(stay for stay in reversed(self.stays) if stay.room == peer.plan.room)
        if there.left_at is not None:  # told to go; on a busy machine some time before
            there.left_at = max(there.left_at, peer.left_at)

    # --- what others notice ---
    async def _speak(self) -> None:
        """Speak in one's turn; else send what a silent microphone sends."""
        while True:
            speaking = self._speaks(time.time())
            if (peer := self._peer) is not None:
                for publication in peer.publications:
                    publication.send_next(peer.wire, now=time.monotonic(), wall_ns=time.time_ns())
            await asyncio.sleep(STEP if speaking else PAUSE)

    def _speaks(self, now: float) -> bool:
        return int(now / TURN_SECONDS) % TURNS == self.turn

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY)
            await self.page.tell(
                {
                    "type": "seat.report",
                    "mic": True,
                    "camera": False,
                    "talk_ms": 5000 if self._speaks(time.time()) else 0,
                    "quality": "good",
                    "transport": "udp",
                }
            )
