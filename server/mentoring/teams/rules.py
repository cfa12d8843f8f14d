"""Pure decisions about teams: who may do what with a seat, and what stands against it."""

from server.core.errors import DomainError, Forbidden
from server.mentoring.models import Team, TeamMember, TeamState


class NotLead(Forbidden):
    """Only who speaks for the team changes who sits down for it."""

    code = "not_lead"


class TeamNotReady(DomainError):
    """The draft cannot be registered as it is."""

    code = "team_not_ready"


class TeamChanged(DomainError):
    """The team, or the seat, is not what the page showed any more."""

    code = "team_changed"


class TeamFull(DomainError):
    """All seats of the team are taken."""

    code = "team_full"


class AlreadyInTeam(DomainError):
    """The person sits down for a team of this event already."""

    code = "already_in_team"


class LeadStays(DomainError):
    """Somebody else has to speak for the team before its lead can leave the seat."""

    code = "lead_stays"


class TeamsThere(DomainError):
    """Teams are registered, so the event goes on working with teams."""

    code = "teams_there"


def ensure_registered(team: Team) -> None:
    """Raise unless the team takes part.

    Raises:
        TeamChanged
    """
    if team.state is not TeamState.REGISTERED:
        raise TeamChanged


def ensure_leaves(member: TeamMember) -> None:
    """Raise unless somebody else can have this person's seat.

    Raises:
        TeamChanged: another has it already.
        LeadStays
    """
    if member.until is not None:
        raise TeamChanged
    if member.is_lead:
        raise LeadStays


def ensure_can_lead(member: TeamMember) -> None:
    """Raise unless this person can speak for the team: who has confirmed, and sits there.

    Raises:
        TeamChanged
    """
    if member.until is not None or member.account_id is None:
        raise TeamChanged


def waits(member: TeamMember) -> bool:
    """Whether a seat waits for its person's yes."""
    return member.until is None and member.account_id is None
