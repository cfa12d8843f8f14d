"""The one table of who may open what: each route of the application, and whom it is for.

The expectation of every page of the desk comes from `server.events.roles.CAPABILITIES`, so a role
that gains a capability there gains its pages here. A route without an entry fails the test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import uuid4

from server.events.models import Role
from server.events.roles import Capability, can


class Answer(StrEnum):
    """How a request can be answered, as far as permission goes."""

    ALLOWED = "allowed"
    LOGIN = "login"  # one has to log in first
    REFUSED = "refused"  # 403: one may know that it is there
    HIDDEN = "hidden"  # 404


@dataclass(frozen=True)
class Who:
    """A visitor: nobody, a stranger, one with a role in the event or in a foreign one, staff."""

    name: str
    role: Role | None = None  # in the event
    elsewhere: Role | None = None  # in another event
    known: bool = True
    staff: bool = False

    def can(self, capability: Capability) -> bool:
        """Whether the person's role in the event carries the capability."""
        return self.role is not None and can({self.role}, capability)


GUEST: Final = Who("guest", known=False)
VISITORS: Final = (
    GUEST,
    Who("stranger"),
    Who("staff", staff=True),
    *(Who(f"own {role}", role=role) for role in Role),
    *(Who(f"foreign {role}", elsewhere=role) for role in Role),
)

Policy = Callable[[Who], Answer]


def public(who: Who) -> Answer:
    """For everybody."""
    return Answer.ALLOWED


def known(who: Who) -> Answer:
    """For everybody who has logged in."""
    return Answer.ALLOWED if who.known else Answer.LOGIN


def staff(who: Who) -> Answer:
    """For staff; others do not learn that it is there."""
    if not who.known:
        return Answer.LOGIN
    return Answer.ALLOWED if who.staff else Answer.HIDDEN


def desk(capability: Capability) -> Policy:
    """For those whose role in the event carries a capability."""

    def policy(who: Who) -> Answer:
        if not who.known:
            return Answer.LOGIN
        return Answer.ALLOWED if who.can(capability) else Answer.REFUSED

    return policy


def registered(who: Who) -> Answer:
    """For those who have a registration of their own there."""
    if not who.known:
        return Answer.LOGIN
    return Answer.ALLOWED if who.role is Role.PARTICIPANT else Answer.HIDDEN


def mentors(who: Who) -> Answer:
    """For mentors of the event; others do not learn that it is there."""
    if not who.known:
        return Answer.LOGIN
    return Answer.ALLOWED if who.role is Role.MENTOR else Answer.HIDDEN


def managers(who: Who) -> Answer:
    """For managers of the organization (the own organizer is one), and staff."""
    if not who.known:
        return Answer.LOGIN
    manages = who.role is Role.ORGANIZER or who.staff
    return Answer.ALLOWED if manages else Answer.REFUSED


def not_ones_own(who: Who) -> Answer:
    """About something that belongs to somebody else, whoever asks."""
    return Answer.HIDDEN if who.known else Answer.LOGIN


def not_ones_own_note(who: Who) -> Answer:
    """About a visit that is somebody else's, whoever asks."""
    return Answer.REFUSED if who.known else Answer.LOGIN


def _only_about_something(policy: Policy) -> Policy:
    """For those whom the policy allows; what they ask about is not there."""

    def answer(who: Who) -> Answer:
        found = policy(who)
        return Answer.HIDDEN if found is Answer.ALLOWED else found

    return answer


def in_no_room(who: Who) -> Answer:
    """About a room of a round, none being named: there is nothing for whoever may enter rooms."""
    if not who.known:
        return Answer.LOGIN
    return Answer.HIDDEN if who.can(Capability.ROOM_JOIN) else Answer.REFUSED


def anothers_visit(who: Who) -> Answer:
    """About a visit that is not one's own, whoever asks."""
    return Answer.REFUSED if who.known else Answer.LOGIN


def nobody(who: Who) -> Answer:
    """For programs that sign what they send."""
    return Answer.REFUSED


def of_draft(route: str, published: Answer) -> Answer:
    """What becomes of an answer about an event that is not published yet: only those who work on
    it learn that it is there.
    """
    if published is Answer.LOGIN or "{slug}" not in route:
        return published
    if route.startswith("/manage/"):
        return Answer.HIDDEN if published is Answer.REFUSED else published
    return Answer.HIDDEN


@dataclass(frozen=True)
class Entry:
    """Whom a route is for, and what else a request needs to get as far as that question.

    A field's value that names one of `World.ids` stands for it.
    """

    policy: Policy
    fields: dict[str, str] = field(default_factory=dict)
    json: dict[str, str] | None = None


_EDIT: Final = desk(Capability.EVENT_EDIT)
_READ: Final = desk(Capability.PEOPLE_READ)
_ACT: Final = desk(Capability.PEOPLE_EDIT)
_EXPORT: Final = desk(Capability.RECORDS_EXPORT)
_JOIN: Final = desk(Capability.ROOM_JOIN)
_PLAN: Final = desk(Capability.PLAN_EDIT)

_RUN: Final = desk(Capability.ROUND_RUN)
_WRITE: Final = desk(Capability.NOTE_WRITE)
_NOBODYS: Final = {name: str(uuid4()) for name in ("call", "person", "slot", "team", "mentor")}

ROUTES: Final[dict[tuple[str, str], Entry]] = {
    ("GET", "/healthz"): Entry(public),
    ("GET", "/readyz"): Entry(public),
    ("GET", "/"): Entry(public),
    ("GET", "/licences"): Entry(public),
    ("GET", "/styleguide"): Entry(public),
    ("POST", "/preferences"): Entry(public),
    ("GET", "/e/{slug}"): Entry(public),
    ("GET", "/e/{slug}/schedule"): Entry(public),
    ("GET", "/e/{slug}/calendar.ics"): Entry(public),
    ("GET", "/e/{slug}/s/{number:int}"): Entry(public),
    ("GET", "/login"): Entry(public),
    ("POST", "/login"): Entry(public),
    ("POST", "/logout"): Entry(public),
    ("GET", "/link/{token}"): Entry(public),
    ("POST", "/link/{token}"): Entry(public),
    ("POST", "/hooks/media"): Entry(nobody),
    ("GET", "/signup"): Entry(public),
    ("GET", "/invitation/{token}"): Entry(public),
    ("POST", "/invitation/{token}"): Entry(public),
    ("GET", "/me"): Entry(known),
    ("GET", "/me/account"): Entry(known),
    ("POST", "/me/account"): Entry(known),
    ("POST", "/me/password"): Entry(known),
    ("GET", "/me/logins"): Entry(known),
    ("POST", "/me/logins/end"): Entry(known),
    ("POST", "/me/logins/{id:uuid}/end"): Entry(not_ones_own),
    ("GET", "/organizations"): Entry(known),
    ("POST", "/organizations/{id:uuid}/ask"): Entry(known),
    ("POST", "/organizations/{id:uuid}/accept"): Entry(known),
    ("POST", "/organizations/{id:uuid}/leave"): Entry(known),
    ("GET", "/organizations/{id:uuid}"): Entry(managers),
    ("POST", "/organizations/{id:uuid}/invite"): Entry(managers),
    ("POST", "/organizations/{id:uuid}/members/{account:uuid}"): Entry(managers),
    ("GET", "/e/{slug}/register"): Entry(public),
    ("POST", "/e/{slug}/register"): Entry(public),
    ("POST", "/e/{slug}/register/cancel"): Entry(registered),
    ("POST", "/e/{slug}/s/{number:int}/seat/cancel"): Entry(registered),
    ("GET", "/e/{slug}/team"): Entry(public),
    ("POST", "/e/{slug}/team"): Entry(known),
    ("POST", "/e/{slug}/team/begin"): Entry(public),
    ("GET", "/e/{slug}/team/check"): Entry(known),
    ("POST", "/e/{slug}/team/register"): Entry(known),
    ("GET", "/e/{slug}/team/{number:int}"): Entry(not_ones_own),
    ("POST", "/e/{slug}/team/{number:int}/substitute"): Entry(
        not_ones_own, fields={"seat": "2", "name": "代わり"}
    ),
    **{
        ("POST", f"/e/{{slug}}/team/{{number:int}}/{act}"): Entry(
            not_ones_own, fields={"seat": "1"}
        )
        for act in ("invite", "lead", "paper", "vacate")
    },
    ("GET", "/seat/{token}"): Entry(public),
    ("POST", "/seat/{token}"): Entry(public),
    ("GET", "/mentoring/{token}"): Entry(public),
    ("POST", "/mentoring/{token}"): Entry(public),
    ("GET", "/e/{slug}/mentors"): Entry(public),
    ("GET", "/e/{slug}/mentor/profile"): Entry(mentors),
    ("POST", "/e/{slug}/mentor/profile"): Entry(mentors),
    ("POST", "/e/{slug}/mentor/apart"): Entry(mentors),
    ("POST", "/e/{slug}/mentor/meet"): Entry(mentors),
    ("GET", "/e/{slug}/mentor/availability"): Entry(mentors),
    ("POST", "/e/{slug}/mentor/availability"): Entry(mentors),
    ("GET", "/e/{slug}/mentor/wishes"): Entry(mentors),
    ("POST", "/e/{slug}/mentor/wishes"): Entry(mentors),
    ("GET", "/e/{slug}/team/{number:int}/wishes"): Entry(not_ones_own),
    ("POST", "/e/{slug}/team/{number:int}/wishes"): Entry(not_ones_own),
    ("GET", "/e/{slug}/s/{number:int}/room"): Entry(_JOIN),
    ("POST", "/e/{slug}/s/{number:int}/room/token"): Entry(
        _JOIN, json={"connection": str(uuid4())}
    ),
    ("GET", "/manage"): Entry(known),
    ("GET", "/manage/new"): Entry(known),
    ("POST", "/manage/new"): Entry(known),
    ("GET", "/manage/{slug}/"): Entry(_READ),
    ("GET", "/manage/{slug}/people"): Entry(_READ),
    ("GET", "/manage/{slug}/people.csv"): Entry(_EXPORT),
    **{
        ("POST", f"/manage/{{slug}}/people/{act}"): Entry(_ACT)
        for act in ("add", "approve", "cancel", "move", "promote", "restore", "unapprove")
    },
    ("POST", "/manage/{slug}/people/roles"): Entry(_ACT, fields={"registration": "{registration}"}),
    ("GET", "/manage/{slug}/sessions"): Entry(_EDIT),
    ("POST", "/manage/{slug}/sessions"): Entry(_EDIT),
    ("POST", "/manage/{slug}/discard"): Entry(_EDIT),
    ("POST", "/manage/{slug}/publish"): Entry(_EDIT),
    ("GET", "/manage/{slug}/preview"): Entry(_EDIT),
    ("GET", "/manage/{slug}/duplicate"): Entry(_EDIT),
    ("POST", "/manage/{slug}/duplicate"): Entry(
        _EDIT, fields={"slug": "another-one", "day": "2099-01-01"}
    ),
    ("GET", "/manage/{slug}/teams"): Entry(_READ),
    ("POST", "/manage/{slug}/teams"): Entry(_EDIT),
    ("GET", "/manage/{slug}/teams/{number:int}"): Entry(_READ),
    ("POST", "/manage/{slug}/teams/{number:int}"): Entry(_ACT),
    **{
        ("POST", f"/manage/{{slug}}/teams/{{number:int}}/{act}"): Entry(
            _ACT, fields={"seat": "2", "name": "代わり"}
        )
        for act in ("apart", "cancel", "invite", "lead", "meet", "paper", "substitute", "vacate")
    },
    ("GET", "/manage/{slug}/questions"): Entry(_EDIT),
    ("POST", "/manage/{slug}/questions"): Entry(_EDIT),
    ("POST", "/manage/{slug}/questions/{number:int}"): Entry(_EDIT),
    ("POST", "/manage/{slug}/questions/{number:int}/deed"): Entry(_EDIT),
    ("GET", "/manage/{slug}/mentors"): Entry(_READ),
    ("POST", "/manage/{slug}/mentors"): Entry(_ACT),
    ("GET", "/manage/{slug}/mentors/{id:uuid}"): Entry(_READ),
    ("POST", "/manage/{slug}/mentors/{id:uuid}"): Entry(_ACT),
    **{
        ("POST", f"/manage/{{slug}}/mentors/{{id:uuid}}/{act}"): Entry(_ACT)
        for act in ("again", "apart", "meet", "out")
    },
    ("POST", "/manage/{slug}/mentors/{id:uuid}/away"): Entry(_PLAN),
    ("POST", "/manage/{slug}/mentors/{id:uuid}/back"): Entry(_PLAN),
    ("POST", "/e/{slug}/s/{number:int}/room/back"): Entry(_JOIN, json={"connection": str(uuid4())}),
    ("POST", "/e/{slug}/s/{number:int}/room/choose"): Entry(_JOIN, json={"number": "1"}),
    ("GET", "/e/{slug}/s/{number:int}/room/visits"): Entry(_JOIN),
    ("GET", "/e/{slug}/s/{number:int}/room/help"): Entry(_JOIN),
    ("POST", "/e/{slug}/s/{number:int}/room/help"): Entry(_JOIN, json={"words": ""}),
    ("POST", "/e/{slug}/s/{number:int}/room/help/over"): Entry(_JOIN, json={}),
    ("GET", "/e/{slug}/s/{number:int}/room/note"): Entry(in_no_room),
    ("POST", "/e/{slug}/s/{number:int}/room/note"): Entry(in_no_room, json={"body": "", "v": "0"}),
    **{
        (verb, "/e/{slug}/s/{number:int}/room/visits/{assignment:uuid}/note"): Entry(
            anothers_visit, json={"body": "", "v": "0", "readers": "mentors"}
        )
        for verb in ("GET", "POST")
    },
    ("GET", "/manage/{slug}/visits"): Entry(_READ),
    ("GET", "/manage/{slug}/visits.csv"): Entry(_EXPORT),
    ("GET", "/manage/{slug}/minutes.csv"): Entry(_EXPORT),
    ("GET", "/manage/{slug}/notes"): Entry(desk(Capability.NOTE_READ)),
    ("GET", "/manage/{slug}/attendance"): Entry(_READ),
    ("GET", "/manage/{slug}/attendance.csv"): Entry(_EXPORT),
    ("GET", "/manage/{slug}/board"): Entry(_RUN),
    ("GET", "/manage/{slug}/board/{number:int}"): Entry(_RUN),
    **{
        ("POST", f"/manage/{{slug}}/board/{{number:int}}/{verb}"): Entry(_RUN)
        for verb in ("back", "extend", "leave", "open", "reopen", "stop", "tell")
    },
    **{
        ("POST", f"/manage/{{slug}}/board/{{number:int}}/{verb}"): Entry(
            _only_about_something(_RUN), fields=_NOBODYS
        )
        for verb in ("close", "mend", "replace", "take", "visit")
    },
    ("POST", "/manage/{slug}/board/{number:int}/move"): Entry(
        _RUN, fields={"person": str(uuid4()), "to": "main"}
    ),
    ("GET", "/e/{slug}/mentor"): Entry(_WRITE),
    ("POST", "/e/{slug}/mentor/coming"): Entry(_WRITE),
    ("POST", "/e/{slug}/mentor/late"): Entry(_WRITE, fields={"minutes": "5"}),
    ("GET", "/e/{slug}/mentor/notes/{assignment:uuid}"): Entry(not_ones_own_note),
    ("POST", "/e/{slug}/mentor/notes/{assignment:uuid}"): Entry(not_ones_own_note),
    ("GET", "/manage/{slug}/rounds"): Entry(_PLAN),
    ("POST", "/manage/{slug}/rounds"): Entry(_PLAN),
    ("POST", "/manage/{slug}/rounds/{number:int}"): Entry(_PLAN),
    ("POST", "/manage/{slug}/rounds/{number:int}/remove"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans"): Entry(_PLAN),
    ("POST", "/manage/{slug}/plans"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans/{number:int}"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans/{number:int}.csv"): Entry(_EXPORT),
    ("GET", "/manage/{slug}/plans/{number:int}/difference"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans/{number:int}/sheet"): Entry(_PLAN),
    **{
        ("POST", f"/manage/{{slug}}/plans/{{number:int}}/{act}"): Entry(_PLAN)
        for act in ("discard", "fill", "lock", "publish", "sheet", "sheet/take", "undo", "visit")
    },
    ("GET", "/manage/{slug}/plans/{number:int}/assignment"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans/{number:int}/assignment/search"): Entry(_PLAN),
    ("GET", "/manage/{slug}/plans/{number:int}/fairness"): Entry(_PLAN),
    **{
        ("POST", f"/manage/{{slug}}/plans/{{number:int}}/assignment/{act}"): Entry(_PLAN)
        for act in ("cancel", "exchange", "lock", "solve", "take", "undo", "weigh")
    },
    ("GET", "/staff/"): Entry(staff),
    ("GET", "/staff/accounts"): Entry(staff),
    ("GET", "/staff/accounts/{id:uuid}"): Entry(staff),
    ("POST", "/staff/accounts/{id:uuid}/logins/end"): Entry(staff),
    ("POST", "/staff/accounts/{id:uuid}/staff"): Entry(staff),
    ("GET", "/staff/organizations"): Entry(staff),
    ("POST", "/staff/organizations"): Entry(staff),
    ("GET", "/staff/organizations/{id:uuid}"): Entry(staff),
    ("POST", "/staff/organizations/{id:uuid}"): Entry(staff),
    ("POST", "/staff/organizations/{id:uuid}/host"): Entry(staff),
    ("POST", "/staff/organizations/{id:uuid}/invite"): Entry(staff),
    ("POST", "/staff/organizations/{id:uuid}/members/{account:uuid}"): Entry(staff),
    ("GET", "/staff/mails"): Entry(staff),
    ("POST", "/staff/mails/{id:uuid}"): Entry(staff),
    ("POST", "/staff/mails/{id:uuid}/again"): Entry(staff),
}
