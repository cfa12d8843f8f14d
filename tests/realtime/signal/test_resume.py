"""Who loses its signalling connection is kept for a while, and comes back as if nothing was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from livekit.api import DeleteRoomRequest, MuteRoomTrackRequest
from livekit.protocol import models, rtc

from realtime.signal import room, vigil
from realtime.signal.greeting import leave_request
from realtime.signal.limits import Limits
from realtime.signal.outbox import COME_BACK, DONE, Outbox
from realtime.signal.participant import Participant
from realtime.signal.rooms import Rooms
from tests.load import sdp
from tests.load.ice import Credentials
from tests.realtime.signal.callers import Caller, calling, connected, cut
from tests.realtime.signal.house import ROOM, House, Talk, house, joined
from tests.support.waiting import until

DISCONNECT = rtc.LeaveRequest.DISCONNECT
RESUME, RECONNECT = rtc.LeaveRequest.RESUME, rtc.LeaveRequest.RECONNECT


@asynccontextmanager
async def back(caller: Caller, **query: str) -> AsyncIterator[Talk]:
    """The caller on a new signalling connection."""
    asked = caller.coming_back() | query
    async with calling(caller.den, "/rtc/v1", caller.identity, asked) as talk:
        yield talk


def kinds(talk: Talk) -> list[str | None]:
    return [response.WhichOneof("message") for response in talk.heard]


def people(talk: Talk) -> dict[str, models.ParticipantInfo]:
    """Whom the talk was told about, by identity, as told last."""
    updates = [r.update for r in talk.heard if r.WhichOneof("message") == "update"]
    return {info.identity: info for update in updates for info in update.participants}


async def sees(talk: Talk, identity: str, state: models.ParticipantInfo.State) -> bool:
    told = people(talk).get(identity)
    return told is not None and told.state == state


sees_active = partial(sees, state=models.ParticipantInfo.ACTIVE)
sees_gone = partial(sees, state=models.ParticipantInfo.DISCONNECTED)


async def lost(caller: Caller) -> bool:
    return caller.participant.signal_lost_at is not None


async def gone(den: House, identity: str) -> bool:
    return identity not in den.rooms[ROOM].participants


async def test_who_comes_back_finds_everything_as_it_was(den: House) -> None:
    async with joined(den, "bo") as bo, connected(den, "ai") as (ai, talk):
        before = ai.participant
        transport, tracks = before.connections.publisher, dict(before.tracks)
        await until(partial(sees_active, bo, "ai"))
        told_bo = len(bo.heard)
        await cut(talk)
        await until(partial(lost, ai))
        async with back(ai) as again:
            await again.told("refresh_token")
            assert kinds(again) == [
                "reconnect",
                "update",
                "room_update",
                "speakers_changed",
                "refresh_token",
            ]
            assert again.heard[0].reconnect.client_configuration.resume_connection == (
                models.ClientConfigSetting.ENABLED
            )
            assert set(people(again)) == {"ai", "bo"}
            assert ai.participant is before
            assert before.connections.publisher is transport
            assert transport.is_open
            assert before.tracks == tracks
            assert bo.heard[told_bo:] == []


async def test_ice_is_restarted_with_new_credentials_while_the_old_stay_good(den: House) -> None:
    async with connected(den, "ai") as (ai, talk):
        first = sdp.read_answer((await talk.told("answer")).sdp)
        old = ai.link.credentials
        await cut(talk)
        async with back(ai) as again:
            ai.link.credentials = Credentials.fresh()
            await again.signalling.offer(ai.offer())
            second = sdp.read_answer((await again.told("answer")).sdp)
            assert (second.ufrag, second.password) != (first.ufrag, first.password)
            assert second.fingerprints == first.fingerprints
            assert await ai.checks(ai.link.credentials, second)
            assert await ai.checks(old, first)
            assert ai.participant.connections.publisher.is_open


async def test_who_does_not_come_back_leaves_and_everybody_hears_it() -> None:
    async with (
        house(limits=Limits(resume_within=1.0)) as den,
        joined(den, "bo") as bo,
        connected(den, "ai") as (_, talk),
    ):
        await cut(talk)
        await until(partial(sees_gone, bo, "ai"))
        assert people(bo)["ai"].disconnect_reason == models.CONNECTION_TIMEOUT
        assert await gone(den, "ai")


async def test_a_second_connection_replaces_the_first_and_nobody_notices(den: House) -> None:
    async with joined(den, "bo") as bo, connected(den, "ai") as (ai, first):
        await until(partial(sees_active, bo, "ai"))
        told_bo = len(bo.heard)
        async with back(ai) as second:
            await second.told("reconnect")
            await first.signalling.socket.wait_closed()
            assert first.signalling.socket.close_code == DONE
            assert "leave" not in kinds(first)
            await second.signalling.ping(wall_ms=7)
            assert (await second.told("pong_resp")).last_ping_timestamp == 7
            assert ai.participant.signal_lost_at is None
            assert bo.heard[told_bo:] == []


@pytest.mark.parametrize(("sid", "room"), [("PA_stranger", ROOM), (None, "attic")])
async def test_who_was_not_kept_is_sent_to_start_anew(
    den: House, sid: str | None, room: str
) -> None:
    async with connected(den, "ai") as (ai, _):
        query = ai.coming_back(sid)
        async with calling(den, "/rtc/v1", "ai", query, room=room) as stranger:
            leave = await stranger.leave_told()
            assert (leave.action, leave.reason) == (RECONNECT, models.STATE_MISMATCH)
            assert kinds(stranger) == ["leave"]
        assert not await lost(ai)
        assert set(den.rooms) == {ROOM}


async def test_who_resumes_by_the_other_path_is_sent_to_start_anew(den: House) -> None:
    async with connected(den, "ai") as (ai, _):
        query = {"reconnect": "1", "sid": ai.participant.sid, "protocol": "9"}
        async with calling(den, "/rtc", "ai", query) as other:
            leave = await other.leave_told()
            assert (leave.action, leave.can_reconnect) == (RECONNECT, True)


async def test_what_was_missed_is_told(den: House) -> None:
    async with connected(den, "ai") as (ai, talk), den.api() as api:
        async with joined(den, "bo"), joined(den, "chi"), joined(den, "eve", hidden=True):
            await cut(talk)
            await until(partial(lost, ai))
        track = next(iter(ai.participant.tracks))
        mute = MuteRoomTrackRequest(room=ROOM, identity="ai", track_sid=track, muted=True)
        await api.room.mute_published_track(mute)
        async with joined(den, "chi"), back(ai) as again:
            await again.told("refresh_token")
            assert again.heard[1].mute == rtc.MuteTrackRequest(sid=track, muted=True)
            (update,) = [r.update for r in again.heard if r.WhichOneof("message") == "update"]
            assert {(info.identity, info.state) for info in update.participants} == {
                ("ai", models.ParticipantInfo.ACTIVE),
                ("bo", models.ParticipantInfo.DISCONNECTED),
                ("chi", models.ParticipantInfo.JOINED),
            }


async def test_a_confirmed_mute_is_not_told_again(den: House) -> None:
    async with connected(den, "ai") as (ai, talk), den.api() as api:
        track = next(iter(ai.participant.tracks))
        mute = MuteRoomTrackRequest(room=ROOM, identity="ai", track_sid=track, muted=True)
        await api.room.mute_published_track(mute)
        confirmed = rtc.MuteTrackRequest(sid=track, muted=True)
        await talk.signalling.send(rtc.SignalRequest(mute=confirmed))
        await talk.signalling.ping(wall_ms=8)
        await talk.told("pong_resp")
        await cut(talk)
        async with back(ai) as again:
            await again.told("refresh_token")
            assert "mute" not in kinds(again)
            assert people(again)["ai"].tracks[0].muted


async def test_the_clients_own_state_is_taken_in(den: House) -> None:
    async with connected(den, "bo") as (bo, _), connected(den, "ai") as (ai, talk):
        track = next(iter(bo.participant.tracks))
        await until(lambda: watches(ai, track))
        await cut(talk)
        async with back(ai) as again:
            paused = rtc.SyncState(track_sids_disabled=[track])
            await again.signalling.send(rtc.SignalRequest(sync_state=paused))
            await until(lambda: pauses(ai, track))
            stopped = rtc.UpdateSubscription(track_sids=[track], subscribe=False)
            state = rtc.SyncState(subscription=stopped)
            await again.signalling.send(rtc.SignalRequest(sync_state=state))
            await until(lambda: watches_nothing(ai))


async def watches(caller: Caller, track: str) -> bool:
    return track in caller.participant.subscriptions


async def pauses(caller: Caller, track: str) -> bool:
    return not caller.participant.subscriptions[track].enabled


async def watches_nothing(caller: Caller) -> bool:
    return not caller.participant.subscriptions


@pytest.mark.parametrize("known", [True, False])
async def test_who_publishes_what_we_do_not_know_must_start_anew(den: House, known: bool) -> None:
    async with connected(den, "ai") as (ai, talk):
        sid = next(iter(ai.participant.tracks)) if known else "TR_unknown"
        await cut(talk)
        async with back(ai) as again:
            published = rtc.TrackPublishedResponse(track=models.TrackInfo(sid=sid))
            state = rtc.SyncState(publish_tracks=[published])
            await again.signalling.send(rtc.SignalRequest(sync_state=state))
            if known:
                await again.signalling.ping(wall_ms=9)
                await again.told("pong_resp")
                assert "leave" not in kinds(again)
            else:
                leave = await again.leave_told()
                assert (leave.action, leave.reason) == (RECONNECT, models.STATE_MISMATCH)
                assert await gone(den, "ai")


async def test_silent_media_is_to_be_resumed_and_then_started_anew() -> None:
    limits = Limits(silent_transport=1.0, resume_within=3.0)
    async with house(limits=limits) as den, connected(den, "ai") as (ai, talk):
        leave = await talk.leave_told()
        assert (leave.action, leave.reason) == (RESUME, models.CONNECTION_TIMEOUT)
        await talk.signalling.socket.wait_closed()
        assert talk.signalling.socket.close_code == COME_BACK
        async with back(ai) as again:
            leave = await again.leave_told()
            assert (leave.action, leave.reason) == (RECONNECT, models.CONNECTION_TIMEOUT)
            assert await gone(den, "ai")


async def test_a_silent_signalling_connection_is_cut_and_may_be_resumed() -> None:
    limits = Limits(silent_signal=1.0)
    async with house(limits=limits) as den, connected(den, "ai") as (ai, talk):
        await talk.signalling.socket.wait_closed()
        assert (talk.signalling.socket.close_code, await lost(ai)) == (COME_BACK, True)
        assert "leave" not in kinds(talk)
        async with back(ai) as again:
            await again.told("reconnect")


async def test_a_defect_in_one_room_hides_no_silence_in_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = vigil.check

    def defective(rooms: Rooms, participant: Participant, now: float) -> None:
        if participant.identity == "ai":
            raise ZeroDivisionError
        check(rooms, participant, now)

    monkeypatch.setattr(vigil, "check", defective)
    async with (
        house(limits=Limits(silent_signal=1.0)) as den,
        joined(den, "ai"),
        joined(den, "bo", room="attic") as bo,
    ):
        assert (await bo.leave_told()).reason == models.CONNECTION_TIMEOUT


async def test_a_deleted_room_is_an_end_for_who_is_away_too(den: House) -> None:
    async with connected(den, "ai") as (ai, talk), den.api() as api:
        query = ai.coming_back()
        await cut(talk)
        await api.room.delete_room(DeleteRoomRequest(room=ROOM))
        async with calling(den, "/rtc/v1", "ai", query) as again:
            assert (await again.leave_told()).action == RECONNECT


@pytest.mark.pure
@pytest.mark.parametrize("protocol", [9, 12, 13, 16])
def test_clients_of_each_age_are_told_in_their_way(protocol: int) -> None:
    client = models.ClientInfo(protocol=protocol)

    def told(action: rtc.LeaveRequest.Action) -> rtc.LeaveRequest | None:
        message = leave_request(client, models.CONNECTION_TIMEOUT, action)
        return message.leave if message else None

    reason = models.CONNECTION_TIMEOUT
    assert told(DISCONNECT) == rtc.LeaveRequest(reason=reason)
    again = rtc.LeaveRequest(reason=reason, action=RECONNECT, can_reconnect=True)
    assert told(RECONNECT) == again
    resume = rtc.LeaveRequest(reason=reason, action=RESUME)
    assert told(RESUME) == (resume if protocol >= 13 else None)


async def test_who_reads_too_slowly_is_cut_and_may_come_back() -> None:
    outbox, sent = Outbox(2), []
    for number in range(5):
        outbox.put(rtc.SignalResponse(pong=number))
    assert (outbox.ended, outbox.code) == (True, COME_BACK)

    async def send(body: bytes) -> None:
        sent.append(rtc.SignalResponse.FromString(body).pong)

    await outbox.drain(send, within=60)
    assert sent == [0, 1]


async def test_who_takes_nothing_is_cut() -> None:
    outbox = Outbox(2)
    outbox.put(rtc.SignalResponse(pong=1))

    async def never(body: bytes) -> None:
        await until(_false)

    await outbox.drain(never, within=0.1)
    assert (outbox.ended, outbox.code) == (True, COME_BACK)


async def _false() -> bool:
    return False


async def test_of_those_who_left_the_last_are_remembered_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "MAX_DEPARTED", 2)
    async with house() as den, joined(den, "stays"):
        for identity in ("ai", "bo", "chi"):
            async with joined(den, identity):
                pass
            await until(partial(_has_left, den, identity))
        gone = [info.identity for info in den.rooms[ROOM].departed_since(0)]
    assert gone == ["bo", "chi"]


async def _has_left(den: House, identity: str) -> bool:
    return identity not in den.rooms[ROOM].participants
