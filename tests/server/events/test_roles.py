"""Roles → capabilities → media grants, as whole tables."""

import pytest

from server.events.models import Role, SessionKind
from server.events.roles import (
    CAPABILITIES,
    Capability,
    MediaGrants,
    can,
    media_grants,
    shown_role,
)

pytestmark = pytest.mark.pure

ATTENDING = {Capability.ROOM_JOIN, Capability.CHAT_WRITE}


def test_capabilities_of_each_role() -> None:
    assert CAPABILITIES == {
        Role.PARTICIPANT: ATTENDING | {Capability.ROOM_PUBLISH},
        Role.MENTOR: ATTENDING | {Capability.ROOM_PUBLISH, Capability.NOTE_WRITE},
        Role.SPEAKER: ATTENDING | {Capability.ROOM_PUBLISH},
        Role.ORGANIZER: set(Capability),
        Role.OBSERVER: ATTENDING,
    }


def test_can_needs_one_role_that_carries_it() -> None:
    assert can({Role.OBSERVER, Role.SPEAKER}, Capability.ROOM_PUBLISH)
    assert not can({Role.OBSERVER}, Capability.ROOM_PUBLISH)
    assert not can(set(), Capability.ROOM_JOIN)


@pytest.mark.parametrize("kind", SessionKind)
def test_media_grants_by_session_kind(kind: SessionKind) -> None:
    publishing = {role: media_grants({role}, kind).publish for role in Role}
    on_stage = kind in (SessionKind.STAGE, SessionKind.RELAY)
    assert publishing == {
        Role.PARTICIPANT: not on_stage,
        Role.MENTOR: not on_stage,
        Role.ORGANIZER: True,
        Role.SPEAKER: True,
        Role.OBSERVER: False,
    }


def test_media_grants_of_nobody() -> None:
    assert media_grants(set(), SessionKind.DISCUSSION) == MediaGrants(False, False)


def test_shown_role_is_the_one_that_matters_most() -> None:
    assert shown_role({Role.PARTICIPANT, Role.ORGANIZER}) is Role.ORGANIZER
    assert shown_role(set()) is Role.PARTICIPANT
