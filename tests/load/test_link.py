"""ICE and DTLS of the light client, two ends of it against each other."""

import pytest
from pylibsrtp import Policy, Session

from tests.load.dtls import DtlsEnd, DtlsError, Identity, SrtpKeys, split_records
from tests.load.ice import Credentials, IceClient

pytestmark = pytest.mark.pure

ADDRESS = ("127.0.0.1", 5000)


def shake_hands(client: DtlsEnd, server: DtlsEnd) -> None:
    to_server, to_client = client.start(), server.start()
    while to_server or to_client:
        to_client = [reply for datagram in to_server for reply in server.feed(datagram)]
        to_server = [reply for datagram in to_client for reply in client.feed(datagram)]


def two_ends(*, told_to_client: str | None = None) -> tuple[DtlsEnd, DtlsEnd]:
    ours, theirs = Identity.fresh(), Identity.fresh()
    fingerprint = told_to_client or theirs.fingerprint
    client = DtlsEnd(ours, {"sha-256": fingerprint}, begins=True)
    return client, DtlsEnd(theirs, {"sha-256": ours.fingerprint}, begins=False)


def session(keys: SrtpKeys, key: bytes, direction: int) -> Session:
    return Session(Policy(key=key, ssrc_type=direction, srtp_profile=keys.profile.number))


def test_both_ends_export_keys_that_fit() -> None:
    client, server = two_ends()
    shake_hands(client, server)
    ours, theirs = client.keys(), server.keys()
    packet = bytes([0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]) + b"picture"
    sealed = session(ours, ours.sending, Policy.SSRC_ANY_OUTBOUND).protect(packet)
    opened = session(theirs, theirs.receiving, Policy.SSRC_ANY_INBOUND).unprotect(sealed)
    assert bytes(opened) == packet
    assert ours.profile.name == "SRTP_AEAD_AES_128_GCM"


def test_another_certificate_than_signalled_is_refused() -> None:
    client, server = two_ends(told_to_client="00:11")
    with pytest.raises(DtlsError, match="certificate"):
        shake_hands(client, server)


def test_a_farewell_closes_the_other_end() -> None:
    client, server = two_ends()
    shake_hands(client, server)
    for datagram in client.close():
        server.feed(datagram)
    assert server.closed


def test_flights_are_cut_between_records() -> None:
    record = b"\x16\xfe\xfd" + bytes(8) + b"\x01\xf4" + bytes(500)
    assert list(split_records(record * 5)) == [record * 2, record * 2, record]


def test_a_check_is_answered_and_confirms_once_genuine() -> None:
    ours, theirs = Credentials.fresh(), Credentials.fresh()
    client, server = IceClient(ours, theirs), IceClient(theirs, ours)
    reply = server.take(client.check(), ADDRESS)
    assert reply is not None
    assert client.take(reply, ADDRESS) is None
    assert client.confirmed


def test_an_answer_with_another_password_confirms_nothing() -> None:
    ours, theirs = Credentials.fresh(), Credentials.fresh()
    client, stranger = IceClient(ours, theirs), IceClient(Credentials.fresh(), ours)
    stranger.local = Credentials(theirs.ufrag, "guessed")
    check = client.check()
    assert stranger.take(check, ADDRESS) is None
    assert client.take(b"\x01\x01\x00\x00", ADDRESS) is None
    assert not client.confirmed
