"""Publishers are told which layers anybody watches: more at once, less after a while."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit.protocol import models, rtc

from realtime.media.publication import Publication
from realtime.media.subscription import Subscription
from realtime.signal import dynacast
from realtime.signal.dynacast import FEWER_AFTER
from realtime.signal.tracks import Track, info_from

pytestmark = pytest.mark.pure


class Publisher:
    """Somebody with one camera, and the layers it was asked for, one entry a message."""

    def __init__(self, kind: models.TrackType = models.TrackType.VIDEO) -> None:
        self.asked: list[str] = []
        request = rtc.AddTrackRequest(cid="c", type=kind)
        publication = Publication("TR_x", cast(Any, None), "video" if kind else "audio")
        self.track = Track(info_from(request, "TR_x"), "c", publication)

    def send(self, message: rtc.SignalResponse) -> None:
        update = message.subscribed_quality_update
        (codec,) = update.subscribed_codecs
        assert (update.track_sid, codec.codec) == ("TR_x", "vp8")
        assert list(codec.qualities) == list(update.subscribed_qualities)
        self.asked.append("".join("qhf"[q.quality] for q in codec.qualities if q.enabled))

    def watched_by(self, *wanted: int) -> list[Subscription]:
        peer = cast(Any, SimpleNamespace())
        views = [Subscription(self.track.publication, peer) for _ in wanted]
        for view, quality in zip(views, wanted, strict=True):
            view.wanted = quality
        self.track.watchers.update(views)
        return views

    def review(self, now: float) -> list[str]:
        dynacast.review(cast(Any, self), self.track, now)
        return self.asked


def test_layers_that_nobody_wants_stop_after_a_while() -> None:
    publisher = Publisher()
    view, _ = publisher.watched_by(2, 0)
    assert publisher.review(10.0) == []
    view.wanted = 1
    assert publisher.review(10.0) == []
    assert publisher.review(10.0 + FEWER_AFTER - 0.1) == []
    assert publisher.review(10.0 + FEWER_AFTER) == ["qh"]
    assert publisher.review(99.0) == ["qh"]


def test_what_is_wanted_again_meanwhile_never_stops() -> None:
    publisher = Publisher()
    (view,) = publisher.watched_by(2)
    for now, wanted in ((1.0, 0), (5.0, 2), (6.0, 0), (10.0, 2)):
        view.wanted = wanted
        publisher.review(now)
    assert publisher.review(20.0) == []


def test_more_is_asked_for_at_once() -> None:
    publisher = Publisher()
    (view,) = publisher.watched_by(0)
    publisher.review(1.0)
    assert publisher.review(7.0) == ["q"]
    view.wanted = 2
    assert publisher.review(7.0) == ["q", "qhf"]


def test_a_camera_that_nobody_watches_stops_and_the_first_viewer_starts_it() -> None:
    publisher = Publisher()
    publisher.review(1.0)
    assert publisher.review(6.0) == [""]
    (view,) = publisher.watched_by(0)
    assert publisher.review(6.1) == ["", "q"]
    view.enabled = False
    publisher.review(7.0)
    assert publisher.review(12.0) == ["", "q", ""]


def test_sound_is_never_stopped() -> None:
    publisher = Publisher(models.TrackType.AUDIO)
    for now in (1.0, 50.0):
        assert publisher.review(now) == []
