"""What becomes of organizations and memberships, one verb each; every one leaves its audit.

Whoever calls has made sure that the actor may (`rules.ensure_in_charge`, or staff).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from server.accounts import audit
from server.accounts.models import Account
from server.core.db import Db
from server.core.errors import NotFound
from server.organizations import mails, queries, rules
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)
from server.organizations.rules import Deed, OrganizationChanged, OrganizationNameTaken


async def found(db: Db, *, name: str, region: str, actor: UUID, now: datetime) -> Organization:
    """Found an organization, which may not host yet and has nobody in it.

    Raises:
        OrganizationNameTaken: another one has the name.
    """
    organization = Organization(name=name, region=region, created_at=now)
    db.add(organization)
    try:
        await db.flush()
    except IntegrityError as error:
        raise OrganizationNameTaken from error
    await _note(db, "founded", organization.id, actor=actor, now=now, name=name)
    return organization


async def edit(
    db: Db, organization_id: UUID, *, name: str, region: str, v: int, actor: UUID, now: datetime
) -> None:
    """Give an organization another name or region. `v`: the version that was edited.

    Raises:
        OrganizationChanged: it is another version by now.
        OrganizationNameTaken: another one has the name.
    """
    before = await queries.by_id(db, organization_id)
    former = {"name": before.name, "region": before.region}
    same = (col(Organization.id) == organization_id, col(Organization.v) == v)
    values = {"name": name, "region": region, "v": v + 1}
    try:
        changed = await db.exec(update(Organization).where(*same).values(**values))
    except IntegrityError as error:
        raise OrganizationNameTaken from error
    if changed.rowcount != 1:
        raise OrganizationChanged
    await _note(db, "edited", organization_id, actor=actor, now=now, before=former, name=name)


async def let_host(
    db: Db, organization_id: UUID, *, may_host: bool, actor: UUID, now: datetime
) -> None:
    """Let an organization's managers create events, or no longer; again changes nothing."""
    organization = await _lock(db, organization_id)
    if organization.may_host == may_host:
        return
    organization.may_host = may_host
    db.add(organization)
    verb = "may_host" if may_host else "may_not_host"
    await _note(db, verb, organization_id, actor=actor, now=now)


async def ask(db: Db, organization_id: UUID, *, account_id: UUID, now: datetime) -> None:
    """Ask to belong to an organization. Asking again changes nothing."""
    await _lock(db, organization_id)
    known = await queries.membership(db, organization_id, account_id)
    state = rules.after_asking(known.state if known else None)
    if known is not None and known.state is state:
        return
    row = known or Membership(account_id=account_id, organization_id=organization_id, asked_at=now)
    if state is MembershipState.ASKED:
        row.role, row.asked_at, row.decided_at, row.decided_by = (
            MembershipRole.MEMBER,
            now,
            None,
            None,
        )
    await _become(db, row, state, verb="asked", actor=account_id, now=now)
    if state is MembershipState.ASKED:
        await mails.tell_managers(db, row, now=now)


async def invite(
    db: Db,
    organization_id: UUID,
    *,
    account_id: UUID,
    role: MembershipRole,
    actor: UUID,
    now: datetime,
) -> MembershipState:
    """Invite an account; who has asked belongs at once. Inviting again renews the invitation.

    Raises:
        AlreadyMember
    """
    await _lock(db, organization_id)
    known = await queries.membership(db, organization_id, account_id)
    state = rules.after_inviting(known.state if known else None)
    row = known or Membership(account_id=account_id, organization_id=organization_id, asked_at=now)
    row.role, row.decided_at, row.decided_by = role, now, actor
    await _become(db, row, state, verb="invited", actor=actor, now=now)
    if state is MembershipState.ACTIVE:
        await mails.tell_person(db, row, now=now)
    return state


async def accept(db: Db, organization_id: UUID, *, account_id: UUID, now: datetime) -> None:
    """Say yes to an invitation; for one who was not invited (any more) nothing changes."""
    await _lock(db, organization_id)
    row = await queries.membership(db, organization_id, account_id)
    if row is not None and row.state is MembershipState.INVITED:
        await _become(db, row, MembershipState.ACTIVE, verb="accepted", actor=account_id, now=now)


async def leave(db: Db, organization_id: UUID, *, account_id: UUID, now: datetime) -> None:
    """Leave an organization, take the wish to join back, or say no to an invitation.

    Raises:
        LastManager: it would have no manager left.
        MembershipChanged: there is nothing to leave.
    """
    await _lock(db, organization_id)
    row = await _membership(db, organization_id, account_id)
    state = rules.after_leaving(row.state)
    await _ensure_manager_stays(db, row)
    await _become(db, row, state, verb="left", actor=account_id, now=now)


async def decide(
    db: Db, organization_id: UUID, *, account_id: UUID, deed: Deed, actor: UUID, now: datetime
) -> None:
    """Do with somebody's membership what those in charge may.

    Raises:
        LastManager: the organization would have no manager left.
        MembershipChanged: it cannot be done (any more).
    """
    await _lock(db, organization_id)
    row = await _membership(db, organization_id, account_id)
    state, role = rules.after_deed(row, deed)
    if (state, role) != (MembershipState.ACTIVE, MembershipRole.MANAGER):
        await _ensure_manager_stays(db, row)
    row.role, row.decided_at, row.decided_by = role, now, actor
    await _become(db, row, state, verb=str(deed), actor=actor, now=now)
    if deed in (Deed.APPROVE, Deed.DECLINE):
        await mails.tell_person(db, row, now=now)


async def _lock(db: Db, organization_id: UUID) -> Organization:
    """Hold an organization's row, so that of two deeds with its members one comes first."""
    row = select(Organization).where(Organization.id == organization_id).with_for_update()
    organization = (await db.exec(row.execution_options(populate_existing=True))).one_or_none()
    if organization is None:
        raise NotFound(organization=organization_id)
    return organization


async def _membership(db: Db, organization_id: UUID, account_id: UUID) -> Membership:
    row = await queries.membership(db, organization_id, account_id)
    if row is None:
        raise NotFound(membership=account_id)
    return row


async def _ensure_manager_stays(db: Db, row: Membership) -> None:
    if rules.manages(row):
        managers = await queries.managers(db, row.organization_id)
        rules.ensure_manager_stays(managers, row.account_id)


async def _become(
    db: Db, row: Membership, state: MembershipState, *, verb: str, actor: UUID, now: datetime
) -> None:
    """The one way in which a membership changes: state and audit together."""
    row.state = state
    db.add(row)
    await db.flush()
    account = await db.get_one(Account, row.account_id)
    who = {"account": str(account.id), "name": account.name, "role": str(row.role)}
    await audit.note(
        db,
        actor=actor,
        verb=f"membership.{verb}",
        object=audit.about("organization", row.organization_id),
        now=now,
        **who,
    )


async def _note(
    db: Db, verb: str, organization_id: UUID, *, actor: UUID, now: datetime, **data: object
) -> None:
    about = audit.about("organization", organization_id)
    await audit.note(db, actor=actor, verb=f"organization.{verb}", object=about, now=now, **data)
