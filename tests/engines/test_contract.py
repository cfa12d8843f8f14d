"""What the application needs of any media engine, tried with livekit-client in real Chromium."""

from livekit.api import RoomParticipantIdentity
from livekit.protocol.models import ParticipantPermission
from livekit.protocol.room import (
    ListParticipantsRequest,
    MuteRoomTrackRequest,
    UpdateParticipantRequest,
)
from playwright.async_api import Browser

from tests.engines.pages import Guest, guests, meet
from tests.engines.target import OwnEngine, Target
from tests.support.waiting import until

_DUPLICATE_IDENTITY, _PARTICIPANT_REMOVED = 2, 4


async def test_three_people_see_and_hear_each_other_at_the_first_attempt(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo", "chi") as everybody:
        before = await forwarded(engine)
        await meet(everybody, engine, room)
        for guest in everybody:
            seen = await guest.seen()
            assert (seen["sockets"], seen["reconnecting"], seen["disconnected"]) == (1, 0, [])
            assert await guest.do("attributes", "ai") == {"epoch": "1"} or guest.identity == "ai"
        ai = everybody[0]
        await until(lambda: _any_speaker(ai, {"bo", "chi"}))
        assert await forwarded(engine) > before or not isinstance(engine, OwnEngine)


async def forwarded(engine: Target) -> float:
    """How many packets our engine has forwarded; other engines do not tell."""
    if not isinstance(engine, OwnEngine):
        return 0
    return await engine.metric("yoriai_media_forwarded_packets_total")


async def _any_speaker(guest: Guest, identities: set[str]) -> bool:
    return bool(identities & set((await guest.seen())["speakers"]))


async def test_mute_unpublish_and_leaving_are_seen_and_a_new_camera_too(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await meet([ai, bo], engine, room)
        await ai.do("setMicrophone", False)
        await until(lambda: bo.saw("TrackMuted:ai:microphone"))
        await ai.do("setMicrophone", True)
        await until(lambda: bo.saw("TrackUnmuted:ai:microphone"))
        await ai.do("unpublishCamera")
        await until(lambda: bo.saw("TrackUnpublished:ai:camera"))
        await ai.do("publish", {"video": True, "audio": False})
        await until(lambda: bo.sees_and_hears(ai))
        await ai.do("leave")
        await until(lambda: bo.saw("ParticipantDisconnected:ai:"))


async def test_a_viewer_gets_the_layer_it_asks_for(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await meet([ai, bo], engine, room)
        for quality, height in ((0, 180), (2, 360), (0, 180)):
            before = await bo.frames_of(ai)
            await bo.do("setQuality", "ai", quality)

            async def changed_over(height: int = height, before: int = before) -> bool:
                figures = (await bo.do("received"))["ai"]
                return bool(figures["height"] == height and figures["frames"] > before + 10)

            await until(changed_over)


async def test_removal_ends_the_page_and_is_seen(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await meet([ai, bo], engine, room)
        async with engine.api() as api:
            await api.room.remove_participant(RoomParticipantIdentity(room=room, identity="ai"))
        await until(lambda: _disconnected(ai, _PARTICIPANT_REMOVED))
        await until(lambda: bo.saw("ParticipantDisconnected:ai:"))
        assert await bo.do("people") == []


async def _disconnected(guest: Guest, reason: int) -> bool:
    return bool((await guest.seen())["disconnected"] == [reason])


async def test_rights_are_kept_to_and_change_at_once(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await ai.join(engine, room)
        await ai.do("publish")
        await bo.join(engine, room, can_publish=False)
        assert await bo.do("tryPublish", {}) != "published"
        await until(lambda: bo.sees_and_hears(ai))
        async with engine.api() as api:
            people = await api.room.list_participants(ListParticipantsRequest(room=room))
            tracks = next(p.tracks for p in people.participants if p.identity == "ai")
            microphone = next(t.sid for t in tracks if t.source == 2)
            await api.room.mute_published_track(
                MuteRoomTrackRequest(room=room, identity="ai", track_sid=microphone, muted=True)
            )
            await until(lambda: bo.saw("TrackMuted:ai:microphone"))
            listening = ParticipantPermission(can_subscribe=True, can_publish=False)
            await api.room.update_participant(
                UpdateParticipantRequest(room=room, identity="ai", permission=listening)
            )
        await until(lambda: bo.saw("TrackUnpublished:ai:camera"))
        assert await ai.do("state") == "connected"


async def test_the_same_identity_again_replaces_the_first(
    browser: Browser, engine: Target, room: str
) -> None:
    async with (
        guests(browser, "ai", "bo") as (ai, bo),
        guests(browser, "ai") as (again,),
    ):
        await meet([ai, bo], engine, room)
        await again.join(engine, room)
        await again.do("publish")
        await until(lambda: _disconnected(ai, _DUPLICATE_IDENTITY))
        await until(lambda: bo.sees_and_hears(again))
        assert await bo.do("people") == ["ai"]
