"""A light client: joins a room as `livekit-client` does, publishes a trace, receives, reports."""

import asyncio
import contextlib
import json
import random
import time
from dataclasses import dataclass, field

from aiortc import rtp
from livekit.protocol import rtc

from . import rhythm, rtcp, sdp
from .dtls import Identity
from .link import Link, LinkFailed
from .offers import Offers, publications_of
from .others import Others
from .post import PostOffice
from .publisher import Publication, Wire
from .receive import Inbox
from .receiver import SAMPLE_EVERY, Receiver
from .signalling import Refused, Signalling, quality_of, track_requests, unwatched
from .stream import Stream
from .trace import Trace

JOIN_CEILING = 30.0
CONSENT_EVERY = 2.5
REPORT_EVERY = 1.0
FEEDBACK_EVERY = 0.1
PING_EVERY = 5.0
# What a receiver says it can take when the server asks for REMB: as good as unlimited.
ESTIMATE = 50_000_000


class PeerFailed(Exception):
    """The peer could not join."""


@dataclass(frozen=True)
class PeerPlan:
    """Who joins and what it does: `publishes` names a trace, `expects` counts the streams that it
    shall get, `layer` is the RID that it asks for of those who send layers. What comes of those
    whose identity begins with `foe` counts for nothing. `wide`: offer all codecs of a browser;
    `sound_only`: a microphone and no camera."""

    identity: str
    token: str
    publishes: str | None = None
    expects: int = 0
    layer: str = ""
    room: str = ""
    foe: str = ""
    wide: bool = False
    sound_only: bool = False

    @property
    def name(self) -> str:
        """Room and identity, for people."""
        return f"{self.room} {self.identity}".lstrip()


@dataclass(eq=False)
class Peer:
    """One participant of a room: `join` once, then it keeps itself alive until `leave`.

    `dropped` tells why the server ended it, None while it is in the room; `left_at` is when it said
    goodbye, in seconds of the wall clock.
    """

    plan: PeerPlan
    url: str
    identity: Identity
    post: PostOffice
    seed: random.Random
    sample_every: int = SAMPLE_EVERY
    join_ms: float = 0.0
    dropped: str | None = None
    left_at: float = 0.0
    publications: list[Publication] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.link = Link(self.identity, on_rtcp=self._take_rtcp, on_closed=self._note_dropped)
        self.others = Others(self.plan.identity, layer=self.plan.layer, foe=self.plan.foe)
        self.receiver = Receiver(self.link.take, own_ssrc=self.seed.randrange(1, 1 << 32))
        self.receiver.ignored = self.others.ignored
        self.wire = Wire.to(self.link.send_rtp)
        if self.plan.publishes:
            trace = Trace.load(self.plan.publishes)
            self.publications = publications_of(
                trace,
                identity=self.plan.identity,
                seed=self.seed,
                sound_only=self.plan.sound_only,
            )
        self.offers = Offers(self.link, self.publications, wide=self.plan.wide)
        self._answer: sdp.Answer | None = None
        self._signalling: Signalling | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, *, ceiling: float = JOIN_CEILING) -> None:
        """Join the room; returns when media can flow both ways.

        Raises:
            PeerFailed: refused, or not connected within `ceiling` seconds.
        """
        began = time.monotonic()
        self.post.add(self.link.socket.fileno(), self)
        try:
            async with asyncio.timeout(ceiling):
                await self._connect()
        except (OSError, TimeoutError, Refused, LinkFailed) as error:
            raise PeerFailed(f"{self.plan.name}: {error!r}") from error
        self.join_ms = (time.monotonic() - began) * 1000
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    @property
    def joined(self) -> bool:
        """Whether `join` succeeded, whatever happened later."""
        return self.join_ms > 0

    @property
    def streams(self) -> list[Stream]:
        """The media streams that came so far."""
        return self.receiver.media_streams()

    def has_all_streams(self) -> bool:
        """Whether as many streams came as the plan expects."""
        return len(self.streams) >= self.plan.expects

    async def leave(self) -> None:
        """Say goodbye and let go of everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._signalling:
            await self._signalling.leave()
            self.left_at = time.time()
            await self._signalling.close()
        self.post.remove(self.link.socket.fileno())
        self.link.close()

    async def ask(self, request: rtc.SignalRequest) -> None:
        """Ask the server for something; nothing when it has ended the conversation."""
        if self._signalling:
            with contextlib.suppress(Refused):
                await self._signalling.send(request)

    @property
    def unsent(self) -> int:
        """Bytes of signalling that the server has not taken yet."""
        return self._signalling.unsent if self._signalling else 0

    def take(self, inbox: Inbox, count: int) -> None:
        """Datagrams from the post office."""
        self.receiver.take(inbox, count)

    def ask_for_key_frames(self) -> None:
        """Ask for a key frame of every video stream."""
        for packet in self.receiver.key_frame_requests():
            self.link.send_rtcp(packet)

    # --- joining ---
    async def _connect(self) -> None:
        self._signalling = await Signalling.open(
            self.url,
            self.plan.token,
            self.offers.next(),
            track_requests(self.publications),
        )
        self._tasks.append(asyncio.create_task(self._listen(self._signalling)))
        await self.link.connected()
        feedback = self._answer.feedback if self._answer else frozenset()
        if self.link.receiving:
            self.receiver.open(
                self.link.receiving,
                transport_cc="transport-cc" in feedback,
                every=self.sample_every,
            )

    # --- signalling ---
    async def _listen(self, signalling: Signalling) -> None:
        async for response in signalling.responses():
            kind = response.WhichOneof("message")
            if kind == "answer":
                self._answer = sdp.read_answer(response.answer.sdp)
                self.link.take_answer(self._answer)
                self.others.ignore(self._answer)
            elif kind == "trickle":
                self._take_candidate(response.trickle.candidateInit)
            elif kind == "media_sections_requirement":
                need = response.media_sections_requirement
                self.offers.add(audios=need.num_audios, videos=need.num_videos)
                await signalling.offer(self.offers.next())
            elif kind == "leave":
                self.link.fail(f"told to leave, reason {response.leave.reason}")
            else:
                await self._take_news(signalling, response)
        self.link.fail("signalling closed")

    async def _take_news(self, signalling: Signalling, response: rtc.SignalResponse) -> None:
        """Who is there, and which of our layers anybody watches."""
        if response.HasField("subscribed_quality_update"):
            off = unwatched(response.subscribed_quality_update)
            for publication in self.publications:
                if publication.rid:
                    publication.pause(quality_of(publication.rid) in off)
        for wish in self.others.take(response):
            await signalling.send(wish)
        self.others.ignore(self._answer)

    def _take_candidate(self, init: str) -> None:
        line = json.loads(init).get("candidate") if init else None
        if line and (address := sdp.read_candidate(line)):
            self.link.dial(address)

    def _note_dropped(self, why: str) -> None:
        self.dropped = self.dropped or why

    # --- reports ---
    def _take_rtcp(self, compound: bytes) -> None:
        if rtcp.is_transport_feedback(compound):  # a replay adapts to no estimate
            return
        for packet in rtcp.read_compound(compound):
            if isinstance(packet, rtp.RtcpSrPacket):
                self.receiver.note_sender_report(
                    packet.ssrc, packet.sender_info.ntp_timestamp, now=time.monotonic()
                )
            for publication in self.publications:
                self._take_feedback(publication, packet)

    def _take_feedback(self, publication: Publication, packet: rtp.AnyRtcpPacket) -> None:
        if rtcp.asks_for_key_frame(packet, publication.ssrc):
            publication.want_key_frame()
        elif lost := rtcp.asked_again(packet, publication.ssrc):
            publication.repair(lost, self.wire)

    async def _keep_alive(self) -> None:
        """Feedback, reports, consent checks and pings."""
        beats: list[rhythm.Beat] = [
            (FEEDBACK_EVERY, self._send_feedback),
            (REPORT_EVERY, self._send_reports),
            (CONSENT_EVERY, self.link.check),
            (PING_EVERY, self._ping),
        ]
        await rhythm.keep(beats, seed=self.seed, going=lambda: self.dropped is None)

    def _send_feedback(self) -> None:
        for packet in self.receiver.feedback():
            self.link.send_rtcp(packet)

    def _send_reports(self) -> None:
        if self.receiver.streams:
            self.link.send_rtcp(self.receiver.report(now=time.monotonic()))
            if self._answer and "goog-remb" in self._answer.feedback:
                self.link.send_rtcp(self.receiver.estimate(ESTIMATE))
        for publication in self.publications:
            if publication.sent:
                self.link.send_rtcp(publication.report(wall_ns=time.time_ns()))

    def _ping(self) -> None:
        async def ping(signalling: Signalling) -> None:
            with contextlib.suppress(Refused):
                await signalling.ping(wall_ms=time.time_ns() // 1_000_000)

        self._tasks = [task for task in self._tasks if not task.done()]
        if self._signalling:
            self._tasks.append(asyncio.create_task(ping(self._signalling)))
