"""ICE restart: a client that moved proves its new address with renewed credentials."""

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from realtime.media import sdp
from realtime.media.peer import Peer
from realtime.media.plane import Plane
from realtime.media.sdp import Description, SdpError
from tests.realtime.media.test_strangers import answer_to, check
from tests.support.waiting import until

pytestmark = pytest.mark.pure

OFFER = sdp.parse(Path(__file__).with_name("offers").joinpath("chromium-simulcast.sdp").read_text())


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    plane = Plane("127.0.0.1", 0, advertised=("127.0.0.1",))
    plane.start()
    yield plane
    await plane.close()


def peer_of(plane: Plane) -> Peer:
    return plane.new_peer(on_open=lambda: None, on_close=lambda: None)


def restarted(offer: Description, fragment: str) -> Description:
    """The same offer with another ICE fragment."""
    sections = tuple(
        replace(
            section,
            attributes=tuple(
                (name, fragment if name == "ice-ufrag" else value)
                for name, value in section.attributes
            ),
        )
        for section in offer.sections
    )
    return Description(offer.attributes, sections)


async def test_the_same_fragment_keeps_our_credentials(plane: Plane) -> None:
    peer = peer_of(plane)
    before = list(peer.credentials)
    peer.take_offer(OFFER)
    peer.take_offer(OFFER)
    assert peer.credentials == before


async def test_a_new_fragment_renews_them_and_the_last_two_are_good(plane: Plane) -> None:
    peer = peer_of(plane)
    peer.take_offer(OFFER)
    seen = [peer.credentials[-1]]
    for fragment in ("new1", "new2", "new3"):
        peer.take_offer(restarted(OFFER, fragment))
        seen.append(peer.credentials[-1])
        assert plane.transport_of(peer).credentials == seen[-1]
    assert len({each.fragment for each in seen}) == 4
    assert peer.credentials == seen[-2:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        checks = [check(f"{each.fragment}:x", each.password) for each in seen]
        response = await answer_to(plane, client, checks)
        assert response.check_message_integrity(seen[2].password.encode())
        assert (plane.dropped["check"], len(peer.addresses)) == (2, 1)
        plane.remove(peer)
        client.sendto(checks[-1], ("127.0.0.1", plane.udp.port))
        await until(lambda: dropped(plane, 3))


async def dropped(plane: Plane, count: int) -> bool:
    return plane.dropped["check"] == count


async def test_an_answer_must_leave_the_handshake_to_its_sender(plane: Plane) -> None:
    passive = Description((("setup", "passive"), *OFFER.attributes), OFFER.sections)
    with pytest.raises(SdpError):
        peer_of(plane).take_answer(passive)
    peer = peer_of(plane)
    peer.take_answer(OFFER)
    assert peer.dtls.started
