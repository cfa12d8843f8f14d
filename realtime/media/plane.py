"""The media plane of one process: one socket, every peer behind it, and the clock of reports."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from realtime.media import adapter, feedback, ice
from realtime.media.answer import Transport
from realtime.media.control import Control
from realtime.media.data import DataBounds
from realtime.media.forwarder import Forwarder
from realtime.media.ingress import Ingress
from realtime.media.mending import Mender
from realtime.media.peer import Peer
from realtime.media.pump import Pump
from realtime.media.resending import Resender
from realtime.media.rtp import FIXED_HEADER, is_rtcp
from realtime.media.udp import BATCH_IN, BATCH_OUT, SLOT, Address, UdpSocket

_log = logging.getLogger(__name__)

# Batches read before the loop gets its turn; more would starve signalling under a flood.
_BATCHES = 8
_TICK = 0.1
_LOOK_EVERY = 10


class Plane:
    """All peers of this process. Start it inside a running loop, `close` it at the end.

    `dropped` counts datagrams that were not used, by reason, `data_dropped` what of data channels
    was not.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        advertised: tuple[str, ...],
        data: DataBounds = DataBounds(),  # noqa: B008 - frozen
    ) -> None:
        self.udp = UdpSocket(host, port)
        self.advertised = advertised
        self.certificate = adapter.new_certificate()
        self.fingerprint = adapter.fingerprint_of(self.certificate)
        self.peers: set[Peer] = set()
        self.dropped: Counter[str] = Counter()
        self.data_bounds = data
        self.data_dropped: Counter[str] = Counter()
        self.pump = Pump()
        self.forwarder = Forwarder(self.udp)
        self.resender = Resender(self.udp, self.dropped)
        self.mender = Mender(self.udp)
        self.ingress = Ingress(self.udp, self.forwarder, self.mender, self.dropped)
        self.control = Control(self.udp, self.resender, self.dropped)
        self._by_fragment: dict[str, tuple[Peer, str]] = {}
        self._by_address: dict[bytes, Peer] = {}
        # Datagrams on their way out point to addresses, so these outlive the next flush.
        self._forgotten: deque[Address] = deque(maxlen=BATCH_OUT)
        self._length = adapter.new_length()
        self._flush_due = False
        self._ticking: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self.udp.fileno(), self._readable)
        self.mender.start()
        self._ticking = loop.create_task(self._tick())

    async def close(self) -> None:
        """End every peer and the socket."""
        for peer in list(self.peers):
            self.remove(peer)
        if self._ticking is not None:
            self._ticking.cancel()
        self.mender.close()
        await asyncio.gather(*self._closing, return_exceptions=True)
        self.udp.flush()
        asyncio.get_running_loop().remove_reader(self.udp.fileno())
        self.udp.close()

    def new_peer(self, *, on_open: Callable[[], None], on_close: Callable[[], None]) -> Peer:
        peer = Peer(self, on_open=on_open, on_close=on_close, now=time.monotonic())
        self.peers.add(peer)
        self._know_by(peer, peer.credentials[0])
        return peer

    def remove(self, peer: Peer) -> None:
        """End a peer: what it published and watched, its addresses and its association."""
        if peer not in self.peers:
            return
        self.peers.discard(peer)
        for publication in list(peer.by_mid.values()):
            peer.unpublish(publication)
        for subscription in list(peer.subscriptions.values()):
            peer.unsubscribe(subscription)
        peer.data.stop()
        for credentials in peer.credentials:
            self._by_fragment.pop(credentials.fragment, None)
        task = asyncio.get_running_loop().create_task(self._end(peer))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _end(self, peer: Peer) -> None:
        with contextlib.suppress(Exception):
            await peer.dtls.stop()
        for address in list(peer.addresses):
            self.forget_address(peer, address)

    def transport_of(self, peer: Peer) -> Transport:
        """Our side of the peer's transport, for an answer."""
        return Transport(peer.credentials[-1], self.fingerprint, self.advertised, self.udp.port)

    def renew_credentials(self, peer: Peer) -> None:
        """ICE restart (RFC 8445 §9): new credentials; the ones before stay good until the next."""
        for old in peer.credentials[:-1]:
            self._by_fragment.pop(old.fragment, None)
        peer.credentials = [peer.credentials[-1], ice.new_credentials()]
        self._know_by(peer, peer.credentials[-1])

    def _know_by(self, peer: Peer, credentials: ice.Credentials) -> None:
        self._by_fragment[credentials.fragment] = (peer, credentials.password)

    def forget_address(self, peer: Peer, address: Address) -> None:
        peer.addresses.remove(address)
        self._forgotten.append(address)
        if self._by_address.get(address.key) is peer:
            del self._by_address[address.key]

    def send(self, datagram: bytes, to: Address) -> None:
        """Send one datagram, with what else is sent in this turn of the loop."""
        if len(datagram) <= SLOT:
            self.udp.send(datagram, to)
            if not self._flush_due:
                self._flush_due = True
                asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        self.udp.flush()

    def send_rtcp(self, packet: bytes, tx: Any, to: Address) -> None:
        """Encrypt an RTCP packet and queue it behind what is queued."""
        slot, size = self.udp.used, len(packet)
        self.udp.out[slot * SLOT : slot * SLOT + size] = packet
        self._length[0] = size
        if adapter.srtp_protect_rtcp(tx, self.udp.out_pointers[slot], self._length) == 0:
            self.udp.commit(self._length[0], to.pointer, to.length)

    def peer_at(self, key: bytes) -> Peer | None:
        """Whose datagrams come from this address: only an address proven by a signed check.

        This is the guard against strangers; without it anybody could end a handshake.
        """
        return self._by_address.get(key)

    def _readable(self) -> None:
        for _ in range(_BATCHES):
            count = self.udp.receive()
            now = time.monotonic()
            for slot in range(count):
                try:
                    self._take(slot, now)
                except Exception:  # one datagram must never end the loop
                    self._note_error()
            self.udp.flush()
            if count < BATCH_IN:
                return

    def _take(self, slot: int, now: float) -> None:
        length = self.udp.length_of(slot)
        key = self.udp.sender_of(slot)
        if length <= 0:
            self.dropped["empty" if length == 0 else "oversize"] += 1
            return
        first = self.udp.memory[slot * SLOT]
        if ice.may_be_stun(first):
            self._check(bytes(self.udp.memory[slot * SLOT : slot * SLOT + length]), key, now)
            return
        peer = self.peer_at(key)
        if peer is None:
            self.dropped["stranger"] += 1
        elif not peer.datagrams.take():
            self.dropped["flood"] += 1
        elif 128 <= first <= 191:
            self.take_media(peer, slot, length, now)
        elif 20 <= first <= 63:
            peer.data.take(bytes(self.udp.memory[slot * SLOT : slot * SLOT + length]), now)
        else:
            self.dropped["unknown"] += 1

    def take_media(self, peer: Peer, slot: int, length: int, now: float) -> None:
        """Take a datagram that looks like SRTP or SRTCP (RFC 7983 §7, RFC 5761 §4)."""
        if peer.rx is None or length < FIXED_HEADER:
            self.dropped["early"] += 1
        elif is_rtcp(self.udp.memory[slot * SLOT + 1]):
            self.control.take(peer, slot, length, now)
        else:
            self.ingress.take(peer, slot, length, now)

    def _check(self, datagram: bytes, key: bytes, now: float) -> None:
        known = self._by_fragment.get(ice.fragment_in(datagram))
        if known is None:
            self.dropped["check"] += 1
            return
        peer, password = known
        if not peer.checks.take():
            self.dropped["flood"] += 1
            return
        check = ice.read_check(datagram)
        if check is None or not ice.is_signed(check, password):
            self.dropped["check"] += 1
            return
        address = next((a for a in peer.addresses if a.key == key), None) or Address(key)
        peer.proven(address, nominated=check.nominates, now=now)
        self._by_address[key] = peer
        self.udp.send(ice.answer_check(check, password, address.host_and_port()), address)

    async def _tick(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(_TICK)
            turn += 1
            now = time.monotonic()
            for peer in list(self.peers):
                peer.begin_tick()
                if peer.is_open:
                    self._tell(peer, now, full=turn % _LOOK_EVERY == 0)
            self.udp.flush()

    def _tell(self, peer: Peer, now: float, *, full: bool) -> None:
        try:
            feedback.tick(peer, now, full=full)
        except Exception:  # what one peer sent must never end the clock of all
            self._note_error()

    def _note_error(self) -> None:
        """Count what should not have happened, and log the first, second, fourth, … of it."""
        self.dropped["error"] += 1
        if self.dropped["error"].bit_count() == 1:
            _log.exception("error %d in the media plane", self.dropped["error"])
