"""The questions that organizers ask of teams: written, ordered, no longer asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.accounts import audit
from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.core.i18n import LOCALES
from server.events.models import Event
from server.mentoring.models import Question, QuestionKind
from server.mentoring.teams import queries as team_queries
from server.registration import guard

APART: Final = "｜"  # between an option and what is said of it
MOST: Final = 40


class QuestionChanged(DomainError):
    """Somebody else has changed the question meanwhile."""

    code = "question_changed"


class TooManyQuestions(DomainError):
    """A page with more questions would not be answered."""

    code = "too_many_questions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A question as an organizer writes it. `options` of a choice: a line each, by language."""

    text: dict[str, str]
    hint: dict[str, str]
    options: dict[str, list[str]]
    required: bool


async def add(
    db: Db, event: Event, kind: QuestionKind, written: Written, *, actor: UUID, now: datetime
) -> Question:
    """Ask one more question, after the others.

    Raises:
        TooManyQuestions
    """
    known = await _held(db, event)
    if len([each for each in known if each.retired_at is None]) >= MOST:
        raise TooManyQuestions
    question = Question(
        event_id=event.id,
        number=max((each.number for each in known), default=0) + 1,
        place=max((each.place for each in known), default=0) + 1,
        kind=kind,
        text=written.text,
        hint=written.hint,
        options=options_of(written.options, []) if kind is QuestionKind.CHOICE else [],
        required=written.required,
    )
    db.add(question)
    await _note(db, event, "added", question, actor=actor, now=now)
    return question


async def write(
    db: Db,
    event: Event,
    number: int,
    written: Written,
    *,
    v: int,
    actor: UUID,
    now: datetime,
) -> None:
    """Write a question anew; what was answered stays with the options that stay.

    Raises:
        NotFound
        QuestionChanged: `v` is not what it is now.
    """
    question = _of(await _held(db, event), number)
    if question.v != v:
        raise QuestionChanged
    question.text, question.hint = written.text, written.hint
    question.required = written.required
    if question.kind is QuestionKind.CHOICE:
        question.options = options_of(written.options, question.options)
    question.v += 1
    db.add(question)
    await _note(db, event, "written", question, actor=actor, now=now)


async def ask(
    db: Db, event: Event, number: int, *, asked: bool, actor: UUID, now: datetime
) -> None:
    """Ask a question no longer, or again. Answers stay."""
    question = _of(await _held(db, event), number)
    if (question.retired_at is None) is asked:
        return
    question.retired_at = None if asked else now
    question.v += 1
    db.add(question)
    await _note(db, event, "asked" if asked else "retired", question, actor=actor, now=now)


async def shift(db: Db, event: Event, number: int, *, up: bool) -> None:
    """Let a question change places with the one before or after it on the page."""
    known = await _held(db, event)
    question = _of(known, number)
    asked = [each for each in known if each.retired_at is None]
    if question not in asked:
        return
    at = asked.index(question)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(asked):
        return
    asked[at], asked[other] = asked[other], asked[at]
    rest = [each for each in known if each.retired_at is not None]
    for place, each in enumerate([*asked, *rest], start=1):
        each.place = place
        db.add(each)


def options_of(
    lines: dict[str, list[str]], known: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The options of a choice, a line each: `text｜hint`. One whose text stays keeps its key, so
    what was answered stays right.
    """
    rows = max((len(lines.get(locale, [])) for locale in LOCALES), default=0)
    made = [option for row in range(rows) if (option := _option(lines, row))["text"]]
    keys = {text: option["key"] for option in known for text in option["text"].values()}
    used: set[str] = set()
    for option in made:
        same = (keys[text] for text in option["text"].values() if text in keys)
        option["key"] = next((key for key in same if key not in used), "")
        used.add(option["key"])
    taken = used | {str(option["key"]) for option in known}
    fresh = (f"o{n}" for n in range(1, 1000) if f"o{n}" not in taken)
    for option in made:
        option["key"] = option["key"] or next(fresh)
    return made


def lines_of(question: Question, locale: str) -> str:
    """The options as an organizer writes them."""
    lines = []
    for option in question.options:
        text, hint = option["text"].get(locale, ""), option["hint"].get(locale, "")
        lines.append(f"{text}{APART}{hint}" if hint else text)
    return "\n".join(lines).rstrip()


def _option(lines: dict[str, list[str]], row: int) -> dict[str, Any]:
    text: dict[str, str] = {}
    hint: dict[str, str] = {}
    for locale in LOCALES:
        own = lines.get(locale, [])
        first, _, second = (own[row] if row < len(own) else "").partition(APART)
        text |= {locale: first.strip()} if first.strip() else {}
        hint |= {locale: second.strip()} if second.strip() else {}
    return {"key": "", "text": text, "hint": hint}


async def _held(db: Db, event: Event) -> list[Question]:
    await guard.lock(db, event, None)
    return await team_queries.all_questions(db, event)


def _of(known: Sequence[Question], number: int) -> Question:
    found = next((each for each in known if each.number == number), None)
    if found is None:
        raise NotFound(question=number)
    return found


async def _note(
    db: Db, event: Event, verb: str, question: Question, *, actor: UUID, now: datetime
) -> None:
    await audit.note(
        db,
        actor=actor,
        verb=f"question.{verb}",
        object=audit.about("event", event.id),
        now=now,
        number=question.number,
        text=question.text,
    )
