"""One end of DTLS-SRTP (RFC 5764) as a state machine without sockets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy

RECORD_HEADER = 13
CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA"


@dataclass(frozen=True)
class Profile:
    """An SRTP protection profile: OpenSSL's name, libsrtp's number, sizes in bytes."""

    name: str
    number: int
    key: int
    salt: int


# The one profile every engine is measured with (RFC 7714 §14.2).
GCM = Profile("SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12)


@dataclass(frozen=True)
class SrtpKeys:
    """Master key and salt, joined, for what we send and for what we receive."""

    profile: Profile
    sending: bytes
    receiving: bytes


class Identity:
    """A self-signed certificate that all clients of a process share."""

    def __init__(self, *, now: datetime) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "load")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        self.fingerprint = self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        self.context = self._context()

    @classmethod
    def fresh(cls) -> "Identity":
        return cls(now=datetime.now(UTC))

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_options(SSL.OP_NO_TICKET)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(self.certificate)
        context.use_privatekey(self.key)
        context.set_cipher_list(CIPHERS)
        context.set_tlsext_use_srtp(GCM.name.encode())
        return context


class DtlsError(Exception):
    """The handshake failed, or the server is not the one that signalling named."""


class DtlsEnd:
    """One connection: feed datagrams in, send the datagrams that come out.

    The answer's `a=setup` decides who begins (RFC 8842 §5): our engine waits, others may not.
    """

    def __init__(self, identity: Identity, fingerprints: dict[str, str], *, begins: bool) -> None:
        self._connection = SSL.Connection(identity.context, None)
        if begins:
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()
        self._begins = begins
        self._fingerprints = fingerprints
        self.finished = False
        self.closed = False

    def start(self) -> list[bytes]:
        """The first flight; none if the other end begins."""
        return self._advance()

    def feed(self, datagram: bytes) -> list[bytes]:
        """Take one datagram; the datagrams to send in return.

        Raises:
            DtlsError: the handshake cannot succeed any more.
        """
        self._connection.bio_write(datagram)
        return self._read_alerts() if self.finished else self._advance()

    def timeout(self) -> float | None:
        """Seconds until the last flight must be sent again, None if nothing is due."""
        return None if self.finished else self._connection.DTLSv1_get_timeout()

    def resend(self) -> list[bytes]:
        """The last flight again (RFC 6347 §4.2.4)."""
        self._connection.DTLSv1_handle_timeout()
        return list(self._drain())

    def keys(self) -> SrtpKeys:
        """The keys both sides export (RFC 5764 §4.2).

        Raises:
            DtlsError: the server chose no SRTP profile.
        """
        if self._connection.get_selected_srtp_profile() != GCM.name.encode():
            raise DtlsError("the server chose no SRTP profile")
        size = 2 * (GCM.key + GCM.salt)
        material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        client, server = _half(material, 0), _half(material, 1)
        return SrtpKeys(GCM, client, server) if self._begins else SrtpKeys(GCM, server, client)

    def close(self) -> list[bytes]:
        """The datagrams that tell the server goodbye."""
        self.closed = True
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return list(self._drain())

    def _advance(self) -> list[bytes]:
        try:
            self._connection.do_handshake()
            self._check_peer()
            self.finished = True
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            raise DtlsError(f"handshake failed: {error}") from error
        return list(self._drain())

    def _check_peer(self) -> None:
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        seen = certificate.fingerprint(hashes.SHA256()).hex(":").upper() if certificate else ""
        if self._fingerprints.get("sha-256") != seen:
            raise DtlsError("the server's certificate is not the one of its answer")

    def _read_alerts(self) -> list[bytes]:
        try:
            self._connection.recv(2048)
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.WantReadError:
            pass
        except SSL.Error:
            self.closed = True
        return list(self._drain())

    def _drain(self) -> Iterator[bytes]:
        flight = b""
        try:
            while True:
                flight += self._connection.bio_read(65536)
        except SSL.WantReadError:
            pass
        yield from split_records(flight)


def split_records(flight: bytes, *, limit: int = 1200) -> Iterator[bytes]:
    """Cut a flight between records into datagrams of at most `limit` bytes (RFC 6347 §4.1)."""
    start = end = 0
    while end < len(flight):
        size = RECORD_HEADER + int.from_bytes(flight[end + 11 : end + 13], "big")
        if end > start and end + size - start > limit:
            yield flight[start:end]
            start = end
        end += size
    if start < len(flight):
        yield flight[start:]


def _half(material: bytes, side: int) -> bytes:
    key = material[side * GCM.key :][: GCM.key]
    salt = material[2 * GCM.key + side * GCM.salt :][: GCM.salt]
    return key + salt
