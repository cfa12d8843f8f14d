"""Decisions about memberships, without a database."""

import pytest

from server.core import clock
from server.core.ids import new_id
from server.organizations import rules
from server.organizations.models import Membership, MembershipRole, MembershipState
from server.organizations.rules import AlreadyMember, Deed, LastManager, MembershipChanged

pytestmark = pytest.mark.pure

ASKED, INVITED, ACTIVE = MembershipState.ASKED, MembershipState.INVITED, MembershipState.ACTIVE
DECLINED, LEFT = MembershipState.DECLINED, MembershipState.LEFT
MEMBER, MANAGER = MembershipRole.MEMBER, MembershipRole.MANAGER


def membership(state: MembershipState, role: MembershipRole = MEMBER) -> Membership:
    return Membership(
        account_id=new_id(), organization_id=new_id(), state=state, role=role, asked_at=clock.now()
    )


@pytest.mark.parametrize("state", MembershipState)
@pytest.mark.parametrize("role", MembershipRole)
def test_only_an_active_manager_manages(state: MembershipState, role: MembershipRole) -> None:
    expected = (state, role) == (ACTIVE, MANAGER)
    assert rules.manages(membership(state, role)) is expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ASKED),
        (ASKED, ASKED),
        (DECLINED, ASKED),
        (LEFT, ASKED),
        (INVITED, ACTIVE),
        (ACTIVE, ACTIVE),
    ],
)
def test_asking(before: MembershipState | None, after: MembershipState) -> None:
    assert rules.after_asking(before) is after


@pytest.mark.parametrize(
    ("before", "after"), [(None, INVITED), (LEFT, INVITED), (INVITED, INVITED), (ASKED, ACTIVE)]
)
def test_inviting(before: MembershipState | None, after: MembershipState) -> None:
    assert rules.after_inviting(before) is after


def test_who_belongs_cannot_be_invited() -> None:
    with pytest.raises(AlreadyMember):
        rules.after_inviting(ACTIVE)


@pytest.mark.parametrize(
    ("state", "deed", "after"),
    [
        (ASKED, Deed.APPROVE, (ACTIVE, MEMBER)),
        (ASKED, Deed.DECLINE, (DECLINED, MEMBER)),
        (ACTIVE, Deed.MANAGER, (ACTIVE, MANAGER)),
        (ACTIVE, Deed.MEMBER, (ACTIVE, MEMBER)),
        (ACTIVE, Deed.REMOVE, (LEFT, MEMBER)),
        (INVITED, Deed.REMOVE, (LEFT, MEMBER)),
    ],
)
def test_deeds_that_fit(
    state: MembershipState, deed: Deed, after: tuple[MembershipState, MembershipRole]
) -> None:
    assert rules.after_deed(membership(state), deed) == after


@pytest.mark.parametrize(
    ("state", "deed"),
    [
        *((state, Deed.APPROVE) for state in (INVITED, ACTIVE, DECLINED, LEFT)),
        *((state, Deed.DECLINE) for state in (INVITED, ACTIVE, DECLINED, LEFT)),
        *((state, Deed.MANAGER) for state in (ASKED, INVITED, DECLINED, LEFT)),
        *((state, Deed.MEMBER) for state in (ASKED, INVITED, DECLINED, LEFT)),
        *((state, Deed.REMOVE) for state in (ASKED, DECLINED, LEFT)),
    ],
)
def test_deeds_that_come_too_late(state: MembershipState, deed: Deed) -> None:
    with pytest.raises(MembershipChanged):
        rules.after_deed(membership(state), deed)


def test_leaving() -> None:
    assert [rules.after_leaving(state) for state in (ACTIVE, ASKED, INVITED)] == [
        LEFT,
        LEFT,
        DECLINED,
    ]
    for state in (DECLINED, LEFT):
        with pytest.raises(MembershipChanged):
            rules.after_leaving(state)


def test_the_last_manager_stays() -> None:
    one, other = new_id(), new_id()
    with pytest.raises(LastManager):
        rules.ensure_manager_stays({one}, one)
    rules.ensure_manager_stays({one, other}, one)
    rules.ensure_manager_stays({other}, one)
