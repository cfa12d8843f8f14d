"""Untrusted input of the organization pages."""

from typing import Annotated

from pydantic import AfterValidator, Field

from server.accounts.forms import Address, Name
from server.organizations.models import MembershipRole
from server.organizations.rules import Deed
from server.web.forms import Form


def _one_space(text: str) -> str:
    return " ".join(text.split())


OrganizationName = Annotated[
    str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f<>]+$"), AfterValidator(_one_space)
]
Region = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")]


class OrganizationForm(Form):
    """A new organization."""

    name: OrganizationName
    region: Region = ""


class EditForm(OrganizationForm):
    """An organization as it shall be; `v` is the version that was on the page."""

    v: int


class HostForm(Form):
    """Whether an organization may host."""

    may_host: bool = False


class DeedForm(Form):
    """What is done with a member."""

    deed: Deed


class InviteForm(Form):
    """Somebody is invited; the name is for an address that has no account yet."""

    name: Name
    address: Address
    role: MembershipRole = MembershipRole.MEMBER
