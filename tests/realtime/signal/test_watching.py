"""Who gets which track in which size, who may, and what everybody is told of it."""

import time
from functools import partial

import pytest
from livekit.protocol import models, rtc

from realtime.media.health import Health, Quality
from realtime.signal import conditions
from realtime.signal.participant import Participant
from realtime.signal.tracks import Track
from tests.load import sdp
from tests.realtime.signal.house import ROOM, House, Talk, joined
from tests.support.waiting import until

_LOCAL = sdp.LocalTransport("frag", "password-of-a-client", ":".join(["AA"] * 32))


async def publish(talk: Talk, *, codec: str = "VP8") -> None:
    """Publish a camera of three layers without media: announced, and a section agreed."""
    layers = [models.VideoLayer(quality=q, height=h) for q, h in enumerate((180, 360, 720))]  # type: ignore[arg-type]
    request = rtc.AddTrackRequest(
        cid="camera",
        type=models.VIDEO,
        source=models.CAMERA,
        width=1280,
        height=720,
        layers=layers,
        simulcast_codecs=[rtc.SimulcastCodec(codec=codec.lower())],
    )
    await talk.signalling.send(rtc.SignalRequest(add_track=request))
    section = sdp.Section("0", "video", sdp.OutgoingTrack("camera", 7))
    text = sdp.write_offer(_LOCAL, [section], version=1)
    text = text.replace("VP8/90000", f"{codec}/90000") + "a=fmtp:96 packetization-mode=1\r\n"
    await talk.signalling.offer(rtc.SessionDescription(type="offer", sdp=text, id=1))
    await talk.told("answer")


def person(den: House, identity: str) -> Participant:
    return den.rooms[ROOM].participants[identity]


def camera(den: House, identity: str = "ai") -> Track:
    (track,) = person(den, identity).published()
    return track


async def watches(den: House, viewer: str, wanted: bool = True) -> bool:
    return (camera(den).sid in person(den, viewer).subscriptions) is wanted


async def wants(den: House, viewer: str, enabled: bool, quality: int) -> bool:
    view = person(den, viewer).subscriptions[camera(den).sid]
    return (view.enabled, view.wanted) == (enabled, quality)


async def permissions(talk: Talk, count: int) -> bool:
    return len(allowed(talk)) >= count


def allowed(talk: Talk) -> list[bool]:
    kind = "subscription_permission_update"
    told = [r.subscription_permission_update for r in talk.heard if r.WhichOneof("message") == kind]
    return [update.allowed for update in told]


@pytest.mark.parametrize(
    ("settings", "enabled", "quality"),
    [
        ({"quality": models.VideoQuality.LOW}, True, 0),
        ({"quality": models.VideoQuality.HIGH}, True, 2),
        ({"quality": models.VideoQuality.OFF}, False, 2),
        ({"disabled": True, "quality": models.VideoQuality.MEDIUM}, False, 1),
        ({"width": 300, "height": 170}, True, 0),
        ({"width": 600, "height": 340}, True, 1),
        ({"width": 1920, "height": 1080}, True, 2),
    ],
)
async def test_a_viewer_gets_what_its_settings_say(
    den: House, settings: dict[str, int], enabled: bool, quality: int
) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        update = rtc.UpdateTrackSettings(track_sids=[camera(den).sid], **settings)  # type: ignore[arg-type]
        await bo.signalling.send(rtc.SignalRequest(track_setting=update))
        await until(partial(wants, den, "bo", enabled, quality))


async def test_settings_are_kept_for_a_track_that_is_watched_later(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        sid = camera(den).sid
        for subscribe in (False, True):
            update = rtc.UpdateSubscription(track_sids=[sid], subscribe=subscribe)
            await bo.signalling.send(rtc.SignalRequest(subscription=update))
            await until(partial(watches, den, "bo", subscribe))
            settings = rtc.UpdateTrackSettings(track_sids=[sid], height=100)
            await bo.signalling.send(rtc.SignalRequest(track_setting=settings))
        await until(partial(wants, den, "bo", True, 0))


async def test_a_viewer_that_comes_back_hides_tiles_and_keeps_their_sizes(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        sid = camera(den).sid
        settings = rtc.UpdateTrackSettings(track_sids=[sid], height=300)
        await bo.signalling.send(rtc.SignalRequest(track_setting=settings))
        await until(partial(wants, den, "bo", True, 1))
        state = rtc.SyncState(
            track_sids_disabled=[sid], subscription=rtc.UpdateSubscription(subscribe=False)
        )
        await bo.signalling.send(rtc.SignalRequest(sync_state=state))
        await until(partial(wants, den, "bo", False, 1))


async def test_a_viewer_that_comes_back_hears_again_what_is_paused(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        viewer = person(den, "bo")
        viewer.qualities = {viewer.sid: Quality.GOOD}
        conditions.tell_again(viewer)
        assert viewer.qualities == {}
        camera(den).paused = True
        conditions.tell_again(viewer)
        await until(partial(states, bo, [rtc.StreamState.PAUSED]))


async def test_who_turns_its_phone_changes_which_layer_fits(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        sid = camera(den).sid
        settings = rtc.UpdateTrackSettings(track_sids=[sid], height=300)
        await bo.signalling.send(rtc.SignalRequest(track_setting=settings))
        await until(partial(wants, den, "bo", True, 1))
        layers = [models.VideoLayer(quality=q, height=h) for q, h in enumerate((320, 640, 1280))]  # type: ignore[arg-type]
        update = rtc.UpdateVideoLayers(track_sid=sid, layers=layers)
        await ai.signalling.send(rtc.SignalRequest(update_layers=update))
        await until(partial(wants, den, "bo", True, 0))
        size = rtc.UpdateLocalVideoTrack(track_sid=sid, width=720, height=1280)
        await ai.signalling.send(rtc.SignalRequest(update_video_track=size))
        await until(partial(told_height, bo, 1280))


async def told_height(talk: Talk, height: int) -> bool:
    people = [p for r in talk.heard for p in r.update.participants]
    return any(track.height == height for p in people for track in p.tracks)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_who_cannot_decode_a_picture_is_told_so(den: House, codec: str) -> None:
    """The light client's sections take VP8 only."""
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai, codec=codec)
        text = sdp.write_offer(_LOCAL, [sdp.Section("0", "video")], version=1)
        await bo.signalling.offer(rtc.SessionDescription(type="offer", sdp=text, id=1))
        await bo.told("answer")

        async def flows() -> bool:
            return bool(person(den, "bo").subscriptions[camera(den).sid].payload_types)

        await until(flows)
        if codec == "H264":
            told = await bo.told("subscription_response")
            expected = (camera(den).sid, models.SE_CODEC_UNSUPPORTED)
            assert (told.track_sid, told.err) == expected
        await bo.signalling.ping(wall_ms=1)
        await bo.told("pong_resp")
        kinds = [response.WhichOneof("message") for response in bo.heard]
        assert kinds.count("subscription_response") == (codec == "H264")


async def test_features_of_sound_are_told(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        request = rtc.AddTrackRequest(cid="mic", type=models.AUDIO, source=models.MICROPHONE)
        await ai.signalling.send(rtc.SignalRequest(add_track=request))
        sid = (await ai.told("track_published")).track.sid
        no_dtx = models.AudioTrackFeature.TF_NO_DTX
        update = rtc.UpdateLocalAudioTrack(track_sid=sid, features=[no_dtx, no_dtx])
        await ai.signalling.send(rtc.SignalRequest(update_audio_track=update))
        track = person(den, "ai").tracks[sid]

        async def noted() -> bool:
            return list(track.info.audio_features) == [no_dtx] and track.info.disable_dtx

        await until(noted)
        assert not track.dtx
        await bo.signalling.ping(wall_ms=1)


async def test_only_who_is_let_may_watch_and_learns_when_that_changes(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo, joined(den, "chi") as chi:
        await publish(ai)
        for viewer in ("bo", "chi"):
            await until(partial(watches, den, viewer))
        only_bo = rtc.SubscriptionPermission(
            track_permissions=[rtc.TrackPermission(participant_identity="bo", all_tracks=True)]
        )
        await ai.signalling.send(rtc.SignalRequest(subscription_permission=only_bo))
        await until(partial(permissions, chi, 1))
        assert await watches(den, "bo")
        assert await watches(den, "chi", False)
        everybody = rtc.SubscriptionPermission(all_participants=True)
        await ai.signalling.send(rtc.SignalRequest(subscription_permission=everybody))
        await until(partial(permissions, chi, 2))
        assert await watches(den, "chi")
        assert (allowed(bo), allowed(chi)) == ([], [False, True])


async def test_the_choice_holds_for_tracks_and_people_to_come(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        nobody = rtc.SubscriptionPermission()
        await ai.signalling.send(rtc.SignalRequest(subscription_permission=nobody))
        await publish(ai)
        await until(partial(permissions, bo, 1))
        async with joined(den, "chi") as chi:
            await until(partial(permissions, chi, 1))
            one = rtc.TrackPermission(
                participant_sid=person(den, "chi").sid, track_sids=[camera(den).sid]
            )
            only_chi = rtc.SubscriptionPermission(track_permissions=[one])
            await ai.signalling.send(rtc.SignalRequest(subscription_permission=only_chi))
            await until(partial(permissions, chi, 2))
            ask = rtc.UpdateSubscription(track_sids=[camera(den).sid], subscribe=True)
            await bo.signalling.send(rtc.SignalRequest(subscription=ask))
            await until(partial(permissions, bo, 2))
            assert await watches(den, "chi")
            assert await watches(den, "bo", False)
            assert (allowed(bo), allowed(chi)) == ([False, False], [False, True])


async def test_a_track_that_ends_is_forgotten_by_everybody(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        sid = camera(den).sid
        settings = rtc.UpdateTrackSettings(track_sids=[sid], height=100)
        await bo.signalling.send(rtc.SignalRequest(track_setting=settings))
        ask = rtc.UpdateSubscription(track_sids=[sid], subscribe=True)
        await bo.signalling.send(rtc.SignalRequest(subscription=ask))
        await until(partial(wants, den, "bo", True, 0))
        text = sdp.write_offer(_LOCAL, [sdp.Section("0", "video")], version=2)
        await ai.signalling.offer(rtc.SessionDescription(type="offer", sdp=text, id=2))

        async def forgotten() -> bool:
            viewer = person(den, "bo")
            return not (viewer.subscriptions or viewer.wishes or viewer.asked)

        await until(forgotten)


async def test_a_track_that_falls_silent_is_told_as_paused_until_it_comes_back(
    den: House,
) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo:
        await publish(ai)
        room, track, now = den.rooms[ROOM], camera(den), time.monotonic()
        stream = track.publication.stream_for(7, "", now)
        assert stream is not None
        looks = [
            (0.0, -9.0, False),  # never sent anything
            (0.0, 0.0, False),
            (3.0, 0.0, False),
            (9.0, 0.0, True),  # muted: nothing should come
            (10.0, 0.0, False),  # may begin again
            (13.0, 0.0, False),
            (15.0, 0.0, False),  # silent for too long
            (20.0, 0.0, False),
            (21.0, 999.0, False),
        ]
        told = []
        for at, heard, muted in looks:
            stream.latest_at = 0.0 if heard < 0 else now + heard
            track.info.muted = muted
            conditions.look(room, now + at)
            told.append(track.paused)
        assert told == [False] * 6 + [True, True, False]
        await until(partial(states, bo, [rtc.StreamState.PAUSED, rtc.StreamState.ACTIVE]))
        assert await states(ai, [])


async def states(talk: Talk, expected: list[rtc.StreamState]) -> bool:
    kind = "stream_state_update"
    updates = [r.stream_state_update for r in talk.heard if r.WhichOneof("message") == kind]
    return [state.state for update in updates for state in update.stream_states] == expected


async def test_people_learn_how_their_own_lines_are_and_those_of_whom_they_watch(
    den: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with den.peer("ai", publishes=True), den.peer("bo"), den.peer("chi"):
        room, people = den.rooms[ROOM], [person(den, name) for name in ("ai", "bo", "chi")]
        await until(partial(all_watch, people[1:]))
        verdicts = {each.connections.primary: Quality.EXCELLENT for each in people}
        monkeypatch.setattr(Health, "judge", lambda health, peer, now: verdicts[peer])
        names = {each.sid: each.identity for each in people}
        ears = [Ear(names) for _ in people]
        for each, ear in zip(people, ears, strict=True):
            monkeypatch.setattr(each, "send", ear)
            each.qualities = {}
        conditions.judge(room, 1.0)
        conditions.judge(room, 6.0)
        verdicts[people[0].connections.primary] = Quality.POOR
        conditions.judge(room, 11.0)
        verdicts[people[2].connections.primary] = Quality.LOST
        conditions.judge(room, 16.0)
        poor, excellent = models.ConnectionQuality.POOR, models.ConnectionQuality.EXCELLENT
        assert [ear.heard for ear in ears] == [
            [{"ai": excellent}, {"ai": poor}],
            [{"ai": excellent, "bo": excellent}, {"ai": poor}],
            [
                {"ai": excellent, "chi": excellent},
                {"ai": poor},
                {"chi": models.ConnectionQuality.LOST},
            ],
        ]


class Ear:
    """What somebody is told of lines, by identity."""

    def __init__(self, names: dict[str, str]) -> None:
        self.heard: list[dict[str, int]] = []
        self._names = names

    def __call__(self, message: rtc.SignalResponse) -> None:
        updates = message.connection_quality.updates
        if updates:
            self.heard.append({self._names[u.participant_sid]: u.quality for u in updates})


async def all_watch(viewers: list[Participant]) -> bool:
    return all(len(each.subscriptions) == 2 for each in viewers)
