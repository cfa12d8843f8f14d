"""A self-signed certificate, for phones and machines in the same room that test the cameras."""

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.core import clock


class Certificate(NamedTuple):
    """Where certificate and key lie, PEM."""

    certificate: Path
    key: Path


def self_signed(folder: Path, host: str) -> Certificate:
    """The certificate of this installation for `host`, made on first use; valid for a year."""
    made = Certificate(folder / f"{host}.crt", folder / f"{host}.key")
    if made.certificate.exists() and made.key.exists():
        return made
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(key, host, clock.now())
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return made


def _sign(key: ec.EllipticCurvePrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = [_general_name(host), x509.DNSName("localhost"), _general_name("127.0.0.1")]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
