"""The chat of a room: lines that stay, and can be taken back."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.core.errors import DomainError, Forbidden, NotFound
from server.core.ids import new_id
from server.events.models import Participation, Role
from server.events.queries import shown_roles
from server.live import log
from server.live.models import StreamEvent
from server.rooms.models import ChatMessage, Room

MOST_SHOWN: Final = 200
MOST_SHOWN_BYTES: Final = 128 * 1024  # doubled by escapes it still fits into what may wait
LINE_BYTES: Final = 400  # of a line, beside its text and name
LONGEST: Final = 2000
POSTED: Final = "chat.posted"
DELETED: Final = "chat.deleted"


class EmptyLine(DomainError):
    """Nothing is left of the line when invisible characters are taken out."""

    code = "empty_line"


class NotYourLine(Forbidden):
    """Only its author and moderators take a line back."""

    code = "not_your_line"


def room_stream(room_id: UUID) -> str:
    """The stream that everybody in the room reads."""
    return f"room:{room_id}"


def cleaned(body: str) -> str:
    """The text of a line: composed (NFC), without control characters, trimmed.

    Raises:
        EmptyLine: nothing is left.
    """
    composed = unicodedata.normalize("NFC", body.replace("\r\n", "\n"))
    visible = (c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    text = "".join(visible).strip()[:LONGEST]
    if all(unicodedata.category(c)[0] in "CZ" for c in text):  # nothing that shows
        raise EmptyLine
    return text


async def post(
    db: Db,
    *,
    room: Room,
    author: Participation,
    name: str,
    role: Role,
    body: str,
    request_id: UUID,
    now: datetime,
) -> StreamEvent:
    """Write a line; a resent request gets the event of the first.

    Raises:
        EmptyLine: there is nothing to write.
    """
    text = cleaned(body)
    stream = room_stream(room.id)
    known = await log.answered(db, stream=stream, actor=author.id, request_id=request_id)
    if known:
        return known
    message = ChatMessage(
        id=new_id(), room_id=room.id, author_id=author.id, seq=0, body=text, at=now
    )
    event = await log.append(
        db,
        stream=stream,
        type=POSTED,
        payload=line(message, name, role),
        actor=author.id,
        request_id=request_id,
        now=now,
    )
    message.seq = event.seq
    db.add(message)
    return event


async def delete(
    db: Db,
    *,
    room: Room,
    actor: Participation,
    moderates: bool,
    message_id: UUID,
    request_id: UUID,
    now: datetime,
) -> StreamEvent:
    """Take a line back; a resent request gets the event of the first.

    Raises:
        NotFound: there is no such line in the room.
        NotYourLine: somebody else wrote it.
    """
    stream = room_stream(room.id)
    known = await log.answered(db, stream=stream, actor=actor.id, request_id=request_id)
    if known:
        return known
    found = select(ChatMessage).where(ChatMessage.id == message_id, ChatMessage.room_id == room.id)
    message = (await db.exec(found)).one_or_none()
    if message is None:
        raise NotFound(message=str(message_id))
    if message.author_id != actor.id and not moderates:
        raise NotYourLine
    message.deleted_at = message.deleted_at or now
    db.add(message)
    return await log.append(
        db,
        stream=stream,
        type=DELETED,
        payload={"message": str(message.id)},
        actor=actor.id,
        request_id=request_id,
        now=now,
    )


async def newest(db: Db, room_id: UUID) -> list[dict[str, Any]]:
    """The newest lines of a room, oldest first: 200, or as many as fit into 128 KiB."""
    found = (
        select(ChatMessage, Account.name)
        .join(Participation, col(Participation.id) == col(ChatMessage.author_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(ChatMessage.room_id == room_id)
        .order_by(col(ChatMessage.seq).desc())
        .limit(MOST_SHOWN)
    )
    rows = _fitting((await db.exec(found)).all())
    roles = await shown_roles(db, {message.author_id for message, _ in rows})
    return [line(message, name, roles[message.author_id]) for message, name in reversed(rows)]


def _fitting(newest_first: Sequence[tuple[ChatMessage, str]]) -> list[tuple[ChatMessage, str]]:
    sizes = (LINE_BYTES + len((message.body + name).encode()) for message, name in newest_first)
    return [
        row
        for row, so_far in zip(newest_first, accumulate(sizes), strict=True)
        if so_far <= MOST_SHOWN_BYTES
    ]


def line(message: ChatMessage, name: str, role: Role) -> dict[str, Any]:
    """A line as pages get it; the text of one that was taken back is not told."""
    return {
        "message": str(message.id),
        "author": str(message.author_id),
        "name": name,
        "role": str(role),
        "body": "" if message.deleted_at else message.body,
        "at": message.at.isoformat(),
        "deleted": message.deleted_at is not None,
    }
