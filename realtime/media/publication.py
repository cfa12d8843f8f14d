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

# A layer changes its SSRC when it is negotiated anew, never more often than this, in seconds.
_REBIND_PAUSE = 0.5


class Publication:
    """One published track inside the media plane, known by its `sid`.

    `codecs` are the keys of `codecs.key_of` by payload type, `repairs` the payload types of
    retransmissions with those that they repair, `repaired` their announced SSRCs likewise. `nack`
    and `pli` say whether the publisher takes such requests. `loudest` is the smallest RFC 6464
    level (0 loudest, 127 silence) since it was last read.
    """

    def __init__(self, sid: str, peer: Peer, kind: str) -> None:
        self.sid = sid
        self.peer = peer
        self.kind = kind
        self.mid = ""
        self.rids: list[str] = []
        self.codecs: dict[int, str] = {}
        self.repairs: dict[int, int] = {}
        self.repaired: dict[int, int] = {}
        self.nack = False
        self.pli = True
        self.clock_rate = 48000 if kind == "audio" else 90000
        self.streams: dict[str, Stream] = {}
        self.subscriptions: list[Subscription] = []
        self.loudest = 127

    def bind(self, section: Section) -> None:
        """Take the section in which the publisher sends this track."""
        taken = codecs.accepted(section.codecs)
        media = [codec for codec in taken if codec.mime != codecs.RTX]
        feedback = {name for codec in media for name in codec.feedback}
        self.mid = section.mid
        self.rids = section.send_rids[:MAX_LAYERS]
        self.codecs = {codec.payload_type: codecs.key_of(codec) for codec in media}
        self.repairs = {repair: of for of, repair in codecs.repairs_of(taken).items()}
        self.repaired = section.repair_ssrcs
        self.nack = "nack" in feedback
        self.pli = "nack pli" in feedback or "ccm fir" not in feedback

    def payload_type_of(self, key: str) -> int | None:
        """The publisher's number of a codec."""
        return next((number for number, known in self.codecs.items() if known == key), None)

    def stream_for(self, ssrc: int, rid: str, now: float) -> Stream | None:
        """The stream of a layer, new or (after the publisher changed its SSRC) renewed.

        None for a layer that was not agreed, or one that changes too often to be honest.
        """
        old = self.streams.get(rid)
        if rid not in (self.rids or [""]) or (old and now - old.since < _REBIND_PAUSE):
            return None
        stream = Stream(self, ssrc, rid, now)
        self.streams[rid] = stream
        if old is not None:
            self.peer.forget_stream(old)
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

    @property
    def heard_at(self) -> float:
        """When the last packet or report of any layer came (seconds, monotonic), 0 before."""
        streams = self.streams.values()
        return max((max(s.latest_at, s.reception.report_at) for s in streams), default=0.0)

    def take_loudest(self) -> int:
        """Read `loudest` and begin anew."""
        loudest, self.loudest = self.loudest, 127
        return loudest
