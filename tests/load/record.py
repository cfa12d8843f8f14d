"""Records what a real Chromium sends into a trace: `python -m tests.load.record 2mbit --url …`.

Chromium's fake camera and microphone are published with `livekit-client` to an engine; light
clients in the same room, one for each simulcast layer, decrypt every packet and note sizes, times
and flags. No picture and no sound is kept. With no URL our own engine is started.
"""

import argparse
import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from playwright.async_api import Page

from tests.support.browser import CHROMIUM, chromium, page_of

from .access import Engine, join_token
from .cutting import read_packet, trim
from .dtls import Identity
from .engine import HOST, engine_from
from .peer import Peer, PeerPlan
from .post import PostOffice
from .trace import CLOCK_RATES, RIDS, Packet, Trace

ROOM = "recording"
CLIENT = Path("node_modules/livekit-client/dist/livekit-client.umd.js")
SETTLE = 20.0
PUBLISH = """async ([url, token, picture]) => {
  const room = new LivekitClient.Room();
  await room.connect(url, token);
  const [sound, camera] = await LivekitClient.createLocalTracks({ audio: true, video: true });
  const options = {
    videoCodec: 'vp8', simulcast: picture.lower.length > 0, red: false, dtx: false,
    videoEncoding: { maxBitrate: picture.bitrate, maxFramerate: picture.rate },
    videoSimulcastLayers: picture.lower.map((layer) => new LivekitClient.VideoPreset(
      layer.width, layer.height, layer.bitrate, layer.rate)),
    degradationPreference: 'maintain-resolution',
  };
  await room.localParticipant.publishTrack(sound, options);
  const grainy = withGrain(camera.mediaStreamTrack, picture);
  await room.localParticipant.publishTrack(grainy, { ...options, source: 'camera' });
}"""
# The fake camera's flat colours cost an encoder almost nothing; grain, as any real camera has it,
# brings VP8 to the bit rate it is allowed.
GRAIN = """function withGrain(track, { width, height, rate }) {
  const film = Object.assign(document.createElement('video'), {
    srcObject: new MediaStream([track]), muted: true });
  film.play();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const tile = new ImageData(256, 256);
  const pen = canvas.getContext('2d', { alpha: false });
  const grain = Object.assign(document.createElement('canvas'), { width: 256, height: 256 });
  for (let i = 0; i < tile.data.length; i += 4) {
    tile.data.fill(Math.random() * 256, i, i + 3);
    tile.data[i + 3] = 28;
  }
  grain.getContext('2d').putImageData(tile, 0, 0);
  setInterval(() => {
    pen.drawImage(film, 0, 0, width, height);
    pen.translate(Math.random() * -256, Math.random() * -256);
    pen.fillStyle = pen.createPattern(grain, 'repeat');
    pen.fillRect(0, 0, width + 256, height + 256);
    pen.resetTransform();
  }, 1000 / rate);
  return canvas.captureStream(rate).getVideoTracks()[0];
}"""


@dataclass(frozen=True)
class Picture:
    """What Chromium is asked to send: pixels, frames per second, bits per second; and the lower
    layers of simulcast, lowest first."""

    width: int
    height: int
    rate: int
    bitrate: int
    lower: tuple["Picture", ...] = ()

    @property
    def rids(self) -> tuple[str, ...]:
        return RIDS[-len(self.lower) - 1 :] if self.lower else ("",)


# The layers are those of LiveKit's load tester.
PICTURES = {
    "2mbit": Picture(960, 540, 30, 2_000_000),
    "150kbit": Picture(320, 180, 15, 150_000),
    "simulcast": Picture(
        *(1280, 720, 30, 2_000_000),
        lower=(Picture(320, 180, 15, 150_000), Picture(640, 360, 20, 600_000)),
    ),
}


async def record(engine: Engine, name: str, *, seconds: float) -> Trace:
    """Publish with Chromium, settle, then record from a key frame on."""
    picture, heard = PICTURES[name], list[Packet]()
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(listener(engine, rid)) for rid in picture.rids]
        browser = await stack.enter_async_context(chromium(program=CHROMIUM))
        page = await stack.enter_async_context(page_of(browser))
        await publish(page, engine, picture)
        await asyncio.sleep(SETTLE)
        for rid, peer in zip(picture.rids, peers, strict=True):
            peer.receiver.on_packet = partial(_note, heard, rid, peer is peers[0])
            peer.ask_for_key_frames()
        await asyncio.sleep(seconds + 1)
    packets = trim(sorted(heard, key=lambda packet: packet.us), seconds=seconds)
    return Trace(name, picture.width, picture.height, tuple(packets))


def _note(heard: list[Packet], rid: str, with_sound: bool, packet: bytes, arrival_ns: int) -> None:
    read = read_packet(packet, arrival_ns, rid)
    if read.kind == "video" or with_sound:
        heard.append(read)


@asynccontextmanager
async def listener(engine: Engine, rid: str) -> AsyncIterator[Peer]:
    """A light client that decrypts every packet of one layer, or of the only one."""
    identity = f"listener-{rid}"
    token = join_token(engine, room=ROOM, identity=identity, publish=False)
    post = PostOffice()
    post.open()
    plan = PeerPlan(identity, token, layer=rid)
    peer = Peer(plan, engine.url, Identity.fresh(), post, random.Random(), sample_every=1)
    await peer.join()
    try:
        yield peer
    finally:
        await peer.leave()
        post.close()


async def publish(page: Page, engine: Engine, picture: Picture) -> None:
    """Open a page on localhost (cameras need a secure context) and publish from it."""
    async with await asyncio.start_server(_empty_page, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        await page.goto(f"http://localhost:{port}/")
    await page.add_script_tag(path=CLIENT)
    await page.add_script_tag(content=GRAIN)
    token = join_token(engine, room=ROOM, identity="camera", publish=True)
    url = engine.url.replace("http", "ws", 1)
    await page.evaluate(PUBLISH, [url, token, asdict(picture)])


async def _empty_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>")
    await writer.drain()
    writer.close()


def summary(trace: Trace) -> dict[str, object]:
    """What the trace holds, for people and for the last line printed."""
    return {
        "trace": trace.name,
        "seconds": round(trace.seconds, 2),
        "packets": len(trace.packets),
        "bytes_per_packet": trace.bytes_per_packet(),
        "bits_per_second": {kind: trace.bits_per_second(kind) for kind in CLOCK_RATES},
    }


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("name", choices=sorted(PICTURES))
    options.add_argument("--seconds", type=float, default=12.0)
    for name in ("url", "key", "secret"):
        options.add_argument(f"--{name}")
    chosen = options.parse_args()
    async with engine_from(url=chosen.url, key=chosen.key, secret=chosen.secret) as engine:
        trace = await record(engine, chosen.name, seconds=chosen.seconds)
    print(trace.save())
    print(json.dumps(summary(trace)))


if __name__ == "__main__":
    asyncio.run(main())
