"""Errors of the domain: what went wrong in its own words, with no HTTP in it."""

from typing import ClassVar


class DomainError(Exception):
    """A rule said no. `code` is stable and is the key of the text shown to the person."""

    code: ClassVar[str] = "domain"

    def __init__(self, **details: object) -> None:
        super().__init__(self.code, details)
        self.details = details


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    code = "not_found"


class Forbidden(DomainError):
    """The person is known and may know the thing, but not do this with it."""

    code = "forbidden"


class Gone(DomainError):
    """The thing was there, and cannot be had any more."""

    code = "gone"


class CannotRun(Exception):
    """A process cannot do its work; the message tells the operator what to do."""
