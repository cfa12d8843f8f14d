"""Layers, codecs and repair within a room, tried with livekit-client in real Chromium."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.engines.pages import Guest, guests
from tests.engines.target import Target
from tests.support.waiting import until

ADAPTIVE = {"adaptiveStream": True, "dynacast": True}
SMALL, LARGE = (160, 90), (1280, 720)


async def arrival(viewer: Guest, sender: Guest) -> dict[str, Any]:
    figures: dict[str, Any] = await viewer.do("arrives", sender.identity)
    return figures


async def shows(viewer: Guest, sender: Guest, *, height: int, more: int = 20) -> dict[str, Any]:
    """Wait until a viewer decodes pictures of this height; how they arrive."""
    begun = (await arrival(viewer, sender))["frames"]

    async def decoded() -> bool:
        now = await arrival(viewer, sender)
        return bool(now["height"] == height and now["frames"] > begun + more)

    await until(decoded)
    return await arrival(viewer, sender)


def sends(sender: Guest, wanted: str) -> Callable[[], Awaitable[bool]]:
    """A condition: exactly these layers are switched on, and each of them sends."""
    before: dict[str, int] = {}

    async def holds() -> bool:
        layers = await sender.do("layers")
        active = {rid for rid, layer in layers.items() if layer["active"]}
        frames = {rid: layer["frames"] for rid, layer in layers.items()}
        grown = {rid for rid in frames if frames[rid] > before.get(rid, frames[rid])}
        before.update({rid: before.get(rid, count) for rid, count in frames.items()})
        if active != set(wanted):
            before.clear()
        return active == set(wanted) == grown

    return holds


async def test_a_tile_decides_the_layer_and_unwatched_layers_stop(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await ai.join(engine, room, options=ADAPTIVE)
        await ai.do("publishAs")
        await bo.join(engine, room, options=ADAPTIVE)
        await until(lambda: bo.sees_and_hears(ai, more_than=5))
        await bo.do("showIn", "ai", *LARGE)
        first = await shows(bo, ai, height=720)
        await bo.do("showIn", "ai", *SMALL)
        await shows(bo, ai, height=180)
        await until(sends(ai, "q"))
        await bo.do("showIn", "ai", *LARGE)
        last = await shows(bo, ai, height=720)
        await until(sends(ai, "qhf"))
        assert last["keyFrames"] >= first["keyFrames"] + 2
        assert last["lost"] == 0
        # A decoder that stumbles asks for a key frame by itself.
        assert last["asked"] == first["asked"]


async def test_a_camera_that_nobody_shows_stops_and_comes_back(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await ai.join(engine, room, options=ADAPTIVE)
        await ai.do("publishAs", {"width": 640, "height": 360})
        await bo.join(engine, room, options=ADAPTIVE)
        await until(lambda: bo.sees_and_hears(ai, more_than=5))
        await bo.do("showIn", "ai", 0, 0)
        await until(sends(ai, ""))
        frozen = await arrival(bo, ai)
        await bo.do("showIn", "ai", *LARGE)
        shown = await shows(bo, ai, height=360)
        assert shown["keyFrames"] > frozen["keyFrames"]


async def test_sound_arrives_with_and_without_its_past(
    browser: Browser, engine: Target, room: str
) -> None:
    """Statistics name the codec inside; that each packet carries two is told by their size."""
    async with guests(browser, "ai", "bo", "chi") as (ai, bo, chi):
        for speaker, red in ((ai, True), (bo, False)):
            await speaker.join(engine, room)
            await speaker.do("publishAs", {"picture": False, "red": red})
        await chi.join(engine, room)
        for speaker in (ai, bo):
            await until(partial(heard, chi, speaker, packets=150))
        doubled, plain = [await arrival(chi, speaker) for speaker in (ai, bo)]
        sizes = [each["soundBytes"] / each["soundPackets"] for each in (doubled, plain)]
        assert sizes[0] > 1.4 * sizes[1]


async def heard(listener: Guest, speaker: Guest, *, packets: int) -> bool:
    now = await arrival(listener, speaker)
    return bool(now["soundPackets"] > packets and now["energy"] > 0)


@pytest.mark.parametrize("codec", ["vp8", "h264"])
async def test_either_codec_is_seen_in_layers(
    browser: Browser, engine: Target, room: str, codec: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        mime = {"vp8": "video/VP8", "h264": "video/H264"}[codec]
        if not await ai.do("sendsCodec", mime):
            pytest.skip(f"this Chromium does not send {codec}")
        await ai.join(engine, room)
        await ai.do("publishAs", {"width": 640, "height": 360, "videoCodec": codec})
        await bo.join(engine, room)
        await shows(bo, ai, height=360)
        await bo.do("setQuality", "ai", 0)
        seen = await shows(bo, ai, height=180)
        assert seen["codec"] == mime
