"""What became of an organizer's request: told once on the page that follows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from server.core.db import Db
from server.registration import idempotency, rules
from server.registration.models import Registration, RegistrationState


class Verb(StrEnum):
    """What an organizer does with registrations."""

    APPROVE = "approve"
    UNAPPROVE = "unapprove"
    PROMOTE = "promote"
    CANCEL = "cancel"
    RESTORE = "restore"
    ADD = "add"
    ROLES = "roles"
    MOVE = "move"


UNDONE_BY = {Verb.APPROVE: Verb.UNAPPROVE, Verb.CANCEL: Verb.RESTORE}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whose registration was left as it was, and why: the code of the error."""

    participation: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request's result: the registrations that changed, and those that did not."""

    verb: Verb
    at: datetime
    done: tuple[UUID, ...]
    participations: tuple[UUID, ...]
    waiting: int  # of those done, how many are on the waitlist now
    refused: tuple[Refusal, ...]

    def undo(self, now: datetime) -> Verb | None:
        """The verb that takes it back, while no mail has gone out."""
        fresh = now - self.at < rules.UNDO_WITHIN - timedelta(seconds=1)
        return UNDONE_BY.get(self.verb) if self.done and fresh else None

    @classmethod
    def of(cls, answers: Sequence[Mapping[str, Any]]) -> Self | None:
        """The result of the answers that the steps of a request got."""
        if not answers:
            return None
        done = [each for each in answers if not each["refused"]]
        return cls(
            verb=Verb(answers[0]["verb"]),
            at=datetime.fromisoformat(answers[-1]["at"]),
            done=tuple(UUID(each["registration"]) for each in done),
            participations=tuple(UUID(each["participation"]) for each in done),
            waiting=sum(each["state"] == RegistrationState.WAITING for each in done),
            refused=tuple(
                Refusal(UUID(each["participation"]), each["refused"])
                for each in answers
                if each["refused"]
            ),
        )


def told(key: str, verb: Verb) -> str:
    """The name under which a request's result is found again."""
    return f"{key}:{verb}"


def step(key: str, verb: Verb, registration: Registration) -> str:
    """The key under which one registration's answer is kept."""
    return f"{told(key, verb)}:{registration.id}"


async def remember(
    db: Db,
    key: str,
    verb: Verb,
    registration: Registration,
    *,
    actor: UUID,
    now: datetime,
    refused: str = "",
) -> None:
    """Keep the answer with the change itself, so that a second sending changes nothing."""
    result = {
        "verb": verb,
        "registration": str(registration.id),
        "participation": str(registration.participation_id),
        "state": registration.state,
        "at": now.isoformat(),
        "refused": refused,
    }
    await idempotency.remember(
        db, account_id=actor, key=step(key, verb, registration), result=result, now=now
    )
