"""One client's transport: its ICE credentials, DTLS association, keys, and what flows over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from realtime.media import ice, rtcp
from realtime.media.adapter import DtlsEndpoint
from realtime.media.arrivals import Arrivals
from realtime.media.publication import Publication
from realtime.media.retransmit import Allowance
from realtime.media.subscription import Subscription
from realtime.media.udp import Address

if TYPE_CHECKING:
    from realtime.media.plane import Plane
    from realtime.media.sdp import Description
    from realtime.media.stream import Stream

# An SSRC of ours that reports are sent from; no media uses it (our media SSRCs are random).
REPORTER = 1

# What one peer may send a second, saved up for one second: datagrams (three times a camera in
# layers and a screen in motion), of these RTCP (a browser sends about thirty), and connectivity
# checks (twenty while it looks for a way).
MAX_DATAGRAMS = 2000
MAX_REPORTS = 300
MAX_CHECKS = 50

# Sources (SSRCs) of a peer that SRTP keeps state for, and how many may become streams a second. Six
# tracks in three layers with retransmissions are 36.
MAX_SOURCES = 128
BINDINGS_PER_SECOND = 24

# Addresses that may be proven for one peer at a time; a phone changing networks has two.
MAX_ADDRESSES = 4


class Peer:
    """A client in the media plane. Made by `Plane.new_peer`, ended by `Plane.remove`.

    `on_open` is called once when media can flow, `on_close` once when the transport has failed.
    `heard_at` is when the last signed connectivity check came (seconds, monotonic).
    """

    def __init__(
        self, plane: Plane, *, on_open: Callable[[], None], on_close: Callable[[], None], now: float
    ) -> None:
        self.plane = plane
        self.credentials = [ice.new_credentials()]
        self.remote_fragment = ""
        self.address: Address | None = None
        self.addresses: list[Address] = []
        self.heard_at = now
        self.rx: Any = None
        self.tx: Any = None
        self.extension_names: dict[int, str] = {}
        self.streams: dict[int, Stream] = {}
        self.by_mid: dict[str, Publication] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.arrivals = Arrivals()
        self.resends = Allowance()
        self.bindings = Allowance(BINDINGS_PER_SECOND)
        self._sources: dict[int, None] = {}
        self._datagrams = self._reports = self._checks = 0
        self._on_open = on_open
        self._on_close = on_close
        self.dtls = DtlsEndpoint(
            plane.certificate, send=self._send_dtls, on_open=self._opened, on_close=self._closed
        )

    @property
    def is_open(self) -> bool:
        return self.tx is not None

    def take_offer(self, offer: Description) -> None:
        """Adopt the remote end's certificate; a new ICE fragment asks for new credentials.

        Raises:
            SdpError: the offer names no usable certificate.
        """
        algorithm, fingerprint = offer.fingerprint
        if not self.dtls.started:
            self.dtls.start(algorithm, fingerprint)
        if self.remote_fragment not in ("", offer.ice_fragment):
            self.plane.renew_credentials(self)
        self.remote_fragment = offer.ice_fragment
        for section in offer.sections:
            self.extension_names.update({n: uri for uri, n in section.extension_ids.items()})

    def proven(self, address: Address, *, nominated: bool, now: float) -> None:
        """A signed check came from this address: datagrams from it are the peer's."""
        self.heard_at = now
        if address not in self.addresses:
            self.addresses.append(address)
            if len(self.addresses) > MAX_ADDRESSES:
                self.plane.forget_address(self, self.addresses[0])
        if nominated or self.address is None:
            self._use(address)

    def _use(self, address: Address) -> None:
        self.address = address
        for subscription in self.subscriptions.values():
            self._equip(subscription)

    def _equip(self, subscription: Subscription) -> None:
        if self.address is not None and self.tx is not None:
            subscription.tx = self.tx
            subscription.name = self.address.pointer
            subscription.name_length = self.address.length

    def begin_tick(self) -> None:
        """A tenth of a second is over, and a tenth of what may be sent is free again."""
        self._datagrams = max(0, self._datagrams - MAX_DATAGRAMS // 10)
        self._reports = max(0, self._reports - MAX_REPORTS // 10)
        self._checks = max(0, self._checks - MAX_CHECKS // 10)

    def may_send(self) -> bool:
        """Count a datagram; whether it is within what one peer may send."""
        if self._datagrams >= MAX_DATAGRAMS:
            return False
        self._datagrams += 1
        return True

    def may_report(self) -> bool:
        """The same for RTCP, which costs more."""
        if self._reports >= MAX_REPORTS:
            return False
        self._reports += 1
        return True

    def may_check(self) -> bool:
        """The same for connectivity checks, which cost most."""
        if self._checks >= MAX_CHECKS:
            return False
        self._checks += 1
        return True

    def came_from(self, ssrc: int) -> None:
        """A genuine packet came from this source; past the bound the oldest idle one is let go."""
        if ssrc in self._sources:
            return
        self._sources[ssrc] = None
        if len(self._sources) > MAX_SOURCES:
            self.forget_source(next(s for s in self._sources if s not in self.streams))

    def forget_source(self, ssrc: int) -> None:
        """SRTP keeps nothing of this source any more."""
        self._sources.pop(ssrc, None)
        self.dtls.forget_incoming(ssrc)

    def publish(self, publication: Publication) -> None:
        """Take in a publication whose section is agreed."""
        self.by_mid[publication.mid] = publication

    def unpublish(self, publication: Publication) -> None:
        """Forget a publication and its streams; its subscriptions stop."""
        self.by_mid.pop(publication.mid, None)
        for stream in publication.streams.values():
            self.streams.pop(stream.ssrc, None)
            self.forget_source(stream.ssrc)
        for subscription in list(publication.subscriptions):
            subscription.peer.unsubscribe(subscription)

    def subscribe(self, subscription: Subscription) -> None:
        """Begin to get a publication, once a section is agreed and the transport stands."""
        self.subscriptions[subscription.ssrc] = subscription
        subscription.publication.subscriptions.append(subscription)
        self._equip(subscription)
        subscription.publication.review_one(subscription)

    def unsubscribe(self, subscription: Subscription) -> None:
        subscription.stop()
        if self.subscriptions.pop(subscription.ssrc, None) is not None:
            self.dtls.forget_outgoing(subscription.ssrc)
        if subscription in subscription.publication.subscriptions:
            subscription.publication.subscriptions.remove(subscription)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and queue a compound RTCP packet."""
        if self.tx is not None and self.address is not None:
            self.plane.send_rtcp(packet, self.tx, self.address)

    def report_sender(self, subscription: Subscription) -> None:
        """Tell a viewer which instant its RTP times mean, so that sound and picture stay in step.

        The publisher's own report, with the viewer's numbering (RFC 3550 §6.4.1).
        """
        stream = subscription.stream
        if stream is None or stream.reception.report is None:
            return
        report = stream.reception.report
        timestamp = (report.timestamp + subscription.timestamp_add) & 0xFFFFFFFF
        told = report._replace(ssrc=subscription.ssrc, timestamp=timestamp)
        cname = subscription.publication.sid.encode()
        self.send_rtcp(rtcp.write_sender_report(told, cname))

    def _send_dtls(self, datagram: bytes) -> None:
        if self.address is not None:
            self.plane.send(datagram, self.address)

    def _opened(self) -> None:
        self.rx, self.tx = self.dtls.rx, self.dtls.tx
        for subscription in list(self.subscriptions.values()):
            self._equip(subscription)
            subscription.publication.review_one(subscription)
        self._on_open()

    def _closed(self) -> None:
        self._on_close()
