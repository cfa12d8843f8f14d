"""Who is in a room now, as others see them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Participation, Role
from server.events.queries import shown_roles
from server.rooms import lease
from server.rooms.lease import Devices
from server.rooms.models import SeatState


class Present(NamedTuple):
    """Somebody in a room."""

    room_id: UUID
    participation_id: UUID
    name: str
    role: Role
    devices: Devices


async def people(db: Db, room_ids: Collection[UUID], *, now: datetime) -> list[Present]:
    """Who holds a seat in the rooms by a living page, in the order in which they first came."""
    found = (
        select(SeatState, Account.name)
        .join(Participation, col(Participation.id) == col(SeatState.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(
            col(SeatState.room_id).in_(room_ids),
            col(SeatState.connection_id).is_not(None),
            col(SeatState.last_seen) > now - lease.LEASE,
        )
        .order_by(col(SeatState.id))
    )
    rows = (await db.exec(found)).all()
    roles = await shown_roles(db, [seat.participation_id for seat, _ in rows])
    return [
        Present(
            seat.room_id,
            seat.participation_id,
            name,
            roles[seat.participation_id],
            Devices(seat.mic, seat.camera),
        )
        for seat, name in rows
    ]
