"""Untrusted input of the pages of wishes: a choice for each name of a list."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from server.core.errors import NotFound
from server.mentoring.wishes.actions import WEIGHTS

WISH: Final = "wish-"  # a choice is named wish-<id of who is wished for>
MOST_FIELDS: Final = 1000


def wanted(raw: Mapping[str, str]) -> dict[UUID, int]:
    """What was chosen for each who was on the page; what is not one of the choices changes nothing.

    Raises:
        NotFound: a name is nobody's.
    """
    choices = {str(weight): weight for weight in WEIGHTS}
    try:
        return {
            UUID(name.removeprefix(WISH)): choices[value]
            for name, value in raw.items()
            if name.startswith(WISH) and value in choices
        }
    except ValueError as error:
        raise NotFound from error
