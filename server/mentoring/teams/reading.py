"""From the draft of a team to what can be registered, or to what is wrong beside which field."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from server.accounts.forms import Address, Name, Reading
from server.accounts.queries import canonical
from server.core.i18n import N_
from server.events.draft import Draft
from server.events.models import Topic
from server.events.reading import MISSING, NOT_IN_LIST, TOO_LONG, Wrong
from server.mentoring.models import Question, QuestionKind
from server.mentoring.teams.draft import MOST_AVOIDED, seats
from server.registration.search import folded

NOT_A_PHONE: Final = N_("10けたか11けたで書いてください（いま{count}けた）。")
NOT_AN_ADDRESS: Final = N_("メールアドレスの形になっていません。「@」の前後をお確かめください。")
SAME_ADDRESS: Final = N_("同じメールアドレスの人が、もう席についています。")
BAD_LETTERS: Final = N_("使えない文字が入っています。")
TOO_MANY: Final = N_("一つの団体につき、{most}人までです。")
NO_SUCH_MENTOR: Final = N_("この名前のメンターは、見つかりません。一覧から選んでください。")
LONGEST: Final = 80
LONGEST_ANSWER: Final = 2000
DIGITS: Final = range(10, 12)
DIGITS_ABROAD: Final = range(8, 16)  # ITU-T E.164

_ADDRESS: Final = TypeAdapter[str](Address)
_NAME: Final = TypeAdapter[str](Name)
_READING: Final = TypeAdapter[str](Reading)


class Part(StrEnum):
    """The four parts of the page, in their order."""

    ORGANIZATION = "organization"
    PEOPLE = "people"
    QUESTIONS = "questions"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a draft is read by: the training's questions and bounds, and what can be chosen."""

    most: int
    lead_address: str
    questions: Sequence[Question] = ()
    topics: Sequence[Topic] = ()
    organizations: Mapping[UUID, str] = field(default_factory=dict)  # the lead's own
    mentors: Mapping[UUID, str] = field(default_factory=dict)  # names of those who are public


class Seated(NamedTuple):
    """Somebody on a seat; `address` may be empty."""

    number: int
    name: str
    reading: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A team that can be registered. The first of the people is the lead."""

    name: str
    about: str
    region: str
    phone: str
    organization_id: UUID | None
    topic_id: UUID | None
    people: list[Seated]
    answers: dict[UUID, str]
    avoided: list[UUID]


class Outcome(NamedTuple):
    """A team, or (None) what is wrong, by the names of the fields in the order of the page."""

    wanted: Wanted | None
    wrong: dict[str, Wrong]

    def left(self, part: Part, choices: Choices) -> bool:
        """Whether something is left to do in a part."""
        return any(part_of(name, choices) is part for name in self.wrong)


def read(draft: Draft, choices: Choices) -> Outcome:
    """The team of a draft."""
    reader = _Reader(draft, choices)
    wanted = reader.wanted()
    return Outcome(None if reader.wrong else wanted, reader.wrong)


def part_of(name: str, choices: Choices) -> Part:
    """The part of the page that a field stands in."""
    if name in ("name", "about", "region", "organization"):
        return Part.ORGANIZATION
    if name == "phone" or name.startswith("m"):
        return Part.PEOPLE
    consents = {
        f"q{each.number}" for each in choices.questions if each.kind is QuestionKind.CONSENT
    }
    return Part.CONSENT if name in consents else Part.QUESTIONS


class _Reader:
    """Reads a draft field by field and notes what is wrong; whatever it returns then is unused."""

    def __init__(self, draft: Draft, choices: Choices) -> None:
        self.draft = draft
        self.choices = choices
        self.wrong: dict[str, Wrong] = {}

    def wanted(self) -> Wanted:
        name, about = self._text("name"), self._text("about", needed=False)
        region = self._text("region", needed=False)
        organization_id = self._chosen("organization", self.choices.organizations)
        people = self._people()
        phone = self._phone()
        topic_id = self._topic()
        asked = [each for each in self.choices.questions if each.kind is not QuestionKind.CONSENT]
        consents = [each for each in self.choices.questions if each.kind is QuestionKind.CONSENT]
        answers = self._answers(asked)
        avoided = self._avoided()
        return Wanted(
            name=name,
            about=about,
            region=region,
            phone=phone,
            organization_id=organization_id,
            topic_id=topic_id,
            people=people,
            answers=answers | self._answers(consents),
            avoided=avoided,
        )

    def _people(self) -> list[Seated]:
        found, known = [], {canonical(self.choices.lead_address)}
        for number in seats(self.draft):
            row = f"m{number}-"
            empty = not any(self.draft.get(row + fact) for fact in ("name", "reading", "address"))
            if number > 1 and empty:  # a seat that nobody was written down for is no seat
                continue
            address = self.choices.lead_address
            name = self._typed(row + "name", _NAME)
            reading = self._typed(row + "reading", _READING, needed=False)
            if number > 1:
                address = canonical(self._address(row + "address"))
                if address and address in known:
                    self._note(row + "address", SAME_ADDRESS)
                known.add(address)
            found.append(Seated(number, name, reading, address))
            if len(found) > self.choices.most:
                self._note(row + "name", TOO_MANY, most=self.choices.most)
        return found

    def _phone(self) -> str:
        text = unicodedata.normalize("NFKC", self._text("phone"))
        digits = "".join(each for each in text if each.isascii() and each.isdecimal())
        bounds = DIGITS_ABROAD if text.startswith("+") else DIGITS
        if text and len(digits) not in bounds:
            self._note("phone", NOT_A_PHONE, count=len(digits))
        return text

    def _topic(self) -> UUID | None:
        if not self.choices.topics:
            return None
        known = {str(topic.number): topic.id for topic in self.choices.topics}
        text = self.draft.get("topic", "")
        if not text:
            self._note("topic", MISSING)
        elif text not in known:
            self._note("topic", NOT_IN_LIST)
        return known.get(text)

    def _answers(self, questions: Sequence[Question]) -> dict[UUID, str]:
        found = {}
        for question in questions:
            name = f"q{question.number}"
            text = self._text(name, needed=question.required, longest=LONGEST_ANSWER)
            options = {str(option["key"]) for option in question.options}
            if text and question.kind is QuestionKind.CHOICE and text not in options:
                self._note(name, NOT_IN_LIST)
            if text:
                found[question.id] = "yes" if question.kind is QuestionKind.CONSENT else text
        return found

    def _avoided(self) -> list[UUID]:
        by_name = {folded(name): mentor for mentor, name in self.choices.mentors.items()}
        found = []
        for number in range(1, MOST_AVOIDED + 1):
            text = self.draft.get(f"avoid{number}", "")
            mentor = by_name.get(folded(text))
            if mentor is not None:
                found.append(mentor)
            elif text:
                self._note(f"avoid{number}", NO_SUCH_MENTOR)
        return list(dict.fromkeys(found))

    def _chosen(self, name: str, known: Mapping[UUID, str]) -> UUID | None:
        text = self.draft.get(name, "")
        chosen = next((each for each in known if str(each) == text), None)
        if text and chosen is None:
            self._note(name, NOT_IN_LIST)
        return chosen

    def _address(self, name: str) -> str:
        text = self.draft.get(name, "")
        if text and not _fits(_ADDRESS, text):
            self._note(name, NOT_AN_ADDRESS)
        return text

    def _typed(self, name: str, kind: TypeAdapter[str], *, needed: bool = True) -> str:
        text = self._text(name, needed=needed)
        if text and name not in self.wrong and not _fits(kind, text):
            self._note(name, BAD_LETTERS)
        return text

    def _text(self, name: str, *, needed: bool = True, longest: int = LONGEST) -> str:
        text = self.draft.get(name, "")
        if needed and not text:
            self._note(name, MISSING)
        if len(text) > longest:
            self._note(name, TOO_LONG, most=longest)
        return text

    def _note(self, name: str, sentence: str, **details: object) -> None:
        self.wrong.setdefault(name, Wrong(sentence, details))


def _fits(kind: TypeAdapter[str], text: str) -> bool:
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True
