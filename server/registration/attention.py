"""What at an event needs an organizer's hand, the most urgent first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Event, Session
from server.mail import queries as mail_queries
from server.mail.models import OutgoingMail
from server.registration import mails
from server.registration.models import Registration, RegistrationState
from server.registration.people import Person
from server.registration.seats import Seats


class Kind(StrEnum):
    """What is to be looked at, in the order of urgency."""

    ASKED = "asked"
    MAILS = "mails"
    EVENT_FULL = "event_full"
    SESSION_FULL = "session_full"
    UNVERIFIED = "unverified"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: how many it is about, since when, whom or which session."""

    kind: Kind
    count: int
    since: datetime | None = None
    names: tuple[str, ...] = ()
    session: Session | None = None
    who: UUID | None = None  # a registration to open


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mail that did not arrive: to whom, and the registration that it is about."""

    name: str
    registration: UUID | None


async def troubles(db: Db, event: Event, sessions: Sequence[Session]) -> list[Trouble]:
    """The mails of this event that the mail server refused.

    Mails know the id of what they are about, as text: a registration, or a session.
    """
    refused = await mail_queries.troubled(db, list(mails.KINDS))
    subjects = {mail.id: UUID(mail.subject) for mail in refused}
    found = select(Registration.id).where(
        Registration.event_id == event.id, col(Registration.id).in_(set(subjects.values()))
    )
    registrations = set((await db.exec(found)).all())
    ours = registrations | {session.id for session in sessions}
    of_event = [mail for mail in refused if subjects[mail.id] in ours]
    names = await _names(db, of_event)
    return [
        Trouble(
            names.get(mail.account_id, ""),
            subjects[mail.id] if subjects[mail.id] in registrations else None,
        )
        for mail in of_event
    ]


async def _names(db: Db, of: Sequence[OutgoingMail]) -> dict[UUID, str]:
    found = select(Account.id, Account.name).where(
        col(Account.id).in_({mail.account_id for mail in of})
    )
    return dict((await db.exec(found)).all())


def needs(
    people: Sequence[Person],
    sessions: Sequence[Session],
    *,
    seats: Seats,
    session_seats: Mapping[UUID, Seats],
    troubles: Sequence[Trouble],
    now: datetime,
) -> list[Need]:
    """What needs a hand, the most urgent first; sessions that are over need none."""
    asked = [each for each in people if each.state is RegistrationState.ASKED]
    unproven = [each for each in people if each.unverified_until is not None]
    to_come = [each for each in sessions if not each.cancelled_at and each.ends_at > now]
    japanese_only = [each for each in to_come if not each.title.get("en")]
    found = []
    if asked:
        oldest = min(each.changed_at for each in asked)
        found.append(Need(Kind.ASKED, len(asked), since=oldest))
    if troubles:
        names = tuple(dict.fromkeys(each.name for each in troubles))
        who = next((each.registration for each in troubles if each.registration), None)
        found.append(Need(Kind.MAILS, len(troubles), names=names, who=who))
    if seats.full and seats.waiting:
        found.append(Need(Kind.EVENT_FULL, seats.waiting))
    for session in to_come:
        taken = session_seats[session.id]
        if taken.full and taken.waiting:
            found.append(Need(Kind.SESSION_FULL, taken.waiting, session=session))
    if unproven:
        names = tuple(each.name for each in unproven)
        who = unproven[0].registration
        found.append(Need(Kind.UNVERIFIED, len(unproven), names=names, who=who))
    if japanese_only:
        found.append(Need(Kind.ENGLISH, len(japanese_only), session=japanese_only[0]))
    return found
