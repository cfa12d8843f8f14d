"""livekit-client as it was before: one peer connection for what it sends, one for what it gets."""

from uuid import uuid4

from tests.engines.pages import guests, meet
from tests.engines.target import target
from tests.support.browser import chromium
from tests.support.waiting import until


async def test_they_meet_at_the_first_attempt_and_a_section_is_used_again() -> None:
    room = f"two-{uuid4().hex[:8]}"
    async with target() as engine, chromium() as browser, guests(browser, "ai", "bo") as (ai, bo):
        await meet([ai, bo], engine, room, options={"singlePeerConnection": False})
        for guest in (ai, bo):
            seen = await guest.seen()
            assert (seen["sockets"], seen["connections"], seen["reconnecting"]) == (1, 2, 0)
        await ai.do("unpublishCamera")
        await until(lambda: bo.saw("TrackUnpublished:ai:camera"))
        await ai.do("publish", {"video": True, "audio": False})
        await until(lambda: bo.sees_and_hears(ai))
        await ai.do("leave")
        await until(lambda: bo.saw("ParticipantDisconnected:ai:"))
