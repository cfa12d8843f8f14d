"""Our association with aiortc's own as the client: both ways, both kinds, and a hostile peer."""

import random
import struct
from typing import cast
from unittest.mock import AsyncMock, patch

import pytest
from aiortc import rtcsctptransport as their
from aiortc.rtcsctptransport import RTCSctpTransport

from realtime.media import sctp
from realtime.media.adapter.association import Association
from realtime.media.inbound import WINDOW
from tests.load.fuzz_sctp import data, fuzz, written
from tests.support.sctp_pair import PORT, Client, FakeEndpoint, Notes, carry, joined

pytestmark = pytest.mark.pure


def acknowledged(endpoint: FakeEndpoint) -> their.SackChunk:
    """The last thing we said."""
    return cast(their.SackChunk, their.parse_packet(endpoint.sent[-1])[3][0])


async def test_messages_of_both_kinds_and_any_length_go_both_ways() -> None:
    ours, notes, endpoint, client = await joined()
    longest = random.Random(1).randbytes(sctp.MAX_MESSAGE)
    client.channels["_reliable"].send(longest)
    client.channels["_lossy"].send(b"soon")
    await carry(endpoint, client)
    assert notes.messages == [("_reliable", longest), ("_lossy", b"soon")]
    ours.send_message(notes.channels["_reliable"], longest)
    ours.send_message(notes.channels["_lossy"], b"late")
    await carry(endpoint, client)
    assert client.heard == [("_reliable", longest), ("_lossy", b"late")]
    assert (ours.busy, notes.unused) == (False, {})


async def test_packets_out_of_order_and_twice_change_nothing() -> None:
    _, notes, endpoint, client = await joined()
    seed, held = random.Random(2), list[bytes]()

    def swap(packet: bytes) -> list[bytes]:
        if held:
            return [packet, packet, held.pop()]
        held.append(packet)
        return []

    sent = [seed.randbytes(3000) for _ in range(20)]
    for message in sent:
        client.channels["_reliable"].send(message)
    while len(notes.messages) < len(sent):
        await carry(endpoint, client, to_us=swap)
        while held:
            endpoint.receive(held.pop())
    assert notes.messages == [("_reliable", message) for message in sent]


async def test_what_is_lost_comes_again_or_is_given_up() -> None:
    ours, notes, endpoint, client = await joined()

    def lose(packet: bytes) -> list[bytes]:
        return []

    client.channels["_lossy"].send(b"lost")
    ours.send_message(notes.channels["_lossy"], b"lost")
    await carry(endpoint, client, to_us=lose, to_client=lose)
    client.channels["_reliable"].send(b"up")
    ours.send_message(notes.channels["_reliable"], b"down")
    await carry(endpoint, client, to_us=lose, to_client=lose)
    client.sctp._t3_expired()
    ours._t3_expired()
    await carry(endpoint, client)
    assert (notes.messages, client.heard) == ([("_reliable", b"up")], [("_reliable", b"down")])


async def test_the_server_opens_channels_too() -> None:
    endpoint, notes, client = FakeEndpoint(), Notes(), Client()
    ours = Association(endpoint.as_real, notes)
    ours.open_channel("_reliable", ordered=True, retransmits=None)
    ours.open_channel("_lossy", ordered=False, retransmits=0)
    ours.begin(PORT)
    await client.begin()
    await carry(endpoint, client)
    assert set(notes.channels) == {"_reliable", "_lossy"}
    lossy = client.channels["_lossy"]
    assert (lossy.ordered, lossy.maxRetransmits) == (False, 0)
    ours.send_message(notes.channels["_reliable"], b"down")
    client.channels["_reliable"].send(b"up")
    await carry(endpoint, client)
    assert (client.heard, notes.messages) == ([("_reliable", b"down")], [("_reliable", b"up")])


async def test_an_idle_association_has_no_timer() -> None:
    ours, notes, endpoint, client = await joined()
    ours.send_message(notes.channels["_reliable"], b"x")
    assert _timers(ours) == [False, False, True, False]
    await carry(endpoint, client)
    assert not any(_timers(ours))


def _timers(ours: Association) -> list[bool]:
    handles = ours._t1_handle, ours._t2_handle, ours._t3_handle, ours._reconfig_handle
    return [handle is not None for handle in handles]


async def test_a_closed_channel_makes_room_for_a_new_one_of_its_label() -> None:
    ours, notes, endpoint, client = await joined()
    former = notes.channels["_reliable"]
    client.channels["_reliable"].close()
    await carry(endpoint, client)
    client.open("_reliable")
    await carry(endpoint, client)
    assert former.readyState == "closed"
    ours.send_message(notes.channels["_reliable"], b"again")
    await carry(endpoint, client)
    assert client.heard == [("_reliable", b"again")]


async def test_channels_are_bounded() -> None:
    _, notes, endpoint, client = await joined()
    for number in range(20):
        client.open(f"more-{number}")
    await carry(endpoint, client)
    assert len(notes.channels) == 8


async def test_pieces_that_may_not_be_taken_are_not_acknowledged_and_come_again() -> None:
    _, notes, endpoint, client = await joined()
    first = client.sctp._local_tsn
    notes.takes = False
    piece = written(client, data(first, b"hello"))
    endpoint.receive(piece)
    assert (notes.messages, endpoint.sent) == ([], [])
    notes.takes = True
    endpoint.receive(piece)
    assert notes.messages == [("_reliable", b"hello")]
    assert acknowledged(endpoint).cumulative_tsn == first


async def test_the_window_told_is_the_one_kept() -> None:
    _, notes, endpoint, client = await joined()
    first = client.sctp._local_tsn
    part = bytes(1024)
    for n in range(1, 400):
        endpoint.receive(written(client, data(first + n, part)))
    assert acknowledged(endpoint).advertised_rwnd == 0
    assert acknowledged(endpoint).gaps == [(2, 1 + WINDOW // 1024)]
    assert notes.messages == []
    endpoint.receive(written(client, data(first, part)))
    assert len(notes.messages) == 1 + WINDOW // 1024
    assert acknowledged(endpoint).advertised_rwnd == WINDOW


async def test_a_message_without_end_ends_the_association() -> None:
    _, notes, endpoint, client = await joined()
    first, flags = client.sctp._local_tsn, their.SCTP_DATA_FIRST_FRAG
    for n in range(70):
        endpoint.receive(written(client, data(first + n, bytes(1000), flags=flags)))
        flags = 0
    assert notes.over
    assert isinstance(acknowledged(endpoint), their.AbortChunk)


async def test_gaps_beyond_what_was_sent_cost_nothing() -> None:
    ours, notes, endpoint, client = await joined()
    ours.send_message(notes.channels["_reliable"], b"x")
    sack = their.SackChunk()
    sack.cumulative_tsn = ours._local_tsn - 2
    sack.advertised_rwnd = 65_536
    sack.gaps = [(2, 65_535)]
    with patch.object(RTCSctpTransport, "_receive_sack_chunk", AsyncMock()) as behind:
        endpoint.receive(written(client, sack))
    assert behind.call_args.args[-1].gaps == []


async def test_an_acknowledgement_of_what_was_never_sent_is_not_believed() -> None:
    ours, notes, endpoint, client = await joined()
    sack = their.SackChunk()
    sack.cumulative_tsn = (ours._local_tsn + 1000) % 2**32
    sack.advertised_rwnd = 65_536
    endpoint.receive(written(client, sack))
    ours.send_message(notes.channels["_reliable"], b"x")
    await carry(endpoint, client)
    assert not ours.busy
    assert (len(ours._sent_queue), client.heard) == (0, [("_reliable", b"x")])


async def test_no_more_is_in_flight_than_the_reader_has_room_for() -> None:
    ours, notes, endpoint, client = await joined()
    sack = their.SackChunk()
    sack.cumulative_tsn = ours._local_tsn - 1
    for window, packets in ((0, 1), (3000, 3)):
        sack.advertised_rwnd = window
        endpoint.sent.clear()
        endpoint.receive(written(client, sack))
        if not window:
            ours.send_message(notes.channels["_reliable"], bytes(30_000))
        assert len(endpoint.sent) + (window > 0) == packets
    assert ours.busy


async def test_a_packet_of_another_association_is_not_used() -> None:
    _, notes, endpoint, client = await joined()
    packet = written(client, data(client.sctp._local_tsn, b"stray"))
    endpoint.receive(packet[:4] + bytes([packet[4] ^ 1]) + packet[5:])
    assert (notes.messages, notes.unused) == ([], {"unsound": 1})


@pytest.mark.parametrize("kind", [their.InitChunk, their.InitAckChunk])
async def test_a_second_beginning_changes_nothing(kind: type[their.BaseInitChunk]) -> None:
    _, notes, endpoint, client = await joined()
    again = kind()
    again.initiate_tag, again.initial_tsn = 77, 1000
    again.outbound_streams = again.inbound_streams = 5
    endpoint.receive(struct.pack("!HHLL", PORT, PORT, 0, 0) + bytes(again))
    client.channels["_reliable"].send(b"still here")
    await carry(endpoint, client)
    assert notes.messages == [("_reliable", b"still here")]


async def test_data_before_the_beginning_is_not_used() -> None:
    endpoint, notes, client = FakeEndpoint(), Notes(), Client()
    ours = Association(endpoint.as_real, notes)
    ours.begin(PORT)
    endpoint.sent.clear()
    client.sctp._remote_verification_tag = ours._local_verification_tag
    endpoint.receive(written(client, data(1, b"early")))
    assert (notes.messages, endpoint.sent, notes.unused) == ([], [], {})


async def test_mutants_confuse_nothing_and_leave_other_associations_alone() -> None:
    outcome = await fuzz(1500, random.Random(3))
    assert (outcome.unused["confused"], outcome.other_lives) == (0, True)
    assert outcome.mutants - outcome.unused["unsound"] > 300
