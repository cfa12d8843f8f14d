"""A mentor's note on a visit, written after its slot: a page without the room."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.mentoring.models import Team
from server.mentoring.plans.models import Assignment
from server.rounds import notes
from server.rounds.day.pages import Here, at_mentor_page
from server.rounds.models import Note, NoteReaders
from server.rounds.notes import NoteChanged, NoteTooLong
from server.web.errors import text_of
from server.web.forms import texts
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor

PATH: Final = "/e/{slug}/mentor/notes/{assignment:uuid}"


async def show(request: Request) -> Response:
    """GET /e/{slug}/mentor/notes/{assignment}: one's own note on a visit."""
    async with services(request).database.reading() as db:
        here, visit, note = await _found(db, request)
        team = await db.get_one(Team, visit.team_id)
    return _shown(request, here, team, note, body=note.body if note else "")


async def save(request: Request) -> Response:
    """POST /e/{slug}/mentor/notes/{assignment}: save it over the version that was read."""
    sent = await texts(request)
    body = sent.get("body", "").replace("\r\n", "\n")
    shared = sent.get("readers") == NoteReaders.MENTORS
    readers = NoteReaders.MENTORS if shared else NoteReaders.ORGANIZERS
    version = sent.get("v", "0")
    async with services(request).database.writing() as db:
        here, visit, note = await _found(db, request)
        team = await db.get_one(Team, visit.team_id)
        try:
            await notes.save_own_note(
                db,
                visit,
                event_id=here.event.id,
                person=here.participation.id,
                body=body,
                readers=readers,
                v=int(version) if version.isdecimal() else 0,
                now=clock.now(),
            )
        except (NoteChanged, NoteTooLong) as error:
            return _shown(request, here, team, note, body=body, refused=error)
    return go(f"/e/{here.event.slug}/mentor#day-unwritten")


def _shown(
    request: Request,
    here: Here,
    team: Team,
    note: Note | None,
    *,
    body: str,
    refused: DomainError | None = None,
) -> Response:
    """The page; what was refused is still in its field, over what stands there by now."""
    context: dict[str, Any] = {"event": here.event, "team": team, "note": note, "body": body}
    return page(
        request,
        "rounds/note.html",
        status=409 if refused else 200,
        refused=text_of(refused, visitor(request).locale) if refused else "",
        changed=isinstance(refused, NoteChanged),
        longest=notes.LONGEST,
        **context,
    )


async def _found(db: Db, request: Request) -> tuple[Here, Assignment, Note | None]:
    here = await at_mentor_page(db, request)
    person = here.participation.id
    visit, _ = await notes.own_visit(db, request.path_params["assignment"], person)
    return here, visit, await notes.own_note(db, visit, person)


routes = [
    Route(PATH, show, methods=["GET"]),
    Route(PATH, save, methods=["POST"]),
]
