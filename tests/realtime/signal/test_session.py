"""What the engine lets a client do over its signalling connection, whatever the client is."""

import base64
import gzip
from functools import partial

import pytest
from livekit.protocol import models, rtc

from realtime.signal.joining import JoinRequestError, read_join_request
from realtime.signal.limits import Limits
from tests.realtime.signal.callers import calling
from tests.realtime.signal.house import ROOM, House, Talk, house, joined
from tests.support.waiting import until

CAMERA, MICROPHONE, SCREEN = models.CAMERA, models.MICROPHONE, models.SCREEN_SHARE


async def add(talk: Talk, cid: str, source: models.TrackSource) -> None:
    kind = models.AUDIO if source == MICROPHONE else models.VIDEO
    request = rtc.AddTrackRequest(cid=cid, type=kind, source=source)
    await talk.signalling.send(rtc.SignalRequest(add_track=request))


async def heard(talk: Talk, kind: str, count: int = 1) -> bool:
    return [r.WhichOneof("message") for r in talk.heard].count(kind) >= count


@pytest.mark.parametrize(
    ("grants", "refused", "taken"),
    [
        ({"can_publish": False}, [CAMERA, MICROPHONE], []),
        ({"can_publish_sources": ["microphone"]}, [CAMERA, SCREEN], [MICROPHONE]),
        ({}, [], [CAMERA, MICROPHONE, SCREEN]),
    ],
)
async def test_only_what_the_token_allows_is_published(
    den: House,
    grants: dict[str, object],
    refused: list[models.TrackSource],
    taken: list[models.TrackSource],
) -> None:
    async with joined(den, "ai", **grants) as ai:
        for source in (*refused, *taken):
            await add(ai, f"cid-{source}", source)
        await until(partial(heard, ai, "request_response", len(refused)))
        await until(partial(heard, ai, "track_published", len(taken)))
        tracks = den.rooms[ROOM].participants["ai"].tracks.values()
        assert sorted(t.info.source for t in tracks) == sorted(taken)


async def test_tracks_are_bounded_and_screens_counted_apart(den: House) -> None:
    async with joined(den, "ai") as ai:
        for number in range(6):
            await add(ai, f"camera-{number}", CAMERA)
            await add(ai, f"screen-{number}", SCREEN)
        await until(partial(heard, ai, "request_response", 6))
        tracks = den.rooms[ROOM].participants["ai"].tracks.values()
        assert sorted(t.info.source for t in tracks) == [CAMERA] * 4 + [SCREEN] * 2


@pytest.mark.parametrize("allowed", [True, False])
async def test_own_attributes_change_only_with_the_right(den: House, allowed: bool) -> None:
    async with joined(den, "ai", can_update_own_metadata=allowed) as ai:
        change = rtc.UpdateParticipantMetadata(attributes={"epoch": "9"}, request_id=7)
        await ai.signalling.send(rtc.SignalRequest(update_metadata=change))
        response = await ai.told("request_response")
        assert (response.request_id, response.reason == response.NOT_ALLOWED) == (7, not allowed)
        attributes = den.rooms[ROOM].participants["ai"].attributes
        assert attributes == ({"epoch": "9"} if allowed else {})


async def test_the_same_identity_again_sends_the_first_away(den: House) -> None:
    async with joined(den, "ai") as first:
        sid = den.rooms[ROOM].participants["ai"].sid
        async with joined(den, "ai"):
            leave = await first.leave_told()
            assert leave.reason == models.DUPLICATE_IDENTITY
            assert leave.action == rtc.LeaveRequest.DISCONNECT
            assert den.rooms[ROOM].participants["ai"].sid != sid


async def test_who_falls_silent_is_let_go() -> None:
    async with house(limits=Limits(silent_signal=1.0)) as den, joined(den, "ai") as ai:
        leave = await ai.leave_told()
        assert leave.reason == models.CONNECTION_TIMEOUT
        assert den.rooms[ROOM].participants == {}


async def test_who_never_connects_its_media_is_let_go() -> None:
    async with house(limits=Limits(connect_within=1.0)) as den, joined(den, "ai") as ai:
        assert (await ai.leave_told()).reason == models.JOIN_FAILURE
        assert den.rooms[ROOM].participants == {}


async def test_trickled_candidates_change_nothing_however_malformed(den: House) -> None:
    async with joined(den, "ai") as ai:
        for target in (rtc.PUBLISHER, rtc.SUBSCRIBER, 9):
            for candidate in ("", "{", '{"candidate": "candidate:1 1 udp 1 10.0.0.1 9 typ host"}'):
                trickle = rtc.TrickleRequest(candidateInit=candidate, target=target)  # type: ignore[arg-type]
                await ai.signalling.send(rtc.SignalRequest(trickle=trickle))
        await ai.signalling.ping(wall_ms=5)
        assert (await ai.told("pong_resp")).last_ping_timestamp == 5
        peer = den.rooms[ROOM].participants["ai"].connections.publisher
        assert (peer.address, peer.addresses) == (None, [])


async def test_nonsense_ends_nothing(den: House) -> None:
    async with joined(den, "ai") as ai:
        for body in (b"", b"\xff" * 400, b"\x0a\x7f"):
            await ai.signalling.socket.send(body)
        await ai.signalling.ping(wall_ms=5)
        assert (await ai.told("pong_resp")).last_ping_timestamp == 5


async def test_an_unreadable_offer_ends_only_its_sender(den: House) -> None:
    async with joined(den, "bo") as bo, joined(den, "ai") as ai:
        await ai.signalling.offer(rtc.SessionDescription(type="offer", sdp="v=0\r\nm=x", id=1))
        leave = await ai.leave_told()
        assert (leave.action, leave.reason) == (rtc.LeaveRequest.RECONNECT, models.STATE_MISMATCH)
        assert "ai" not in den.rooms[ROOM].participants
        await bo.signalling.ping(wall_ms=6)
        assert (await bo.told("pong_resp")).last_ping_timestamp == 6


async def test_a_track_asked_for_again_is_the_same(den: House) -> None:
    async with joined(den, "ai") as ai:
        for _ in range(2):
            await add(ai, "cid", CAMERA)
        await until(partial(heard, ai, "track_published", 2))
        told = [r.track_published for r in ai.heard if r.WhichOneof("message") == "track_published"]
        assert told[0] == told[1]
        assert list(den.rooms[ROOM].participants["ai"].tracks) == [told[0].track.sid]


async def test_others_learn_what_a_client_understands(den: House) -> None:
    query = {"sdk": "python", "protocol": "16", "client_protocol": "2", "version": "x" * 500}
    query["capabilities"] = "CAP_PACKET_TRAILER,nonsense"
    async with joined(den, "bo"), calling(den, "/rtc", "ai", query) as talk:
        await talk.told("join")
        ai = den.rooms[ROOM].participants["ai"]
        assert (ai.client.sdk, ai.client.protocol) == (models.ClientInfo.PYTHON, 16)
        assert ai.client.version == "x" * 128
        info = ai.info()
        assert info.client_protocol == 2
        assert list(info.capabilities) == [models.ClientInfo.CAP_PACKET_TRAILER]


def _packed(body: bytes) -> str:
    wrapped = rtc.WrappedJoinRequest(
        compression=rtc.WrappedJoinRequest.GZIP, join_request=gzip.compress(body)
    )
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()


@pytest.mark.pure
def test_a_join_request_is_read_also_packed() -> None:
    asked = rtc.JoinRequest(participant_sid="PA_x")
    assert read_join_request(_packed(asked.SerializeToString())) == asked


@pytest.mark.pure
@pytest.mark.parametrize("packed", ["", "!", "aaaa", _packed(bytes(4 << 20)), "a" * 70_000])
def test_a_join_request_that_is_absent_broken_or_a_bomb_is_refused(packed: str) -> None:
    with pytest.raises(JoinRequestError):
        read_join_request(packed)
