"""One client's transport: its ICE credentials, DTLS association, keys, and what flows over it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from realtime.media import ice, rtp
from realtime.media.adapter import DtlsEndpoint
from realtime.media.allowance import Allowance
from realtime.media.arrivals import Arrivals
from realtime.media.data import DataChannels
from realtime.media.health import Health
from realtime.media.publication import Publication
from realtime.media.quota import Quota
from realtime.media.sdp import SdpError
from realtime.media.sources import Sources
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
# Retransmissions that one peer may cause per second.
MAX_RESENDS = 200

# Seconds to a peer and back while nothing tells them.
_USUAL_ROUND_TRIP = 0.1

# Addresses that may be proven for one peer at a time; a phone changing networks has two.
MAX_ADDRESSES = 4


class Peer:
    """A client in the media plane. Made by `Plane.new_peer`, ended by `Plane.remove`.

    `on_open` is called once when media can flow, `on_close` once when the transport has failed.
    `heard_at` is when the last signed connectivity check came, `reported_at` the last report
    (seconds, monotonic). `streams` are what it publishes by SSRC, `repairs` the same by the SSRC
    of their retransmissions, `subscriptions` what it gets by ours. `cname` is its name as a
    source of streams that play in step (RFC 7022). `round_trip` is in seconds, None while unknown.
    """

    def __init__(
        self, plane: Plane, *, on_open: Callable[[], None], on_close: Callable[[], None], now: float
    ) -> None:
        self.plane = plane
        self.credentials = [ice.new_credentials()]
        self.remote_fragment = ""
        self.address: Address | None = None
        self.addresses: list[Address] = []
        self.heard_at = self.reported_at = now
        self.round_trip: float | None = None
        self.cname = secrets.token_urlsafe(12)
        self.rx: Any = None
        self.tx: Any = None
        self.extension_names: dict[int, str] = {}
        self.streams: dict[int, Stream] = {}
        self.repairs: dict[int, Stream] = {}
        self.by_mid: dict[str, Publication] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.arrivals = Arrivals()
        self.health = Health()
        self.resends = Allowance(MAX_RESENDS)
        self.datagrams, self.reports = Quota(MAX_DATAGRAMS), Quota(MAX_REPORTS)
        self.checks = Quota(MAX_CHECKS)
        self._on_open = on_open
        self._on_close = on_close
        self.dtls = DtlsEndpoint(
            plane.certificate, send=self._send_dtls, on_open=self._opened, on_close=self._closed
        )
        self.data = DataChannels(self.dtls, plane.pump, plane.data_bounds, plane.data_dropped)
        self.sources = Sources(self.dtls.forget_incoming, self.streams, self.repairs)

    @property
    def is_open(self) -> bool:
        return self.tx is not None

    def take_offer(self, offer: Description) -> None:
        """Adopt the remote end's certificate; a new ICE fragment asks for new credentials.

        Raises:
            SdpError: the offer names no usable certificate.
        """
        self._trust(offer)
        if self.remote_fragment not in ("", offer.ice_fragment):
            self.plane.renew_credentials(self)
        self.remote_fragment = offer.ice_fragment
        for section in offer.sections:
            numbers = section.extension_ids
            self.extension_names.update({numbers[n]: n for n in rtp.KNOWN if n in numbers})
        self.data.agree(offer.data)

    def take_answer(self, answer: Description) -> None:
        """Adopt the remote end's certificate from its answer to our offer; open data channels.

        Raises:
            SdpError: the answer names no usable certificate, or wants us to begin the handshake.
        """
        if answer.anywhere("setup") == "passive":
            raise SdpError("we are the passive end")
        self._trust(answer)
        self.data.agree(answer.data, opens=True)

    def _trust(self, remote: Description) -> None:
        algorithm, fingerprint = remote.fingerprint
        if not self.dtls.started:
            self.dtls.start(algorithm, fingerprint)

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
        """A tenth of a second is over."""
        for quota in (self.datagrams, self.reports, self.checks):
            quota.tick()

    def publish(self, publication: Publication) -> None:
        """Take in a publication whose section is agreed."""
        self.by_mid[publication.mid] = publication

    def unpublish(self, publication: Publication) -> None:
        """Forget a publication and its streams; its subscriptions stop."""
        self.by_mid.pop(publication.mid, None)
        for stream in publication.streams.values():
            self.forget_stream(stream)
        for subscription in list(publication.subscriptions):
            subscription.peer.unsubscribe(subscription)

    def forget_stream(self, stream: Stream) -> None:
        """Packets of this stream and of its retransmissions are strangers' from now on."""
        self.streams.pop(stream.ssrc, None)
        self.repairs.pop(stream.repair_ssrc, None)
        self.sources.forget(stream.ssrc)
        self.sources.forget(stream.repair_ssrc)

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
            self.dtls.forget_outgoing(subscription.repair_ssrc)
        if subscription in subscription.publication.subscriptions:
            subscription.publication.subscriptions.remove(subscription)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and queue a compound RTCP packet."""
        if self.tx is not None and self.address is not None:
            self.plane.send_rtcp(packet, self.tx, self.address)

    def note_round_trip(self, seconds: float | None) -> None:
        """A report told how long the way there and back takes; smoothed as in RFC 6298 §2."""
        if seconds is not None:
            before = seconds if self.round_trip is None else self.round_trip
            self.round_trip = before + (seconds - before) / 8

    @property
    def usual_round_trip(self) -> float:
        """Seconds to the peer and back, a guess before it is known."""
        return _USUAL_ROUND_TRIP if self.round_trip is None else self.round_trip

    def _send_dtls(self, datagram: bytes) -> None:
        if self.address is not None:
            self.plane.send(datagram, self.address)

    def _opened(self) -> None:
        self.rx, self.tx = self.dtls.rx, self.dtls.tx
        for subscription in list(self.subscriptions.values()):
            self._equip(subscription)
            subscription.publication.review_one(subscription)
        self.data.transport_opened()
        self._on_open()

    def _closed(self) -> None:
        self._on_close()
