"""Untrusted input of the registration pages."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from server.accounts.forms import Address, Name
from server.web.forms import Form

Words = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(max_length=300)]
Key = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f-]*$")]

SEAT: str = "seat-"  # a box is named seat-<number of the session>


class RegisterForm(Form):
    """Somebody who is logged in takes a place. Boxes of sessions stand beside it."""

    words: Words = ""
    key: Key = ""


class NewcomerForm(RegisterForm):
    """Somebody who is not logged in: the address decides whose place it is."""

    name: Name
    reading: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")] = ""
    address: Address


class CancelForm(Form):
    """A place is given back."""

    reason: Reason = ""


class DeskForm(Form):
    """An organizer acts on registrations. `view` is the query of the list to go back to."""

    reason: Reason = ""
    key: Key = ""
    view: Annotated[str, Field(max_length=500)] = ""


class AddForm(DeskForm):
    """An organizer registers somebody."""

    name: Name
    reading: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")] = ""
    address: Address


class RolesForm(DeskForm):
    """An organizer gives and takes roles. Their boxes stand beside it."""

    registration: UUID


class MoveForm(DeskForm):
    """An organizer moves somebody to another session, for a reason."""

    registration: UUID
    session: Annotated[int, Field(ge=1, le=9999)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]


def chosen_sessions(raw: dict[str, str]) -> set[int]:
    """The numbers of the sessions whose boxes are ticked."""
    numbers = (name.removeprefix(SEAT) for name in raw if name.startswith(SEAT))
    return {int(number) for number in numbers if number.isascii() and number.isdecimal()}
