"""A participant by the Python SDK: libwebrtc and the native client, without a browser."""

import asyncio
import math
from array import array
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livekit import rtc
from livekit.protocol.models import DataPacket

WIDTH, HEIGHT, FRAME_RATE = 320, 180, 15
SAMPLE_RATE, SAMPLES = 48_000, 480
LOUD = 1_000


class Native:
    """Publishes a moving picture and a tone; counts what it gets by the sender's identity.

    `frames` are decoded pictures, `loud` are pieces of sound (10 ms) that are not silence; `data`
    are user packets: sender, kind, topic and text.
    """

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.room = rtc.Room()
        self.frames: Counter[str] = Counter()
        self.loud: Counter[str] = Counter()
        self.events: list[str] = []
        self.data: list[list[object]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.room.on("track_subscribed", self._take)
        self.room.on("data_received", self._note)
        for name in ("reconnecting", "reconnected", "disconnected"):
            self.room.on(name, lambda *_, name=name: self.events.append(name))

    async def join(self, url: str, token: str, *, single: bool) -> None:
        """Join with one peer connection or with two."""
        await self.room.connect(url, token, rtc.RoomOptions(single_peer_connection=single))
        self.room.local_participant.register_rpc_method("shout", _shout)

    async def publish(self) -> None:
        """Publish camera and microphone, and keep them moving."""
        camera, microphone = rtc.VideoSource(WIDTH, HEIGHT), rtc.AudioSource(SAMPLE_RATE, 1)
        tracks: list[tuple[rtc.LocalTrack, rtc.TrackSource.ValueType]] = [
            (
                rtc.LocalVideoTrack.create_video_track("camera", camera),
                rtc.TrackSource.SOURCE_CAMERA,
            ),
            (
                rtc.LocalAudioTrack.create_audio_track("microphone", microphone),
                rtc.TrackSource.SOURCE_MICROPHONE,
            ),
        ]
        self._start(self._film(camera))
        self._start(self._sing(microphone))
        for track, source in tracks:
            options = rtc.TrackPublishOptions(source=source, simulcast=False)
            await self.room.local_participant.publish_track(track, options)

    async def say(self, text: str, *, reliable: bool, topic: str) -> None:
        """Send a user packet to everybody."""
        speaker = self.room.local_participant
        await speaker.publish_data(text, reliable=reliable, topic=topic)

    async def call(self, identity: str, payload: str) -> str:
        """Call a participant's method "shout", as pages and we ourselves have it."""
        return await self.room.local_participant.perform_rpc(
            destination_identity=identity, method="shout", payload=payload
        )

    async def sees_and_hears(self, identity: str, *, frames: int = 30, loud: int = 10) -> bool:
        """Whether enough came from a participant."""
        return self.frames[identity] >= frames and self.loud[identity] >= loud

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    def _start(self, work: "asyncio.Future[None] | object") -> None:
        self._tasks.append(asyncio.create_task(work))  # type: ignore[arg-type]

    def _take(
        self,
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        look = self._watch if track.kind == rtc.TrackKind.KIND_VIDEO else self._listen
        self._start(look(track, participant.identity))

    def _note(self, packet: rtc.DataPacket) -> None:
        reliable = packet.kind == rtc.DataPacketKind.KIND_RELIABLE
        kind = DataPacket.RELIABLE if reliable else DataPacket.LOSSY
        sender = packet.participant.identity if packet.participant else ""
        self.data.append([sender, kind, packet.topic or "", packet.data.decode()])

    async def _watch(self, track: rtc.Track, identity: str) -> None:
        async for _ in rtc.VideoStream(track):
            self.frames[identity] += 1

    async def _listen(self, track: rtc.Track, identity: str) -> None:
        async for event in rtc.AudioStream(track):
            loudest = max(map(abs, event.frame.data), default=0)
            self.loud[identity] += loudest > LOUD

    async def _film(self, camera: rtc.VideoSource) -> None:
        number = 0
        while True:
            shade = number * 8 % 256
            picture = bytes((shade, 255 - shade, 128, 255)) * (WIDTH * HEIGHT)
            frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture)
            camera.capture_frame(frame)
            number += 1
            await asyncio.sleep(1 / FRAME_RATE)

    async def _sing(self, microphone: rtc.AudioSource) -> None:
        """A tone of 500 Hz: its period divides the length of a frame, so each is the same."""
        wave = (math.sin(2 * math.pi * 500 * n / SAMPLE_RATE) for n in range(SAMPLES))
        samples = array("h", (round(12_000 * value) for value in wave)).tobytes()
        while True:
            await microphone.capture_frame(rtc.AudioFrame(samples, SAMPLE_RATE, 1, SAMPLES))


async def _shout(called: rtc.RpcInvocationData) -> str:
    return f"{called.caller_identity}: {called.payload.upper()}"


@asynccontextmanager
async def native(identity: str) -> AsyncIterator[Native]:
    """A native participant that leaves at the end."""
    person = Native(identity)
    try:
        yield person
    finally:
        await person.leave()
