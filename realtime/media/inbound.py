"""What a peer's DATA chunks become: numbers to acknowledge, and messages put together.

A whole unordered message is handed on as it comes, everything else in the order of its numbers
(TSNs). So nothing is searched, and what waits for a missing number is bounded by the window that
we announce: what does not fit is not acknowledged, and comes again.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from realtime.media.sctp import MAX_MESSAGE

_MASK = 0xFFFFFFFF
_HEADER = struct.Struct("!LH2xL")
_LAST, _FIRST, _UNORDERED = 1, 2, 4
_WHOLE = _FIRST | _LAST

# Bytes that may wait for a missing number: 256 KiB carry 20 Mbit/s at 100 ms.
WINDOW = 256 * 1024
# How far ahead of the last number without a hole another one may be.
REACH = 1024
# Pieces of one message: the longest has 57 of the usual size.
_MOST_PIECES = 256
_MOST_GAPS = 64


class MessageTooLong(Exception):
    """A peer sends a message longer than we announced to take."""


class Piece(NamedTuple):
    """A DATA chunk (RFC 9260 §3.3.1)."""

    tsn: int
    flags: int
    stream: int
    protocol: int
    payload: bytes


class Message(NamedTuple):
    """A whole message: its stream and payload protocol (RFC 8831 §8)."""

    stream: int
    protocol: int
    payload: bytes


def read_piece(flags: int, body: bytes) -> Piece:
    """A DATA chunk's body of more than 12 bytes."""
    tsn, stream, protocol = _HEADER.unpack_from(body)
    return Piece(tsn, flags, stream, protocol, body[12:])


class Inbound:
    """The incoming half of an association; `last` is the highest number with no hole before it."""

    def __init__(self, first: int) -> None:
        self.last = (first - 1) & _MASK
        self._ahead: dict[int, Piece | None] = {}  # None: handed on already
        self._waiting = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._next_part = 0
        self._done: list[Message] = []

    @property
    def room(self) -> int:
        """Bytes that we can take now; the window to announce."""
        return max(0, WINDOW - self._waiting - self._size)

    def gaps(self) -> list[tuple[int, int]]:
        """What came beyond a hole, as offsets from `last` (RFC 9260 §3.3.4), the nearest first."""
        blocks: list[tuple[int, int]] = []
        for offset in sorted((tsn - self.last) & _MASK for tsn in self._ahead):
            if blocks and offset == blocks[-1][1] + 1:
                blocks[-1] = (blocks[-1][0], offset)
            elif len(blocks) == _MOST_GAPS:
                break
            else:
                blocks.append((offset, offset))
        return blocks

    def take(self, piece: Piece) -> list[Message]:
        """Take a piece in; answers the messages that are whole now.

        Raises:
            MessageTooLong: more of one message than we announced.
        """
        offset = (piece.tsn - self.last) & _MASK
        if offset == 1:
            self.last = piece.tsn
            self._put(piece)
            self._follow()
        elif 0 < offset <= REACH and piece.tsn not in self._ahead:
            self._keep(piece)
        return self._finished()

    def skip_to(self, last: int) -> list[Message]:
        """The peer gave up what is missing up to this number (FORWARD TSN, RFC 3758 §3.6).

        Raises:
            MessageTooLong: as `take`.
        """
        distance = (last - self.last) & _MASK
        if not 0 < distance <= _MASK // 2:
            return []
        offsets = sorted((tsn - self.last) & _MASK for tsn in self._ahead)
        for offset in offsets:
            if offset <= distance:
                self._use((self.last + offset) & _MASK)
        self.last = last
        self._follow()
        return self._finished()

    def _keep(self, piece: Piece) -> None:
        """Take a piece that came before another that is missing."""
        if piece.flags & (_WHOLE | _UNORDERED) == _WHOLE | _UNORDERED:
            self._ahead[piece.tsn] = None
            self._done.append(Message(piece.stream, piece.protocol, piece.payload))
        elif len(piece.payload) <= self.room:
            self._ahead[piece.tsn] = piece
            self._waiting += len(piece.payload)

    def _follow(self) -> None:
        """Use what came earlier and is no longer behind a hole."""
        while self._ahead and (tsn := (self.last + 1) & _MASK) in self._ahead:
            self.last = tsn
            self._use(tsn)

    def _use(self, tsn: int) -> None:
        piece = self._ahead.pop(tsn)
        if piece is not None:
            self._waiting -= len(piece.payload)
            self._put(piece)

    def _put(self, piece: Piece) -> None:
        """The next piece in the order of numbers; those of one message follow each other."""
        if piece.flags & _WHOLE == _WHOLE:
            self._done.append(Message(piece.stream, piece.protocol, piece.payload))
            return
        follows = bool(self._parts) and piece.tsn == self._next_part
        if piece.flags & _FIRST or not follows:
            self._parts, self._size = [], 0
            if not piece.flags & _FIRST:
                return  # its beginning was given up
        self._parts.append(piece.payload)
        self._size += len(piece.payload)
        self._next_part = (piece.tsn + 1) & _MASK
        if self._size > MAX_MESSAGE or len(self._parts) > _MOST_PIECES:
            raise MessageTooLong
        if piece.flags & _LAST:
            self._done.append(Message(piece.stream, piece.protocol, b"".join(self._parts)))
            self._parts, self._size = [], 0

    def _finished(self) -> list[Message]:
        done, self._done = self._done, []
        return done
