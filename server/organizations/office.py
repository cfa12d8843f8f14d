"""What staff and managers do alike with the people of an organization."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from server.accounts import actions as accounts
from server.accounts import queries as account_queries
from server.accounts.entering import slow_down, slow_down_person
from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.organizations import actions, mails, queries, rules
from server.organizations.forms import DeedForm, InviteForm
from server.organizations.models import MembershipState, Organization
from server.organizations.queries import Member
from server.organizations.rules import AlreadyMember, LastManager, MembershipChanged
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Office:
    """An organization and its people."""

    organization: Organization
    waiting: list[Member]
    people: list[Member]  # who belongs, and who is invited


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a deed was not done, for the page on which it was asked for."""

    sentence: str
    status: int


async def read(db: Db, organization_id: UUID) -> Office:
    """An organization with who belongs, is invited or waits.

    Raises:
        NotFound
    """
    organization = await queries.by_id(db, organization_id)
    members = await queries.members(db, organization_id)
    asked = MembershipState.ASKED
    return Office(
        organization,
        [member for member in members if member.membership.state is asked],
        [member for member in members if member.membership.state is not asked],
    )


async def ensure_in_charge(db: Db, organization_id: UUID, who: Visitor) -> None:
    """Raise unless the visitor may decide for the organization.

    Raises:
        NotFound: there is no such organization.
        NotManager
    """
    assert who.account_id
    await queries.by_id(db, organization_id)
    own = await queries.membership(db, organization_id, who.account_id)
    rules.ensure_in_charge(own, is_staff=who.is_staff)


async def decide(request: Request, who: Visitor) -> Problem | None:
    """Do what the form says with the member whom the address names.

    Raises:
        NotFound, NotManager
    """
    form = await bind(request, DeedForm)
    organization_id, now = request.path_params["id"], clock.now()
    assert who.account_id
    try:
        if form.values is None:
            raise MembershipChanged
        async with services(request).database.writing() as db:
            await ensure_in_charge(db, organization_id, who)
            await actions.decide(
                db,
                organization_id,
                account_id=request.path_params["account"],
                deed=form.values.deed,
                actor=who.account_id,
                now=now,
            )
    except (LastManager, MembershipChanged) as error:
        return Problem(text_of(error, who.locale), status_of(error))
    return None


async def invite(request: Request, who: Visitor) -> tuple[Bound[InviteForm], int]:
    """Invite whom the form names by mail; the form with what is wrong in it, and its status.

    Raises:
        NotFound, NotManager
    """
    form = await bind(request, InviteForm)
    if form.values is None:
        return form, 422
    organization_id = request.path_params["id"]
    async with services(request).database.reading() as db:
        await ensure_in_charge(db, organization_id, who)
    try:
        await slow_down_person(request, "invitation")
        await slow_down(request, "invitation", account_queries.canonical(form.values.address))
        await _invite(request, who, form.values)
    except (AlreadyMember, TooMany) as error:
        return _again(form, error, who), status_of(error)
    return form, 200


def _again(form: Bound[InviteForm], error: DomainError, who: Visitor) -> Bound[InviteForm]:
    return Bound(None, {"address": text_of(error, who.locale)}, form.raw)


async def _invite(request: Request, who: Visitor, form: InviteForm) -> None:
    organization_id, now = request.path_params["id"], clock.now()
    assert who.account_id
    async with services(request).database.writing() as db:
        await ensure_in_charge(db, organization_id, who)
        account, _fresh = await accounts.account_for(
            db,
            address=form.address,
            name=form.name,
            reading="",
            locale=who.locale,
            zone=who.zone,
            now=now,
        )
        state = await actions.invite(
            db,
            organization_id,
            account_id=account.id,
            role=form.role,
            actor=who.account_id,
            now=now,
        )
        if state is MembershipState.INVITED:
            await mails.order(db, organization_id, account_id=account.id, now=now)
