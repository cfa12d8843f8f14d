"""Leave to join a room at the media engine, for a page that holds its person's seat."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from server.core.db import Db
from server.core.errors import DomainError
from server.rooms import entry, seat
from server.rooms.engine import JOIN_TOKEN_LASTS, MediaEngine
from server.rooms.entry import Entry
from server.rooms.models import SeatState
from server.rooms.seat import Holder


class SeatNotHeld(DomainError):
    """The page asks for a media token without holding the seat."""

    code = "seat_not_held"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A media token, with where it is good for what."""

    url: str  # of the media engine
    token: str
    room: UUID
    identity: UUID  # participation
    mic: bool  # the devices as the seat remembers them
    camera: bool

    def as_json(self) -> dict[str, Any]:
        """As pages read it."""
        return asdict(self) | {"room": str(self.room), "identity": str(self.identity)}


class Asks(NamedTuple):
    """A page that wants a ticket: its person at the door, by this name to others."""

    entry: Entry
    connection_id: UUID
    name: str

    @property
    def holder(self) -> Holder:
        """The page as the holder of the seat."""
        return Holder(self.entry.participation.id, self.entry.session.id, self.connection_id)


def issue(
    engine: MediaEngine,
    here: Entry,
    held: SeatState,
    *,
    name: str,
    room: UUID | None = None,
    lasts: timedelta = JOIN_TOKEN_LASTS,
) -> Ticket:
    """The ticket of a seat: for its room, or for another to which the person may go from there."""
    token = engine.join_token(
        room=room or held.room_id,
        identity=here.participation.id,
        name=name,
        grants=here.grants,
        epoch=held.access_epoch,
        lasts=lasts,
    )
    return Ticket(
        url=engine.browser_url,
        token=token,
        room=room or held.room_id,
        identity=here.participation.id,
        mic=held.mic,
        camera=held.camera,
    )


async def for_pages(
    db: Db, engine: MediaEngine, pages: Sequence[Asks], *, now: datetime
) -> list[Ticket | None]:
    """The tickets of many pages, by what holds now, in a few queries; None for who gets none."""
    people = await entry.still_welcome(db, [page.entry for page in pages])
    seats = await seat.held_by_each(db, [page.holder for page in pages])
    found: list[Ticket | None] = []
    for page, here in zip(pages, people, strict=True):
        held = seats.get(page.holder)
        if here is None or held is None or not entry.is_open(here, now):
            found.append(None)
        else:
            found.append(issue(engine, here, held, name=page.name))
    return found
