"""A client with two connections is offered what it watches, one offer at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from livekit.protocol import models, rtc

from realtime.media import sdp
from realtime.signal.limits import Limits
from realtime.signal.lines import MAX_LINES, Lines
from tests.realtime.signal.callers import MICROPHONE, calling, connected, cut
from tests.realtime.signal.house import ROOM, House, Talk, house, joined
from tests.support.waiting import until

QUERY = {"auto_subscribe": "1", "protocol": "15", "sdk": "go", "version": "2.0"}
FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)


def offers(talk: Talk) -> list[rtc.SessionDescription]:
    return [r.offer for r in talk.heard if r.WhichOneof("message") == "offer"]


async def offered(talk: Talk, count: int) -> rtc.SessionDescription:
    """The offer of this number, once it has come."""

    async def came() -> bool:
        return len(offers(talk)) >= count

    await until(came)
    return offers(talk)[count - 1]


def answer_to(offer: rtc.SessionDescription, *, number: int | None = None) -> rtc.SignalRequest:
    """A client's answer that takes every section as offered."""
    lines = ["v=0", "o=- 7 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=setup:active", FINGERPRINT]
    for section in sdp.parse(offer.sdp).sections:
        lines += [f"m={section.kind} 9 {section.protocol} {' '.join(section.formats)}"]
        lines += [f"a=mid:{section.mid}", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuv"]
        lines += [f"a=rtpmap:{value}" for value in section.values("rtpmap")]
        lines += [f"a=extmap:{value}" for value in section.values("extmap")]
        lines += ["a=recvonly" if section.sends else "a=inactive"] if section.is_media else []
    described = rtc.SessionDescription(
        type="answer",
        sdp="\r\n".join(lines) + "\r\n",
        id=offer.id if number is None else number,
    )
    return rtc.SignalRequest(answer=described)


def carried(offer: rtc.SessionDescription) -> list[tuple[str, bool]]:
    """Kind and whether we send, of each media section of an offer."""
    return [(s.kind, s.sends) for s in sdp.parse(offer.sdp).sections if s.is_media]


@asynccontextmanager
async def viewer(den: House, **query: str) -> AsyncIterator[Talk]:
    async with calling(den, "/rtc", "vi", QUERY | query) as talk:
        await talk.told("join")
        yield talk


async def ended(den: House, identity: str) -> None:
    """Take a participant out as the room service does."""
    den.engine.rooms.dismiss(den.rooms[ROOM].participants[identity], models.PARTICIPANT_REMOVED)


async def test_the_second_connection_is_offered_before_anything_is_watched(den: House) -> None:
    async with viewer(den) as talk:
        join = await talk.told("join")
        assert (join.subscriber_primary, join.ping_timeout) == (True, 5)
        offer = await offered(talk, 1)
        description = sdp.parse(offer.sdp)
        assert [(s.kind, s.mid) for s in description.sections] == [("application", "0")]
        assert description.anywhere("setup") == "actpass"
        assert ("ice-lite", "") in description.attributes
        vi = den.rooms[ROOM].participants["vi"]
        credentials = vi.connections.subscriber.credentials[-1]
        assert description.ice_fragment == credentials.fragment
        assert (vi.client.sdk, vi.client.protocol, vi.client.version) == (
            models.ClientInfo.GO,
            15,
            "2.0",
        )


async def test_what_is_published_is_offered_and_flows_after_the_answer(den: House) -> None:
    async with connected(den, "ai") as (ai, _), viewer(den) as talk:
        offer = await offered(talk, 1)
        track = next(iter(ai.participant.tracks.values()))
        assert carried(offer) == [("audio", True)]
        assert dict(offer.mid_to_track_id) == {"1": track.sid}
        section = sdp.parse(offer.sdp).sections[1]
        assert section.value("msid") == f"{ai.participant.sid}|camera {track.sid}"
        vi = den.rooms[ROOM].participants["vi"]
        assert vi.subscriptions[track.sid].payload_types == {}
        await talk.signalling.send(answer_to(offer))
        await until(partial(flows, vi.subscriptions[track.sid]))
        assert vi.subscriptions[track.sid].payload_types == {"audio/opus": 111}
        assert vi.subscriptions[track.sid].level_id == 1


async def flows(subscription: Any) -> bool:
    return bool(subscription.payload_types)


async def test_one_offer_at_a_time_and_the_next_says_what_changed_meanwhile(den: House) -> None:
    async with viewer(den) as talk:
        first = await offered(talk, 1)
        async with connected(den, "ai"), connected(den, "bo"):
            assert len(offers(talk)) == 1
            await talk.signalling.send(answer_to(first))
            second = await offered(talk, 2)
            assert carried(second) == [("audio", True)] * 2
            assert second.id == first.id + 1
            await talk.signalling.send(answer_to(second))
            await talk.signalling.ping(wall_ms=1)
            await talk.told("pong_resp")
            assert len(offers(talk)) == 2


async def test_a_section_is_idle_once_before_it_carries_another_track(den: House) -> None:
    async with viewer(den) as talk:
        await talk.signalling.send(answer_to(await offered(talk, 1)))
        async with connected(den, "ai"):
            await talk.signalling.send(answer_to(await offered(talk, 2)))
            await ended(den, "ai")
        idle = await offered(talk, 3)
        assert carried(idle) == [("audio", False)]
        async with connected(den, "bo") as (bo, _):
            assert len(offers(talk)) == 3
            await talk.signalling.send(answer_to(idle))
            again = await offered(talk, 4)
            assert carried(again) == [("audio", True)]
            track = next(iter(bo.participant.tracks))
            msid = sdp.parse(again.sdp).sections[1].value("msid")
            assert msid == f"{bo.participant.sid}|{track} {track}"


async def test_a_track_that_ends_before_its_answer_leaves_its_section_idle_too(den: House) -> None:
    async with viewer(den) as talk:
        await talk.signalling.send(answer_to(await offered(talk, 1)))
        async with connected(den, "ai"):
            second = await offered(talk, 2)
            await ended(den, "ai")
        async with connected(den, "bo") as (bo, _):
            assert len(offers(talk)) == 2
            await talk.signalling.send(answer_to(second))
            third = await offered(talk, 3)
            assert carried(third) == [("audio", False), ("audio", True)]
            assert dict(third.mid_to_track_id) == {"2": next(iter(bo.participant.tracks))}


@pytest.mark.parametrize("number", [0, 99])
async def test_an_answer_that_nobody_waits_for_is_ignored(den: House, number: int) -> None:
    async with viewer(den) as talk:
        first = await offered(talk, 1)
        await talk.signalling.send(answer_to(first))
        async with connected(den, "ai"):
            second = await offered(talk, 2)
            await talk.signalling.send(answer_to(first, number=number))
            await talk.signalling.ping(wall_ms=1)
            await talk.told("pong_resp")
            vi = den.rooms[ROOM].participants["vi"]
            assert [s.payload_types for s in vi.subscriptions.values()] == [{}]
            await talk.signalling.send(answer_to(second, number=0))
            await until(partial(flows, next(iter(vi.subscriptions.values()))))


@pytest.mark.parametrize(
    "text", ["", "v=0\r\n", "v=0\r\na=setup:passive\r\n" + FINGERPRINT + "\r\nm=application 9 x y"]
)
async def test_an_answer_that_cannot_be_understood_makes_the_client_start_anew(
    den: House, text: str
) -> None:
    async with viewer(den) as talk, joined(den, "bo") as bo:
        first = await offered(talk, 1)
        broken = rtc.SessionDescription(type="answer", sdp=text, id=first.id)
        await talk.signalling.send(rtc.SignalRequest(answer=broken))
        if text == "v=0\r\n":  # of another number of sections: the answer to another offer
            await talk.signalling.ping(wall_ms=1)
            await talk.told("pong_resp")
            assert "vi" in den.rooms[ROOM].participants
        else:
            leave = await talk.leave_told()
            assert (leave.action, leave.reason) == (
                rtc.LeaveRequest.RECONNECT,
                models.STATE_MISMATCH,
            )
        await bo.signalling.ping(wall_ms=2)
        await bo.told("pong_resp")


async def test_the_first_connection_is_answered_as_offered(den: House) -> None:
    async with connected(den, "ai") as (ai, _), viewer(den) as talk:
        track = rtc.AddTrackRequest(cid=MICROPHONE, type=models.AUDIO, source=models.MICROPHONE)
        await talk.signalling.send(rtc.SignalRequest(add_track=track))
        await talk.told("track_published")
        await talk.signalling.offer(ai.offer())
        answer = await talk.told("answer")
        directions = [s.direction for s in sdp.parse(answer.sdp).sections]
        assert directions == ["recvonly", "inactive", "inactive"]
        assert dict(answer.mid_to_track_id) == {}
        vi = den.rooms[ROOM].participants["vi"]
        publisher = vi.connections.publisher
        assert publisher is not vi.connections.subscriber
        assert answer.sdp.count(f"a=ice-ufrag:{publisher.credentials[-1].fragment}") == 3


async def test_an_offer_that_is_never_answered_makes_the_client_start_anew() -> None:
    async with house(limits=Limits(answer_within=1.0)) as den, dual(den) as (vi, talk):
        vi.connections.agree({})
        await talk.signalling.send(answer_to(await offered(talk, 1)))
        async with connected(den, "ai"):
            await offered(talk, 2)
            leave = await talk.leave_told()
            assert (leave.action, leave.reason) == (
                rtc.LeaveRequest.RECONNECT,
                models.STATE_MISMATCH,
            )


async def test_a_resume_restarts_ice_by_a_new_offer(den: House) -> None:
    async with connected(den, "ai"), dual(den) as (vi, talk):
        first = await offered(talk, 1)
        subscriber = vi.connections.subscriber
        await cut(talk)
        await until(lambda: is_lost(vi))
        query = QUERY | {"reconnect": "1", "sid": vi.sid}
        async with calling(den, "/rtc", "vi", query) as again:
            await again.told("reconnect")
            second = await offered(again, 1)
            assert second.id > first.id
            fragments = [sdp.parse(each.sdp).ice_fragment for each in (first, second)]
            assert [c.fragment for c in subscriber.credentials] == fragments
            assert carried(second) == carried(first) == [("audio", True)]
            subscription = next(iter(vi.subscriptions.values()))
            await again.signalling.send(answer_to(first))
            await again.signalling.ping(wall_ms=1)
            await again.told("pong_resp")
            assert not await flows(subscription)
            await again.signalling.send(answer_to(second))
            await until(partial(flows, subscription))


@asynccontextmanager
async def dual(den: House) -> AsyncIterator[tuple[Any, Talk]]:
    """A participant with two connections whose second counts as open."""
    async with viewer(den) as talk:
        await offered(talk, 1)
        vi = den.rooms[ROOM].participants["vi"]
        subscriber = vi.connections.subscriber
        subscriber.tx = object()
        yield vi, talk
        subscriber.tx = None


async def is_lost(participant: Any) -> bool:
    return participant.signal_lost_at is not None


@pytest.mark.pure
def test_offered_sections_are_bounded() -> None:
    class Anything:
        kind = "audio"

    lines = Lines()
    placed = [lines.place(Anything()) for _ in range(MAX_LINES + 2)]  # type: ignore[arg-type]
    assert placed == [True] * MAX_LINES + [False] * 2
    assert len(lines) == MAX_LINES == sdp.MAX_SECTIONS - 1
