"""The one place that leans on private names of aiortc, aioice and pylibsrtp.

Their versions are pinned in pyproject.toml. Nothing outside this module may import a private
name of these libraries; a new version is adopted by reading this file again.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    SRTP_PROFILES,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from OpenSSL import SSL
from pylibsrtp import Error as SrtpError
from pylibsrtp import Session
from pylibsrtp._binding import ffi as _ffi
from pylibsrtp._binding import lib as _lib

# Raw calls of libsrtp: (session pointer, packet pointer, int* length) -> 0 when it went well.
srtp_protect = _lib.srtp_protect
srtp_unprotect = _lib.srtp_unprotect
srtp_protect_rtcp = _lib.srtp_protect_rtcp
srtp_unprotect_rtcp = _lib.srtp_unprotect_rtcp

# The authentication tag of the largest profile, as room to leave behind a packet.
SRTP_TRAILER = 16 + 4 + 8

# GCM costs half of the CPU time of the HMAC profile; the latter stays for old clients.
_PROFILES = [
    profile
    for profile in (SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_SHA1_80)
    if profile in SRTP_PROFILES
]

# A handshake needs a handful of datagrams; more of them waiting is a flood, and is dropped.
_DTLS_QUEUE = 64

# RFC 6347 §4.1: the type of a record with application data, the size of its header (length in the
# last two bytes), and more than a datagram holds.
_APPLICATION_DATA = 23
_RECORD_HEADER = 13
_RECORD = 2048

Certificate = RTCCertificate


def new_length() -> Any:
    """An `int *` to hand to the raw SRTP calls."""
    return _ffi.new("int *")


def new_memory(size: int) -> Any:
    """`size` bytes of zeroed memory as cdata `unsigned char[]`."""
    return _ffi.new("unsigned char[]", size)


def memory_view(memory: Any) -> memoryview:
    """A writable view on memory made by `new_memory`."""
    return memoryview(_ffi.buffer(memory))


def address_of(memory: Any, offset: int = 0) -> int:
    """The machine address of a byte of such memory."""
    return int(_ffi.cast("uintptr_t", memory)) + offset


def pointer_into(memory: Any, offset: int) -> Any:
    """A cdata pointer to a byte of such memory."""
    return memory + offset


copy_memory = _ffi.memmove


def pointer_of(session: Session) -> Any:
    """What the raw SRTP calls take for a session; valid as long as the session is kept."""
    return session._srtp[0]


def new_certificate() -> Certificate:
    """A fresh self-signed certificate (ECDSA P-256) for DTLS."""
    return RTCCertificate.generateCertificate()


def fingerprint_of(certificate: Certificate) -> str:
    """The SHA-256 fingerprint as in `a=fingerprint` (RFC 8122): upper case, colons."""
    for fingerprint in certificate.getFingerprints():
        if fingerprint.algorithm == "sha-256":
            return str(fingerprint.value)
    raise LookupError("sha-256")


class DtlsEndpoint:
    """The passive end of a DTLS-SRTP association (RFC 5764) that gets its datagrams fed.

    `on_open` is called once SRTP keys stand, `on_close` once when the association failed or
    ended. Decrypted application data goes to `on_data`.
    """

    def __init__(
        self,
        certificate: Certificate,
        *,
        send: Callable[[bytes], None],
        on_open: Callable[[], None],
        on_close: Callable[[], None],
    ) -> None:
        self._feed = _Feed(send)
        self._send = send
        self.transport = _PassiveTransport(self._feed, [certificate])  # type: ignore[arg-type]
        self.transport._srtp_profiles = _PROFILES
        self.transport._set_role("server")
        self.transport.on("statechange", self._on_state)
        self._on_open = on_open
        self._on_close = on_close
        self.on_data: Callable[[bytes], None] = _ignore
        self._task: asyncio.Task[None] | None = None
        self._rx: Session | None = None
        self._tx: Session | None = None

    @property
    def started(self) -> bool:
        return self._task is not None

    @property
    def is_open(self) -> bool:
        return self._tx is not None

    def start(self, algorithm: str, fingerprint: str) -> None:
        """Begin the handshake; the peer's certificate must have this fingerprint."""
        remote = RTCDtlsParameters([RTCDtlsFingerprint(algorithm, fingerprint)])
        self._task = asyncio.get_running_loop().create_task(self.transport.start(remote))

    def receive(self, datagram: bytes) -> None:
        """Take a DTLS datagram: application data at once, of a handshake as many as may wait."""
        if datagram[0] == _APPLICATION_DATA and self._tx is not None:
            self.transport.take(datagram, self.on_data)
        else:
            self._feed.put(datagram)

    def send_data(self, packet: bytes) -> None:
        """Send application data; dropped while no association stands."""
        if self._tx is not None:
            self.transport.give(packet, self._send)

    @property
    def rx(self) -> Any:
        """Pointer for unprotecting what the peer sends; valid after `on_open`."""
        assert self._rx is not None
        return pointer_of(self._rx)

    @property
    def tx(self) -> Any:
        """Pointer for protecting what we send; valid after `on_open`."""
        assert self._tx is not None
        return pointer_of(self._tx)

    def forget_incoming(self, ssrc: int) -> None:
        """Let go of what SRTP keeps for a source of the peer; it may come again."""
        _forget(self._rx, ssrc)

    def forget_outgoing(self, ssrc: int) -> None:
        """The same for a source of ours: with fewer of them each packet is found faster."""
        _forget(self._tx, ssrc)

    async def stop(self) -> None:
        """Say goodbye (close_notify) and end."""
        self.transport.remove_all_listeners()
        if self._task is not None and not self._task.done():
            self._task.cancel()
        await self.transport.stop()
        self._feed.end()

    def _on_state(self) -> None:
        if self.transport.state == "connected":
            self._rx, self._tx = self.transport._rx_srtp, self.transport._tx_srtp
            self._on_open()
        elif self.transport.state in ("failed", "closed"):
            self._on_close()


def _ignore(packet: bytes) -> None:
    """What becomes of application data while there is no association."""


def _forget(session: Session | None, ssrc: int) -> None:
    if session is not None:
        with contextlib.suppress(SrtpError):  # nothing was ever sent under it
            session.remove_stream(ssrc)


class _PassiveTransport(RTCDtlsTransport):
    """aiortc's DTLS transport; media never reaches it, so its RTP paths stay unused.

    Its loop is for the handshake and the goodbye. Application data takes a way without tasks.
    """

    def take(self, datagram: bytes, hand_on: Callable[[bytes], None]) -> None:
        """Decrypt application data; a forged record is as good as none (RFC 6347 §4.1.2.7)."""
        assert self._ssl is not None
        at = 0
        with contextlib.suppress(SSL.Error):
            self._ssl.bio_write(datagram)
            while at + _RECORD_HEADER <= len(datagram):
                at += _RECORD_HEADER + int.from_bytes(datagram[at + 11 : at + 13], "big")
                hand_on(self._ssl.recv(_RECORD))

    def give(self, packet: bytes, send: Callable[[bytes], None]) -> None:
        """Encrypt application data and send the record."""
        assert self._ssl is not None
        with contextlib.suppress(SSL.Error):
            self._ssl.send(packet)
            send(self._ssl.bio_read(_RECORD))


class _Feed:
    """What aiortc expects of an ICE transport: datagrams in, datagrams out."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._datagrams: asyncio.Queue[bytes | None] = asyncio.Queue(_DTLS_QUEUE)
        self._send_now = send

    def put(self, datagram: bytes) -> None:
        if not self._datagrams.full():
            self._datagrams.put_nowait(datagram)

    def end(self) -> None:
        if self._datagrams.full():
            self._datagrams.get_nowait()
        self._datagrams.put_nowait(None)

    async def _recv(self) -> bytes:
        datagram = await self._datagrams.get()
        if datagram is None:
            raise ConnectionError("ended")
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self._send_now(datagram)
