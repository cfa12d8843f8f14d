"""A request that cannot be done is answered: with its number, a reason, and what was asked."""

from functools import partial

import pytest
from livekit.protocol import models, rtc

from realtime.signal.limits import Limits
from realtime.signal.refusals import MAX_ECHO
from tests.realtime.signal.house import ROOM, House, Talk, joined
from tests.support.waiting import until

Asked = rtc.SignalRequest
NO_TRACK = "TR_of_nobody"
DATA_TRACK = rtc.PublishDataTrackRequest(pub_handle=3)
OWN_NAME = rtc.UpdateParticipantMetadata(request_id=7, name="x")


def camera(**changes: object) -> rtc.AddTrackRequest:
    return rtc.AddTrackRequest(**{"cid": "cam", "type": models.VIDEO, "source": 1, **changes})  # type: ignore[arg-type]


async def answer_to(talk: Talk, request: Asked) -> rtc.RequestResponse:
    before = len(responses(talk))
    await talk.signalling.send(request)
    await until(partial(_more, talk, before))
    return responses(talk)[-1]


def responses(talk: Talk) -> list[rtc.RequestResponse]:
    return [r.request_response for r in talk.heard if r.HasField("request_response")]


async def _more(talk: Talk, count: int) -> bool:
    return len(responses(talk)) > count


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Asked(add_track=camera(source=models.SCREEN_SHARE)), "NOT_ALLOWED"),
        (Asked(add_track=camera(type=models.DATA)), "UNSUPPORTED_TYPE"),
        (Asked(add_track=camera(cid="")), "INVALID_REQUEST"),
        (Asked(add_track=camera(cid="c" * 257)), "INVALID_REQUEST"),
        (Asked(add_track=camera(sid=NO_TRACK)), "NOT_FOUND"),
        (Asked(mute=rtc.MuteTrackRequest(sid=NO_TRACK, muted=True)), "NOT_FOUND"),
        (Asked(update_audio_track=rtc.UpdateLocalAudioTrack(track_sid=NO_TRACK)), "NOT_FOUND"),
        (Asked(update_video_track=rtc.UpdateLocalVideoTrack(track_sid=NO_TRACK)), "NOT_FOUND"),
        (Asked(publish_data_track_request=DATA_TRACK), "UNSUPPORTED_TYPE"),
        (Asked(update_metadata=OWN_NAME), "NOT_ALLOWED"),
        (Asked(get_data_blob_request=rtc.GetDataBlobRequest(request_id=9)), "UNSUPPORTED_TYPE"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.WhichOneof("message"),
)
async def test_what_is_not_done_is_answered_with_the_reason(
    den: House, request_: Asked, reason: str
) -> None:
    async with joined(den, "ai", can_publish_sources=["camera", "microphone"]) as ai:
        answer = await answer_to(ai, request_)
        asked = getattr(request_, request_.WhichOneof("message") or "")
        assert rtc.RequestResponse.Reason.Name(answer.reason) == reason
        assert answer.message
        assert answer.request_id == getattr(asked, "request_id", 0)
        echo = answer.WhichOneof("request")
        if not request_.HasField("get_data_blob_request"):  # the protocol has no field to repeat it
            assert echo is not None
            assert getattr(answer, echo) == asked


async def test_control_what_is_done_is_not_refused(den: House) -> None:
    async with joined(den, "ai", can_update_own_metadata=True) as ai:
        await ai.signalling.send(Asked(add_track=camera()))
        track = (await ai.told("track_published")).track
        mute = rtc.MuteTrackRequest(sid=track.sid, muted=True)
        await ai.signalling.send(Asked(mute=mute))
        size = rtc.UpdateLocalVideoTrack(track_sid=track.sid, width=5, height=4)
        await ai.signalling.send(Asked(update_video_track=size))
        update = rtc.UpdateParticipantMetadata(request_id=7, name="Ai", attributes={"hand": "up"})
        answer = await answer_to(ai, Asked(update_metadata=update))
        assert (answer.request_id, answer.reason) == (7, rtc.RequestResponse.OK)
        assert len(responses(ai)) == 1
        person = den.rooms[ROOM].participants["ai"]
        assert (person.name, person.attributes) == ("Ai", {"hand": "up"})
        info = person.tracks[track.sid].info
        assert (info.muted, info.width, info.height) == (True, 5, 4)


async def test_a_second_codec_and_a_second_track_of_one_id_are_refused(den: House) -> None:
    async with joined(den, "ai") as ai:
        await ai.signalling.send(Asked(add_track=camera()))
        sid = (await ai.told("track_published")).track.sid
        den.rooms[ROOM].participants["ai"].tracks[sid].published = True
        again = await answer_to(ai, Asked(add_track=camera()))
        assert again.reason == rtc.RequestResponse.INVALID_REQUEST
        backup = await answer_to(ai, Asked(add_track=camera(cid="vp9", sid=sid)))
        assert backup.reason == rtc.RequestResponse.UNSUPPORTED_TYPE
        assert list(den.rooms[ROOM].participants["ai"].tracks) == [sid]


@pytest.mark.parametrize(
    ("field", "bound"),
    [("name", "name_bytes"), ("metadata", "metadata_bytes"), ("attributes", "attributes_bytes")],
)
async def test_own_texts_are_bounded_each(den: House, field: str, bound: str) -> None:
    most = getattr(Limits(), bound)
    async with joined(den, "ai", can_update_own_metadata=True) as ai:
        for size, reason in ((most, "OK"), (most + 1, "LIMIT_EXCEEDED")):
            text = {"k": "v" * (size - 1)} if field == "attributes" else "v" * size
            update = rtc.UpdateParticipantMetadata(request_id=size, **{field: text})  # type: ignore[arg-type]
            answer = await answer_to(ai, Asked(update_metadata=update))
            assert rtc.RequestResponse.Reason.Name(answer.reason) == reason
            assert answer.request_id == size
        kept = getattr(den.rooms[ROOM].participants["ai"], field)
        assert len(kept["k"] if field == "attributes" else kept) in (most, most - 1)


async def test_attributes_are_bounded_in_number_over_several_requests(den: House) -> None:
    async with joined(den, "ai", can_update_own_metadata=True) as ai:
        for number in range(Limits().attributes + 1):
            update = rtc.UpdateParticipantMetadata(attributes={f"k{number}": "v"})
            answer = await answer_to(ai, Asked(update_metadata=update))
        assert answer.reason == rtc.RequestResponse.LIMIT_EXCEEDED
        assert len(den.rooms[ROOM].participants["ai"].attributes) == Limits().attributes


@pytest.mark.parametrize("size", [MAX_ECHO - 200, MAX_ECHO + 200])
async def test_only_a_small_request_is_repeated(den: House, size: int) -> None:
    async with joined(den, "ai") as ai:
        asked = rtc.MuteTrackRequest(sid="s" * size)
        answer = await answer_to(ai, Asked(mute=asked))
        assert answer.reason == rtc.RequestResponse.NOT_FOUND
        assert (answer.WhichOneof("request") == "mute") is (size < MAX_ECHO)
