"""The organizer's page of questions to teams."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock, i18n
from server.core.errors import DomainError
from server.events import queries as events
from server.events.reading import MISSING
from server.events.roles import Capability
from server.mentoring.at_desk import organizer_of, training_at
from server.mentoring.forms import (
    AddQuestionForm,
    QuestionDeed,
    QuestionDeedForm,
    QuestionForm,
    WriteQuestionForm,
    both,
)
from server.mentoring.models import QuestionKind
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams import questions
from server.mentoring.teams.questions import QuestionChanged, TooManyQuestions, Written, lines_of
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor

EDIT = Capability.EVENT_EDIT


async def show(request: Request) -> Response:
    """GET /manage/{slug}/questions"""
    return await _page(request)


async def add(request: Request) -> Response:
    """POST /manage/{slug}/questions: ask one more."""
    form = await bind(request, AddQuestionForm)
    async with services(request).database.reading() as db:
        await training_at(db, request, EDIT)
    wrong = _wrong(request, form, form.values.kind if form.values else None)
    if form.values is None or wrong:
        return await _page(request, added=Bound[Any](None, wrong, form.raw), status=422)
    try:
        async with services(request).database.writing() as db:
            event, _ = await training_at(db, request, EDIT)
            made = await questions.add(
                db,
                event,
                form.values.kind,
                _written(form.values),
                actor=organizer_of(request),
                now=clock.now(),
            )
    except TooManyQuestions as error:
        sentence = {"text_ja": text_of(error, visitor(request).locale)}
        again = Bound[Any](None, sentence, form.raw)
        return await _page(request, added=again, status=status_of(error))
    return go(f"/manage/{event.slug}/questions#q{made.number}")


async def write(request: Request) -> Response:
    """POST /manage/{slug}/questions/{number}: write it anew."""
    form, number = await bind(request, WriteQuestionForm), request.path_params["number"]
    async with services(request).database.reading() as db:
        event, _ = await training_at(db, request, EDIT)
        known = await team_queries.all_questions(db, event)
    kind = next((each.kind for each in known if each.number == number), None)
    wrong = _wrong(request, form, kind)
    if form.values is None or wrong:
        return await _page(request, written=Bound[Any](None, wrong, form.raw), status=422)
    try:
        async with services(request).database.writing() as db:
            event, _ = await training_at(db, request, EDIT)
            await questions.write(
                db,
                event,
                number,
                _written(form.values),
                v=form.values.v,
                actor=organizer_of(request),
                now=clock.now(),
            )
    except QuestionChanged as error:
        return await _changed(request, form, error)
    return go(f"/manage/{event.slug}/questions?done={number}#q{number}")


async def deed(request: Request) -> Response:
    """POST /manage/{slug}/questions/{number}/deed: up, down, no longer asked, asked again."""
    form, number = await bind(request, QuestionDeedForm), request.path_params["number"]
    async with services(request).database.writing() as db:
        event, _ = await training_at(db, request, EDIT)
        wanted = form.values.deed if form.values else None
        if wanted in (QuestionDeed.UP, QuestionDeed.DOWN):
            await questions.shift(db, event, number, up=wanted is QuestionDeed.UP)
        elif wanted is not None:
            await questions.ask(
                db,
                event,
                number,
                asked=wanted is QuestionDeed.ASK,
                actor=organizer_of(request),
                now=clock.now(),
            )
    return go(f"/manage/{event.slug}/questions#q{number}")


async def _changed(
    request: Request, form: Bound[WriteQuestionForm], error: DomainError
) -> Response:
    """What somebody else wrote meanwhile has come in between: both are on the page."""
    sentence = {"text_ja": text_of(error, visitor(request).locale)}
    again = Bound[Any](None, sentence, form.raw)
    return await _page(request, written=again, status=status_of(error))


async def _page(
    request: Request,
    *,
    added: Bound[Any] | None = None,
    written: Bound[Any] | None = None,
    status: int = 200,
) -> Response:
    async with services(request).database.reading() as db:
        event, training = await training_at(db, request, EDIT)
        known = await team_queries.all_questions(db, event)
        topics = await events.topics_of(db, event)
    number = request.path_params.get("number") if written else None
    forms = {
        each.number: written if written and each.number == number else _bound(each)
        for each in known
    }
    return page(
        request,
        "mentoring/desk/questions.html",
        status=status,
        event=event,
        training=training,
        asked=[each for each in known if each.retired_at is None],
        retired=[each for each in known if each.retired_at is not None],
        forms=forms,
        kept={each.number: _bound(each) for each in known if each.number == number},
        opened=number,
        topics=topics,
        added=added or Bound[Any](None),
        done=request.query_params.get("done", ""),
    )


def _bound(question: Any) -> Bound[Any]:
    """A question as its form shows it."""
    return Bound[Any](
        None,
        {},
        {
            "text_ja": question.text.get("ja", ""),
            "text_en": question.text.get("en", ""),
            "hint_ja": question.hint.get("ja", ""),
            "hint_en": question.hint.get("en", ""),
            "options_ja": lines_of(question, "ja"),
            "options_en": lines_of(question, "en"),
            "required": "on" if question.required else "",
            "v": str(question.v),
        },
    )


def _written(form: QuestionForm) -> Written:
    return Written(
        text=both(form.text_ja, form.text_en),
        hint=both(form.hint_ja, form.hint_en),
        options={"ja": form.options_ja.splitlines(), "en": form.options_en.splitlines()},
        required=form.required,
    )


def _wrong(request: Request, form: Bound[Any], kind: QuestionKind | None) -> dict[str, str]:
    """What is missing: a text in one language at least, and options where one chooses."""
    if form.values is None:
        return form.errors
    missing = i18n.catalog(visitor(request).locale).gettext(MISSING)
    wrong = {}
    if not (form.values.text_ja or form.values.text_en):
        wrong["text_ja"] = missing
    if kind is QuestionKind.CHOICE and not (form.values.options_ja or form.values.options_en):
        wrong["options_ja"] = missing
    return wrong


routes = [
    Route("/manage/{slug}/questions", show, methods=["GET"]),
    Route("/manage/{slug}/questions", add, methods=["POST"]),
    Route("/manage/{slug}/questions/{number:int}", write, methods=["POST"]),
    Route("/manage/{slug}/questions/{number:int}/deed", deed, methods=["POST"]),
]
