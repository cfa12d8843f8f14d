"""Pieces in any order become the messages that were sent, and what waits is bounded."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import inbound
from realtime.media.inbound import REACH, WINDOW, Inbound, Message, MessageTooLong, Piece
from realtime.media.sctp import MAX_MESSAGE

pytestmark = pytest.mark.pure

LAST, FIRST, UNORDERED = 1, 2, 4
TURN = 1 << 32


def pieces(first: int, message: bytes, *, size: int, unordered: bool = False) -> list[Piece]:
    """The pieces of one message, with consecutive numbers."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    made = []
    for n, part in enumerate(parts):
        flags = FIRST * (n == 0) | LAST * (n == len(parts) - 1) | UNORDERED * unordered
        made.append(Piece((first + n) % TURN, flags, 1, 53, part))
    return made


def payloads(messages: list[Message]) -> list[bytes]:
    return [message.payload for message in messages]


def test_a_chunk_is_read_by_its_fields() -> None:
    body = struct.pack("!LHHL", 9, 3, 77, 51) + b"text"
    assert inbound.read_piece(FIRST, body) == Piece(9, FIRST, 3, 51, b"text")


@st.composite
def journeys(draw: st.DrawFn) -> tuple[int, list[bytes], list[Piece]]:
    """Messages, and their pieces in an order and with doubles as a network may deliver them."""
    first = draw(st.sampled_from([0, 5, TURN - 3]))
    messages = draw(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=6))
    sent: list[Piece] = []
    for message in messages:
        sent += pieces((first + len(sent)) % TURN, message, size=draw(st.integers(1, 4)))
    again = draw(st.lists(st.sampled_from(sent), max_size=4))
    return first, messages, draw(st.permutations(sent + again))


@given(journeys())
def test_ordered_messages_come_out_as_sent_whatever_the_order(
    journey: tuple[int, list[bytes], list[Piece]],
) -> None:
    first, messages, arriving = journey
    stream = Inbound(first)
    heard = [message for piece in arriving for message in stream.take(piece)]
    assert payloads(heard) == messages
    assert (stream.gaps(), stream.room) == ([], WINDOW)
    assert (stream.last + 1 - first) % TURN == len({piece.tsn for piece in arriving})


def test_a_whole_unordered_message_waits_for_nothing_and_comes_once() -> None:
    stream = Inbound(1)
    late, early = pieces(1, b"late", size=9, unordered=True)[0], pieces(3, b"early", size=9)[0]
    early = early._replace(flags=early.flags | UNORDERED)
    assert payloads(stream.take(early)) == [b"early"]
    assert payloads(stream.take(early)) == []
    assert (stream.last, stream.gaps(), stream.room) == (0, [(3, 3)], WINDOW)
    assert payloads(stream.take(late)) == [b"late"]
    assert stream.last == 1


def test_gaps_are_told_as_blocks() -> None:
    stream = Inbound(10)
    for tsn in (13, 12, 16):
        stream.take(Piece(tsn, FIRST, 1, 53, b"x"))
    assert stream.gaps() == [(3, 4), (7, 7)]


def test_what_was_given_up_is_skipped_and_the_rest_comes() -> None:
    stream = Inbound(1)
    lost = pieces(1, b"abcdef", size=2)
    kept, after = pieces(4, b"kept", size=9)[0], pieces(6, b"after", size=9)[0]
    for piece in (lost[0], lost[2], kept):
        assert stream.take(piece) == []
    assert payloads(stream.skip_to(5)) == [b"kept"]
    assert payloads(stream.take(after)) == [b"after"]
    assert stream.skip_to(3) == []
    assert (stream.last, stream.room) == (6, WINDOW)


def test_the_rest_of_a_message_whose_beginning_was_given_up_is_not_used() -> None:
    stream = Inbound(1)
    lost = pieces(1, b"abcdef", size=2)
    stream.take(lost[0])
    assert stream.skip_to(2) == []
    assert stream.take(lost[2]) == []
    assert payloads(stream.take(pieces(4, b"next", size=9)[0])) == [b"next"]


def test_what_does_not_fit_the_window_is_not_acknowledged_but_the_missing_one_is_taken() -> None:
    stream = Inbound(1)
    part = bytes(WINDOW // 4)
    for tsn in range(2, 8):
        stream.take(Piece(tsn, FIRST | LAST, 1, 53, part))
    assert (stream.gaps(), stream.room) == ([(2, 5)], 0)
    assert len(stream.take(Piece(1, FIRST | LAST, 1, 53, part))) == 5
    assert (stream.last, stream.room) == (5, WINDOW)


def test_numbers_far_ahead_are_not_acknowledged() -> None:
    stream = Inbound(1)
    for tsn in (REACH + 1, REACH, 2):
        stream.take(Piece(tsn, FIRST, 1, 53, b"x"))
    assert stream.gaps() == [(2, 2), (REACH, REACH)]


@pytest.mark.parametrize(("size", "count"), [(1000, MAX_MESSAGE // 1000 + 1), (1, 257)])
def test_a_message_that_never_ends_is_an_error(size: int, count: int) -> None:
    stream = Inbound(0)
    stream.take(Piece(0, FIRST, 1, 53, bytes(size)))
    for tsn in range(1, count - 1):
        stream.take(Piece(tsn, 0, 1, 53, bytes(size)))
    with pytest.raises(MessageTooLong):
        stream.take(Piece(count - 1, 0, 1, 53, bytes(size)))


def test_the_longest_message_is_taken() -> None:
    stream, longest = Inbound(0), bytes(MAX_MESSAGE)
    heard = [m for piece in pieces(0, longest, size=1160) for m in stream.take(piece)]
    assert payloads(heard) == [longest]
