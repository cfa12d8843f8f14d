"""How a light client sends simulcast, and asks for a layer of it."""

import random

import pytest
from livekit.protocol import models, rtc

from tests.load import sdp
from tests.load.offers import publications_of
from tests.load.others import Others
from tests.load.signalling import layer_wish, track_requests, unwatched
from tests.load.trace import Packet, Trace
from tests.load.vp8 import Descriptor

pytestmark = pytest.mark.pure

LOW, MEDIUM, HIGH = models.VideoQuality.LOW, models.VideoQuality.MEDIUM, models.VideoQuality.HIGH
SOUND = Descriptor(True, 0, 0, False)
TRACE = Trace(
    "layers",
    1280,
    720,
    tuple(
        [Packet(us, "audio", 80, False, SOUND, us) for us in (0, 20_000)]
        + [
            Packet(us, "video", 80, True, Descriptor(True, 0, 0, us == 0), us, rid)
            for rid in ("f", "h", "q")
            for us in (0, 40_000)
        ]
    ),
)
CAMERA = models.TrackInfo(
    sid="TR_V",
    type=models.TrackType.VIDEO,
    layers=[
        models.VideoLayer(quality=LOW, width=320, height=180),
        models.VideoLayer(quality=HIGH, width=1280, height=720),
    ],
)


def test_a_camera_is_one_track_of_three_layers_lowest_first() -> None:
    publications = publications_of(TRACE, identity="ai", seed=random.Random(1))
    assert [(p.kind, p.mid, p.rid, p.size) for p in publications[1:]] == [
        ("video", "1", "q", (320, 180)),
        ("video", "1", "h", (640, 360)),
        ("video", "1", "f", (1280, 720)),
    ]
    assert len({p.ssrc for p in publications}) == 4
    sound, camera = track_requests(publications)
    assert (sound.type, camera.width, camera.height) == (models.TrackType.AUDIO, 1280, 720)
    assert [(layer.quality, layer.height) for layer in camera.layers] == [
        (LOW, 180),
        (MEDIUM, 360),
        (HIGH, 720),
    ]


def test_layers_are_offered_by_name_and_single_pictures_by_number() -> None:
    transport = sdp.LocalTransport("u", "p", "AB:CD")
    layered = sdp.Section("1", "video", sdp.OutgoingTrack("c", 5, 6, rids=("q", "h", "f")))
    text = sdp.write_offer(transport, [layered], version=1)
    assert "a=simulcast:send q;h;f\r\n" in text
    assert [line for line in text.split("\r\n") if line.startswith("a=rid")] == [
        "a=rid:q send",
        "a=rid:h send",
        "a=rid:f send",
    ]
    assert "a=ssrc" not in text
    single = sdp.Section("1", "video", sdp.OutgoingTrack("c", 5, 6))
    assert "a=ssrc-group:FID 5 6\r\n" in sdp.write_offer(transport, [single], version=1)


def test_a_layer_is_asked_for_by_its_quality_and_size() -> None:
    wish = layer_wish(CAMERA, "q").track_setting
    assert (list(wish.track_sids), wish.quality, wish.width, wish.height) == (
        ["TR_V"],
        LOW,
        320,
        180,
    )


def test_it_is_asked_for_once_and_not_of_oneself() -> None:
    others = Others("ai", layer="q", foe="")
    update = rtc.ParticipantUpdate(
        participants=[
            models.ParticipantInfo(identity="ai", tracks=[models.TrackInfo(sid="TR_mine")]),
            models.ParticipantInfo(identity="bo", tracks=[CAMERA]),
        ]
    )
    news = rtc.SignalResponse(update=update)
    assert len(others.take(news)) == 1
    assert others.take(news) == []
    assert others.owners == {"TR_V": "bo"}
    assert Others("ai", layer="", foe="").take(news) == []


def test_what_comes_of_a_foe_is_ignored_for_good() -> None:
    others = Others("ai", layer="", foe="bad")
    person = models.ParticipantInfo(identity="bad-1", tracks=[CAMERA])
    others.take(rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[person])))
    others.ignore(sdp.Answer("u", "p", {}, (), tracks={7: "TR_V", 8: "TR_other"}))
    others.ignore(sdp.Answer("u", "p", {}, (), tracks={8: "TR_other"}))
    others.ignore(None)
    assert others.ignored == {7}


def test_layers_that_nobody_watches_are_told_by_codec_or_without() -> None:
    qualities = [rtc.SubscribedQuality(quality=q, enabled=q == LOW) for q in (LOW, MEDIUM, HIGH)]
    plain = rtc.SubscribedQualityUpdate(subscribed_qualities=qualities)
    by_codec = rtc.SubscribedQualityUpdate(
        subscribed_codecs=[rtc.SubscribedCodec(codec="vp8", qualities=qualities)]
    )
    assert unwatched(plain) == unwatched(by_codec) == {MEDIUM, HIGH}
