"""Records what a real Chromium sends into a trace: `python -m tests.load.record 2mbit --url …`.

Chromium's fake camera and microphone are published with `livekit-client` to an engine; a light
client in the same room decrypts every packet and notes sizes, times and flags. No picture and no
sound is kept. With no URL our own engine is started.
"""

import argparse
import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.async_api import Page

from tests.support.browser import chromium, page_of

from .access import Engine, join_token
from .dtls import Identity
from .engine import HOST, engine_from
from .peer import Peer, PeerPlan
from .post import PostOffice
from .receiver import payload_offset
from .sdp import OPUS
from .trace import CLOCK_RATES, Packet, Trace
from .vp8 import Descriptor, read_descriptor

ROOM = "recording"
CLIENT = Path("node_modules/livekit-client/dist/livekit-client.umd.js")
SETTLE = 12.0
PUBLISH = """async ([url, token, picture]) => {
  const room = new LivekitClient.Room();
  await room.connect(url, token);
  const [sound, camera] = await LivekitClient.createLocalTracks({ audio: true, video: true });
  const options = {
    videoCodec: 'vp8', simulcast: false, red: false, dtx: false,
    videoEncoding: { maxBitrate: picture.bitrate, maxFramerate: picture.rate },
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
    """What Chromium is asked to send: pixels, frames per second, bits per second."""

    width: int
    height: int
    rate: int
    bitrate: int


PICTURES = {
    "2mbit": Picture(960, 540, 30, 2_000_000),
    "150kbit": Picture(320, 180, 15, 150_000),
}


async def record(engine: Engine, name: str, *, seconds: float) -> Trace:
    """Publish with Chromium, settle, then record from a key frame on."""
    picture = PICTURES[name]
    async with listener(engine) as peer, chromium() as browser, page_of(browser) as page:
        await publish(page, engine, picture)
        await asyncio.sleep(SETTLE)
        heard: list[tuple[bytes, int]] = []
        peer.receiver.on_packet = lambda packet, arrival: heard.append((packet, arrival))
        peer.ask_for_key_frames()
        await asyncio.sleep(seconds + 1)
    packets = trim(list(map(read_packet, *zip(*heard, strict=True))), seconds=seconds)
    return Trace(name, picture.width, picture.height, tuple(packets))


@asynccontextmanager
async def listener(engine: Engine) -> AsyncIterator[Peer]:
    """A light client that decrypts every packet."""
    token = join_token(engine, room=ROOM, identity="listener", publish=False)
    post = PostOffice()
    post.open()
    plan = PeerPlan("listener", token)
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


def read_packet(packet: bytes, arrival_ns: int) -> Packet:
    """A decrypted packet as a line of a trace, with absolute time and ticks."""
    payload = packet[payload_offset(packet) :]
    is_audio = packet[1] & 127 == OPUS
    return Packet(
        us=arrival_ns // 1000,
        kind="audio" if is_audio else "video",
        size=len(payload),
        marker=packet[1] > 127,
        descriptor=AUDIO if is_audio else read_descriptor(payload),
        ticks=int.from_bytes(packet[4:8], "big"),
    )


AUDIO = Descriptor(start=True, form=0, layer=0, key=False)


def trim(packets: list[Packet], *, seconds: float) -> list[Packet]:
    """From the first key frame on, whole frames only, counted from there.

    Raises:
        ValueError: no key frame was heard.
    """
    began = next((i for i, p in enumerate(packets) if p.descriptor.key), None)
    if began is None:
        raise ValueError("no key frame was heard")
    kept = [p for p in packets[began:] if p.us - packets[began].us < seconds * 1e6]
    last = max(i for i, p in enumerate(kept) if p.kind == "video" and p.marker)
    first: dict[str, int] = {}
    for packet in kept:
        first.setdefault(packet.kind, packet.ticks)
    return [_from_zero(packet, kept[0].us, first) for packet in kept[: last + 1]]


def _from_zero(packet: Packet, us: int, first: dict[str, int]) -> Packet:
    ticks = (packet.ticks - first[packet.kind]) & 0xFFFFFFFF
    return Packet(packet.us - us, packet.kind, packet.size, packet.marker, packet.descriptor, ticks)


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
