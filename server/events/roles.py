"""Roles → capabilities → media grants: the one table that says who may do what."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from server.events.models import Role, SessionKind


class Capability(StrEnum):
    """What code checks. Never check a role."""

    EVENT_EDIT = "event.edit"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    RECORDS_EXPORT = "records.export"
    ROOM_JOIN = "room.join"
    ROOM_PUBLISH = "room.publish"
    ROOM_MODERATE = "room.moderate"
    CHAT_WRITE = "chat.write"
    ROUND_RUN = "round.run"
    PLAN_EDIT = "plan.edit"
    NOTE_WRITE = "note.write"
    NOTE_READ = "note.read"


_ATTENDING: Final = frozenset({Capability.ROOM_JOIN, Capability.CHAT_WRITE})

CAPABILITIES: Final[dict[Role, frozenset[Capability]]] = {
    Role.PARTICIPANT: _ATTENDING | {Capability.ROOM_PUBLISH},
    Role.MENTOR: _ATTENDING | {Capability.ROOM_PUBLISH, Capability.NOTE_WRITE},
    Role.SPEAKER: _ATTENDING | {Capability.ROOM_PUBLISH},
    Role.ORGANIZER: frozenset(Capability),
    Role.OBSERVER: _ATTENDING,
}

STAGE_PUBLISHERS: Final = frozenset({Role.SPEAKER, Role.ORGANIZER})
STAGES: Final = frozenset({SessionKind.STAGE, SessionKind.RELAY})

# The role that others see where a person has several.
SHOWN: Final = (Role.ORGANIZER, Role.SPEAKER, Role.MENTOR, Role.PARTICIPANT, Role.OBSERVER)


class MediaGrants(NamedTuple):
    """What a person may do with media in a room. Nobody is hidden from the people list."""

    publish: bool
    subscribe: bool


def can(roles: Iterable[Role], capability: Capability) -> bool:
    """Whether any of the roles carries the capability."""
    return any(capability in CAPABILITIES[role] for role in roles)


def media_grants(roles: Iterable[Role], kind: SessionKind) -> MediaGrants:
    """The media grants of a person with these roles in a session of this kind.

    On a stage only speakers and organizers publish; elsewhere everyone who may publish at all.
    """
    held = frozenset(roles)
    publish = can(held, Capability.ROOM_PUBLISH)
    if kind in STAGES:
        publish = publish and bool(held & STAGE_PUBLISHERS)
    return MediaGrants(publish=publish, subscribe=can(held, Capability.ROOM_JOIN))


def shown_role(roles: Iterable[Role]) -> Role:
    """The one role that others see."""
    held = frozenset(roles)
    return next((role for role in SHOWN if role in held), Role.PARTICIPANT)
