"""Untrusted input of the account pages."""

import re
from enum import StrEnum
from typing import Annotated, Final, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from server.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from server.web.forms import Form
from server.web.visitor import HOME

_ADDRESS: Final = re.compile(r"[^\s@\x00-\x1f<>,;:\"]{1,64}@[^\s@\x00-\x1f<>,;:\"]+\.[^\s@.]{2,63}")


def _mail_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise PydanticCustomError("mail_address", "not a mail address")
    return text


Address = Annotated[str, Field(max_length=254), AfterValidator(_mail_address)]
Name = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]+$")]


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise PydanticCustomError("enum", "not a zone")
    return text


Reading = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f<>]*$")]
Zone = Annotated[str, AfterValidator(_zone)]


class Way(StrEnum):
    """How somebody logs in."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - a way to log in, no password


class LoginForm(Form):
    """Login by a mailed link or by password."""

    address: Address
    way: Way = Way.PASSWORD
    password: Annotated[str, Field(max_length=MAX_LENGTH)] = ""
    next: Annotated[str, Field(max_length=500)] = HOME


class FirstStaffForm(Form):
    """The first staff account of a new installation."""

    name: Name
    address: Address
    password: Annotated[str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)]


class StaffForm(Form):
    """Whether an account is one of staff."""

    is_staff: bool


class OwnForm(Form):
    """How one is called, and how pages and mails speak to one."""

    name: Name
    reading: Reading = ""
    roman: Reading = ""
    locale: Literal["ja", "en"]
    zone: Zone


class PasswordForm(Form):
    """Another password; the present one where it is asked for."""

    present: Annotated[str, Field(max_length=MAX_LENGTH)] = ""
    password: Annotated[str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)]
