"""A track that somebody publishes: its layers, and who watches which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media import codecs, layers
from realtime.media.stream import Stream

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.sdp import Section
    from realtime.media.subscription import Subscription

MAX_LAYERS = 4


class Publication:
    """One published track inside the media plane, known by its `sid`.

    `loudest` is the smallest RFC 6464 level (0 loudest, 127 silence) since it was last read.
    """

    def __init__(self, sid: str, peer: Peer, kind: str) -> None:
        self.sid = sid
        self.peer = peer
        self.kind = kind
        self.mid = ""
        self.rids: list[str] = []
        self.codecs: dict[int, str] = {}
        self.clock_rate = 48000 if kind == "audio" else 90000
        self.streams: dict[str, Stream] = {}
        self.subscriptions: list[Subscription] = []
        self.loudest = 127

    def bind(self, section: Section) -> None:
        """Take the section in which the publisher sends this track."""
        self.mid = section.mid
        self.rids = section.send_rids[:MAX_LAYERS]
        self.codecs = {
            codec.payload_type: codecs.key_of(codec) for codec in codecs.accepted(section.codecs)
        }

    def stream_for(self, ssrc: int, rid: str) -> Stream | None:
        """The stream of a layer, new or (after the publisher changed its SSRC) renewed."""
        if rid not in (self.rids or [""]):
            return None
        old = self.streams.get(rid)
        stream = Stream(self, ssrc, rid)
        self.streams[rid] = stream
        if old is not None:
            self.peer.streams.pop(old.ssrc, None)
            for subscription in [*old.viewers(), *old.waiting]:
                subscription.wait_for(stream)
        self.review()
        return stream

    def review(self) -> None:
        """Let every viewer wait for the layer that now suits best."""
        live = [rid for rid, stream in self.streams.items() if stream.alive]
        for subscription in self.subscriptions:
            self._review(subscription, live)

    def review_one(self, subscription: Subscription) -> None:
        """The same for one viewer whose wishes or transport changed."""
        self._review(subscription, [r for r, stream in self.streams.items() if stream.alive])

    def _review(self, subscription: Subscription, live: list[str]) -> None:
        if not subscription.ready:
            subscription.stop()
            return
        rid = layers.choose(live, subscription.wanted)
        if rid is None:
            rid = layers.choose(list(self.streams), subscription.wanted)
        if rid is None:
            return
        stream = self.streams[rid]
        if stream is not subscription.waits_for:
            subscription.wait_for(stream)

    def look(self) -> None:
        """Notice layers that fell silent or came back."""
        changed = [stream.look() for stream in self.streams.values()]
        if any(changed):
            self.review()

    def wanted_quality(self) -> int | None:
        """The highest quality anybody watches; None when nobody does."""
        wishes = [s.wanted for s in self.subscriptions if s.enabled]
        return max(wishes) if wishes else None

    def take_loudest(self) -> int:
        """Read `loudest` and begin anew."""
        loudest, self.loudest = self.loudest, 127
        return loudest
