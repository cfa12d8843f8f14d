"""Untrusted input of the pages of teams, questions and mentors."""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from server.accounts.forms import Address, Name, Reading
from server.mentoring.models import QuestionKind
from server.web.forms import Form

Line = Annotated[str, Field(max_length=120)]
Lines = Annotated[str, Field(max_length=4000)]
Passage = Annotated[str, Field(max_length=2000)]
MOST_TEAM: Final = 9  # seats that a plan can show
MOST_TEAMS: Final = 99  # of one mentor
Capacity = Annotated[int, Field(ge=1, le=MOST_TEAMS)]


class BeginForm(Form):
    """A newcomer who wants to register a team."""

    name: Name
    reading: Reading = ""
    address: Address


class SeatForm(Form):
    """Somebody sits down by a mailed link; who is known already is not asked for the name."""

    name: Name = ""
    reading: Reading = ""


class PaperForm(Form):
    """Somebody with a printed link says where mail can be sent to."""

    name: Name
    reading: Reading = ""
    address: Address


class SubstituteForm(Form):
    """Somebody is to have a seat; without an address one is invited on paper."""

    seat: Annotated[int, Field(ge=1, le=99)]
    name: Name
    reading: Reading = ""
    address: Address | None = None


class OfSeatForm(Form):
    """Something is to be done with a seat."""

    seat: Annotated[int, Field(ge=1, le=99)]


class TeamForm(Form):
    """An organizer corrects what a team says of itself."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    about: Annotated[str, Field(max_length=80)] = ""
    region: Annotated[str, Field(max_length=80)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    topic: Annotated[int, Field(ge=1, le=999)] | None = None
    organization: Line = ""
    keep_mentor: bool = False


class CancelForm(Form):
    """A team is cancelled, for a reason that is kept."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class TrainingForm(Form):
    """Whether an event works with teams, and how many sit down for one."""

    teams: bool
    team_most: Annotated[int, Field(ge=1, le=MOST_TEAM)] = 5


class QuestionForm(Form):
    """A question as an organizer writes it; one of the two languages is enough."""

    text_ja: Line = ""
    text_en: Line = ""
    hint_ja: Annotated[str, Field(max_length=300)] = ""
    hint_en: Annotated[str, Field(max_length=300)] = ""
    options_ja: Lines = ""
    options_en: Lines = ""
    required: bool = False


class AddQuestionForm(QuestionForm):
    """One more question."""

    kind: QuestionKind


class WriteQuestionForm(QuestionForm):
    """A question is written anew. `v`: the version that was read."""

    v: int


class QuestionDeed(StrEnum):
    """What can be done with a question beside writing it."""

    RETIRE = "retire"
    ASK = "ask"
    UP = "up"
    DOWN = "down"


class QuestionDeedForm(Form):
    """Something is to be done with a question."""

    deed: QuestionDeed


class InviteMentorForm(Form):
    """An organizer invites a mentor."""

    name: Name
    reading: Reading = ""
    address: Address
    capacity: Capacity = 9


class MentorForm(Form):
    """How many teams a mentor takes."""

    capacity: Capacity


class ApartForm(Form):
    """A mentor and a team, or an organization, that must not meet; as names."""

    team: Line = ""
    organization: Line = ""


class LetMeetForm(Form):
    """A conflict is taken back."""

    conflict: UUID


class AnswerForm(Form):
    """A mentor answers an invitation; who is known already is not asked for the name."""

    answer: Annotated[str, Field(pattern="^(yes|no)$")]
    name: Name = ""
    reading: Reading = ""


class ProfileForm(Form):
    """What a mentor says of the own work. Boxes of topics and languages stand beside it."""

    title_ja: Line = ""
    title_en: Line = ""
    introduction_ja: Passage = ""
    introduction_en: Passage = ""
    experience_ja: Passage = ""
    experience_en: Passage = ""
    regions: Annotated[str, Field(max_length=400)] = ""
    organization: Line = ""
    capacity: Capacity = 9


def both(ja: str, en: str) -> dict[str, str]:
    """A text in the languages there are."""
    return {locale: text for locale, text in (("ja", ja), ("en", en)) if text}
