"""Who gets what is said on data channels, tried over real sockets with aiortc as the client."""

from dataclasses import replace
from typing import Any

import pytest
from livekit.api import SendDataRequest, TwirpError
from livekit.protocol import models, rtc
from livekit.protocol.metrics import MetricsBatch

from realtime.media.data import DataBounds
from realtime.signal import greeting, resuming
from realtime.signal.limits import Limits
from realtime.signal.said import KEPT_BYTES, NONCES, Nonces
from tests.load.caller import LOSSY, RELIABLE, user
from tests.realtime.signal.data_callers import callers
from tests.realtime.signal.house import ROOM, House, house, joined, token
from tests.support.http import http_client
from tests.support.waiting import until

P = models.DataPacket


async def test_a_packet_is_signed_by_the_server_and_comes_on_its_channel_to_the_others(
    den: House,
) -> None:
    async with callers(den, ai={}, bo={}, chi={"can_subscribe": False}) as (ai, bo, chi):
        forged = user(b"hello", participant_identity="bo", participant_sid="PA_x", sequence=1)
        forged.user.topic = "greeting"
        forged.user.participant_identity = "bo"
        ai.say(forged)
        ai.say(user(b"soon"), LOSSY)
        for reader in (bo, chi):
            await reader.hears(b"hello", b"soon")
        (label, packet), (lossy, soon) = bo.heard
        sid = ai.participant.sid
        expected = user(
            b"hello", kind=P.RELIABLE, participant_identity="ai", participant_sid=sid, sequence=1
        )
        expected.user.topic = "greeting"
        expected.user.participant_identity = "ai"
        expected.user.participant_sid = sid
        assert (label, packet) == (RELIABLE, expected)
        assert (lossy, soon.kind) == (LOSSY, P.LOSSY)
        assert ai.heard == []


async def test_destinations_narrow_by_identity_or_sid(den: House) -> None:
    async with callers(den, ai={}, bo={}, chi={}) as (ai, bo, chi):
        ai.say(user(b"by name", destination_identities=["chi", "nobody", "ai"]))
        old_name, old_sid = user(b"in the user packet"), user(b"by sid")
        old_name.user.destination_identities.append("bo")
        old_sid.user.destination_sids.append(bo.participant.sid)
        ai.say(old_name)
        ai.say(old_sid)
        ai.say(user(b"to all"))
        await bo.hears(b"in the user packet", b"by sid", b"to all")
        await chi.hears(b"by name", b"to all")
        assert list(bo.heard[0][1].destination_identities) == ["bo"]
        assert ai.heard == []


PASSED = [
    P(chat_message=models.ChatMessage(id="1", message="hi")),
    P(sip_dtmf=models.SipDTMF(code=1, digit="1")),
    P(rpc_request=models.RpcRequest(id="1", method="m")),
    P(rpc_response=models.RpcResponse(request_id="1", payload="p")),
    P(rpc_ack=models.RpcAck(request_id="1")),
    P(stream_header=models.DataStream.Header(stream_id="s", topic="t")),
    P(stream_chunk=models.DataStream.Chunk(stream_id="s", content=b"c")),
    P(stream_trailer=models.DataStream.Trailer(stream_id="s")),
    P(encrypted_packet=models.EncryptedPacket(encrypted_value=b"e")),
]
SPEECH = P(transcription=models.Transcription(transcribed_participant_identity="ai"))
FIGURES = P(metrics=MetricsBatch(timestamp_ms=1))
FORGED = P(speaker=models.ActiveSpeakerUpdate(speakers=[models.SpeakerInfo(sid="PA_x")]))


async def test_each_kind_goes_where_it_may(den: House) -> None:
    people: dict[str, dict[str, Any]] = {"ai": {}, "bo": {}, "chi": {"can_subscribe_metrics": True}}
    async with callers(den, **people) as (ai, bo, chi):
        for packet in (*PASSED, SPEECH, FIGURES, FORGED, P()):
            ai.say(packet)
        ai.channels[RELIABLE].send(b"\xff no packet")
        ai.say(user(b"the last"))
        await bo.hears_so_many(len(PASSED) + 1)
        await chi.hears_so_many(len(PASSED) + 2)
        kinds = [packet.WhichOneof("value") for packet in PASSED]
        assert [packet.WhichOneof("value") for _, packet in bo.heard] == [*kinds, "user"]
        assert [packet.WhichOneof("value") for _, packet in chi.heard] == [
            *kinds,
            "metrics",
            "user",
        ]
        assert {packet.participant_identity for _, packet in bo.heard} == {"ai"}


async def test_an_agent_may_write_down_what_others_say(den: House) -> None:
    async with callers(den, ai={}, bo={}) as (ai, bo):
        ai.participant.admission = replace(ai.participant.admission, kind="agent")
        ai.say(SPEECH)
        await bo.hears_so_many(1)
        assert bo.heard[0][1].WhichOneof("value") == "transcription"


async def test_rights_are_asked_for_each_packet(den: House) -> None:
    async with callers(den, ai={}, bo={}, mute={"can_publish_data": False}) as (ai, bo, mute):
        mute.say(user(b"no"))
        ai.say(user(b"yes"))
        await bo.hears(b"yes")
        silenced = models.ParticipantPermission(can_subscribe=True, can_publish=True)
        den.engine.rooms.change_permission(ai.participant, silenced)
        ai.say(user(b"no more"))
        allowed = models.ParticipantPermission(can_publish_data=True)
        den.engine.rooms.change_permission(mute.participant, allowed)
        mute.say(user(b"now"))
        await bo.hears(b"yes", b"now")
        await ai.hears(b"now")


async def test_nobody_learns_of_a_hidden_sender(den: House) -> None:
    async with callers(den, ai={"hidden": True}, bo={}) as (ai, bo):
        ai.say(user(b"from afar"))
        await bo.hears(b"from afar")
        packet = bo.heard[0][1]
        named = packet.participant_sid, packet.participant_identity
        assert (*named, packet.user.participant_sid, packet.user.participant_identity) == ("",) * 4


async def test_numbered_packets_and_named_ones_are_taken_once(den: House) -> None:
    async with callers(den, ai={}, bo={}) as (ai, bo):
        for number in (1, 2, 1, 2, 3):
            ai.say(user(b"%d" % number, sequence=number))
        for nonce in (b"n" * 16, b"n" * 16, b"m" * 16):
            packet = user(nonce[:1])
            packet.user.nonce = nonce
            ai.say(packet)
        await bo.hears(b"1", b"2", b"3", b"n", b"m")
        assert ai.participant.said.last_sequence == 3


async def test_who_resumes_is_sent_reliable_packets_after_the_last_one_got(
    den: House,
) -> None:
    async with callers(den, ai={}, bo={}, chi={}) as (ai, bo, chi):
        for number in (1, 2, 3):
            ai.say(user(b"%d" % number, sequence=number))
        ai.say(user(b"4 to chi", sequence=4, destination_identities=["chi"]))
        ai.say(user(b"not numbered"))
        await bo.hears(b"1", b"2", b"3", b"not numbered")
        state = rtc.DataChannelReceiveState(publisher_sid=ai.participant.sid, last_seq=1)
        nobody = rtc.DataChannelReceiveState(publisher_sid="PA_gone", last_seq=0)
        back = greeting.reconnect_response(ai.participant).reconnect
        assert back.last_message_seq == 4
        has = rtc.SyncState(datachannel_receive_states=[state, nobody])
        resuming.take_sync_state(den.engine.rooms, bo.participant, has)
        await bo.hears(b"1", b"2", b"3", b"not numbered", b"2", b"3")
        await chi.hears(b"1", b"2", b"3", b"4 to chi", b"not numbered")
        kept = ai.participant.said
        for number in range(5, 30):
            kept.keep(number, bytes(KEPT_BYTES // 10))
        assert len(kept.after(0)) == 10


async def test_long_messages_arrive_whole_at_all(den: House) -> None:
    async with callers(den, ai={}, bo={}, chi={}) as (ai, bo, chi):
        chunks = [bytes([n]) * 60_000 for n in range(5)]
        for n, content in enumerate(chunks):
            piece = models.DataStream.Chunk(stream_id="s", chunk_index=n, content=content)
            ai.say(P(stream_chunk=piece, sequence=n + 1))
        for reader in (bo, chi):
            await reader.hears_so_many(5)
            assert [packet.stream_chunk.content for _, packet in reader.heard] == chunks


async def test_the_room_service_sends_data(den: House) -> None:
    async with callers(den, ai={}, bo={}) as (ai, bo), den.api() as api:
        asked = SendDataRequest(room=ROOM, data=b"for bo", kind=P.LOSSY, topic="notice")
        asked.destination_identities.append("bo")
        await api.room.send_data(asked)
        await api.room.send_data(SendDataRequest(room=ROOM, data=b"for all", kind=P.RELIABLE))
        await bo.hears(b"for bo", b"for all")
        await ai.hears(b"for all")
        label, packet = bo.heard[0]
        assert (label, packet.kind, packet.user.topic) == (LOSSY, P.LOSSY, "notice")
        assert (packet.participant_identity, bo.heard[1][0]) == ("", RELIABLE)
        with pytest.raises(TwirpError):
            await api.room.send_data(SendDataRequest(room=ROOM, data=bytes(60_001)))
        with pytest.raises(TwirpError):
            await api.room.send_data(SendDataRequest(room="elsewhere"))


async def test_the_room_service_sends_once_what_has_the_same_nonce_and_needs_its_right(
    den: House,
) -> None:
    async with callers(den, ai={}) as (ai,):
        statuses = []
        for nonce, admin in ((b"n" * 16, True),) * 2 + ((b"short", True), (b"m" * 16, False)):
            asked = SendDataRequest(room=ROOM, data=b"once", nonce=nonce)
            statuses.append(await _post(den, asked, _boss(admin=admin)))
        last = SendDataRequest(room=ROOM, data=b"end", nonce=b"e" * 16)
        statuses.append(await _post(den, last, _boss(admin=True)))
        assert statuses == [200, 200, 400, 403, 200]
        await ai.hears(b"once", b"end")


def _boss(*, admin: bool) -> str:
    return token("boss", room_admin=admin)


async def _post(den: House, asked: SendDataRequest, bearer: str) -> int:
    headers = {"content-type": "application/protobuf", "authorization": f"Bearer {bearer}"}
    url = f"{den.url}/twirp/livekit.RoomService/SendData"
    async with http_client() as client:
        answer = await client.post(url, content=asked.SerializeToString(), headers=headers)
        return int(answer.status_code)


async def test_who_speaks_pays_for_each_reader() -> None:
    bounds = DataBounds(packets_per_second=0, packets_at_once=100)
    limits = Limits(data=bounds)
    async with house(limits=limits) as den, callers(den, ai={}, bo={}, chi={}) as (ai, bo, chi):
        ai.say(user(bytes(30_000)))
        for reader in (bo, chi):
            await reader.hears(bytes(30_000))
        ai.say(user(bytes(30_000)))
        await until(lambda: _was_limited(den))
        assert len(chi.heard) == 1


async def _was_limited(den: House) -> bool:
    return den.engine.rooms.plane.data_dropped["limit"] > 0


def test_a_nonce_is_forgotten_after_a_hundred_others() -> None:
    nonces = Nonces()
    names = [number.to_bytes(16, "big") for number in range(NONCES + 1)]
    assert all(nonces.is_new(name) for name in names)
    assert [nonces.is_new(name) for name in (names[-1], names[0])] == [False, True]


async def test_a_reader_that_falls_behind_is_cut_off_with_a_reason_and_the_others_read_on() -> None:
    limits = Limits(data=DataBounds(backlog_bytes=150_000))
    async with house(limits=limits) as den, callers(den, ai={}, bo={}, chi={}) as (ai, bo, chi):
        sids = bo.participant.sid
        bo.turn_deaf()
        for n in range(8):
            ai.say(user(bytes([n]) * 30_000))
        leave = await bo.sent_away()
        assert (leave.reason, leave.action) == (models.STATE_MISMATCH, rtc.LeaveRequest.RECONNECT)
        await chi.hears(*(bytes([n]) * 30_000 for n in range(8)))
        assert sids not in {p.sid for p in den.rooms[ROOM].participants.values()}


async def test_a_data_track_is_refused_with_words(den: House) -> None:
    async with joined(den, "ai") as ai:
        asked = rtc.PublishDataTrackRequest(pub_handle=1, name="depth")
        await ai.signalling.send(rtc.SignalRequest(publish_data_track_request=asked))
        refused: rtc.RequestResponse = await ai.told("request_response")
        assert refused.reason == rtc.RequestResponse.UNSUPPORTED_TYPE
        assert refused.publish_data_track == asked


async def test_who_ends_its_association_is_told_to_come_again(den: House) -> None:
    async with callers(den, ai={}, bo={}) as (ai, bo):
        await bo.end_data()
        leave = await bo.sent_away()
        assert leave.action == rtc.LeaveRequest.RECONNECT
        assert ai.participant.state == models.ParticipantInfo.ACTIVE
