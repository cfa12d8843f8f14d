"""The transport of a light client: one socket, ICE, DTLS and the SRTP sessions."""

import asyncio
import contextlib
from collections.abc import Callable

import pylibsrtp

from . import sdp
from .dtls import DtlsEnd, DtlsError, Identity, SrtpKeys
from .ice import Credentials, IceClient
from .receive import open_socket

RESEND_CHECK = 0.1


class LinkFailed(Exception):
    """The transport could not be made, or the server ended it."""


class Link:
    """Connects to the address that an answer or a candidate names.

    Args:
        identity: the certificate to show.
        on_rtcp: gets every decrypted compound RTCP packet.
        on_closed: is told once why the server ended the connection.

    `address` is the server's, `ice` makes checks for it, `sending` and `receiving` are the SRTP
    sessions; None as long as they are not known.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        on_rtcp: Callable[[bytes], None],
        on_closed: Callable[[str], None],
    ) -> None:
        self.socket = open_socket()
        self.credentials = Credentials.fresh()
        self.identity = identity
        self.address: tuple[str, int] | None = None
        self.ice: IceClient | None = None
        self.receiving: pylibsrtp.Session | None = None
        self.sending: pylibsrtp.Session | None = None
        self._on_rtcp, self._on_closed = on_rtcp, on_closed
        self._dtls: DtlsEnd | None = None
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def offer(self, sections: list[sdp.Section], *, version: int) -> str:
        """An offer of this transport with these sections."""
        local = sdp.LocalTransport(
            self.credentials.ufrag, self.credentials.password, self.identity.fingerprint
        )
        return sdp.write_offer(local, sections, version=version)

    def take_answer(self, answer: sdp.Answer) -> None:
        """Learn the server's end; later answers change nothing about it."""
        if self.ice is None:
            self.ice = IceClient(self.credentials, Credentials(answer.ufrag, answer.password))
            self._dtls = DtlsEnd(
                self.identity, answer.fingerprints, begins=not answer.server_begins
            )
        for address in answer.addresses[:1]:
            self.dial(address)

    def dial(self, address: tuple[str, int]) -> None:
        """Begin connectivity checks; the first address counts."""
        if self.address is None and self.ice:
            self.address = address
            self.check()

    async def connected(self) -> None:
        """Wait until media can flow, sending again what may have been lost.

        Raises:
            LinkFailed: the handshake failed, or `fail` was called.
        """
        while not self._connected.done():
            await asyncio.wait([self._connected], timeout=RESEND_CHECK)
            if not self._connected.done():
                self._press_on()
        await self._connected

    def fail(self, why: str) -> None:
        """Give up: `connected` raises if it still waits."""
        if not self._connected.done():
            self._connected.set_exception(LinkFailed(why))
        self._on_closed(why)

    def check(self) -> None:
        """A connectivity check, which also renews the server's consent (RFC 7675)."""
        if self.ice:
            self.send(self.ice.check())

    def take(self, datagram: bytes) -> None:
        """STUN, DTLS or RTCP, told apart by the first byte (RFC 7983 §7)."""
        if len(datagram) < 2 or not self.ice or not self._dtls:
            return
        if datagram[0] < 4:
            self._take_stun(self.ice, self._dtls, datagram)
        elif 20 <= datagram[0] < 64:
            self._take_dtls(self._dtls, datagram)
        elif datagram[0] >> 6 == 2:
            self._take_rtcp(datagram)

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send a plain RTP packet."""
        if self.sending:
            self.send(self.sending.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send a plain compound RTCP packet."""
        if self.sending:
            self.send(self.sending.protect_rtcp(packet))

    def send(self, datagram: bytes) -> None:
        """Send a datagram as it is; one that finds no room is lost."""
        if self.address:
            with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
                self.socket.sendto(datagram, self.address)

    def close(self) -> None:
        """Say goodbye over DTLS and close the socket."""
        if self._dtls:
            self._send_all(self._dtls.close())
        self._connected.cancel()
        self.socket.close()

    def _press_on(self) -> None:
        if self.ice and not self.ice.confirmed:
            self.check()
        elif self._dtls and self._dtls.timeout() == 0:
            self._send_all(self._dtls.resend())

    def _take_stun(self, ice: IceClient, dtls: DtlsEnd, datagram: bytes) -> None:
        before = ice.confirmed
        if reply := ice.take(datagram, self.address or ("0.0.0.0", 0)):
            self.send(reply)
        if ice.confirmed and not before:
            self._send_all(dtls.start())

    def _take_dtls(self, dtls: DtlsEnd, datagram: bytes) -> None:
        try:
            self._send_all(dtls.feed(datagram))
            if dtls.finished and not self.sending:
                self._start_srtp(dtls.keys())
        except DtlsError as error:
            self.fail(str(error))
        if dtls.closed:
            self.fail("the server closed DTLS")

    def _start_srtp(self, keys: SrtpKeys) -> None:
        self.sending = _session(keys, keys.sending, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.receiving = _session(keys, keys.receiving, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        if not self._connected.done():
            self._connected.set_result(None)

    def _take_rtcp(self, datagram: bytes) -> None:
        if self.receiving is None:
            return
        try:
            plain = self.receiving.unprotect_rtcp(datagram)
        except (pylibsrtp.Error, ValueError):
            return
        self._on_rtcp(plain)

    def _send_all(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self.send(datagram)


def _session(keys: SrtpKeys, key: bytes, direction: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=keys.profile.number)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return pylibsrtp.Session(policy)
