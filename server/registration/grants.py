"""Giving and taking roles at an event. Each change leaves an audit row."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, func, select

from server.accounts.models import Audit
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Participation, ParticipationRole, Role
from server.registration import guard
from server.registration.actions import Act
from server.registration.rules import LastOrganizer

# Who has a seat is a participant; the other roles are given by hand.
GIVEN: Final = (Role.MENTOR, Role.SPEAKER, Role.OBSERVER, Role.ORGANIZER)
ROLE_GIVEN: Final = "role.given"
ROLE_TAKEN: Final = "role.taken"


async def set_roles(
    db: Db, participation_id: UUID, wanted: Collection[Role], *, event: Event, act: Act
) -> None:
    """Make these the roles given by hand; being a participant is left alone.

    Holds the event's row, so that two organizers cannot take each other's role at once.

    Raises:
        LastOrganizer: nobody else is an organizer.
    """
    await guard.lock(db, event, None)
    held = (await events.roles_of(db, participation_id)) & set(GIVEN)
    kept = set(wanted) & set(GIVEN)
    if Role.ORGANIZER in held - kept and await _organizers(db, event) < 2:
        raise LastOrganizer
    for role in GIVEN:
        if role in kept - held:
            db.add(ParticipationRole(participation_id=participation_id, role=role))
            db.add(_audit(ROLE_GIVEN, participation_id, role, act))
        elif role in held - kept:
            await db.exec(
                delete(ParticipationRole).where(
                    col(ParticipationRole.participation_id) == participation_id,
                    col(ParticipationRole.role) == role,
                )
            )
            db.add(_audit(ROLE_TAKEN, participation_id, role, act))


async def _organizers(db: Db, event: Event) -> int:
    found = (
        select(func.count())
        .select_from(ParticipationRole)
        .join(Participation, col(Participation.id) == col(ParticipationRole.participation_id))
        .where(Participation.event_id == event.id, ParticipationRole.role == Role.ORGANIZER)
    )
    return (await db.exec(found)).one()


def _audit(verb: str, participation_id: UUID, role: Role, act: Act) -> Audit:
    return Audit(
        at=act.now,
        actor_id=act.actor,
        verb=verb,
        object=f"participation:{participation_id}",
        data={"role": role},
    )
