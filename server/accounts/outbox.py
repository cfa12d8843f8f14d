"""The outbox for staff: what is owed, what was sent, what could not be; in development the only
mail box.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.accounts import queries as accounts
from server.core import clock
from server.core.errors import NotFound
from server.mail import outbox, queries
from server.mail.kinds import MailKinds, Recipient
from server.mail.models import OutgoingMail
from server.mail.queries import Shown
from server.mail.render import compose, render
from server.web.forms import Form, bind
from server.web.listing import PAGE, Paging, wanted
from server.web.pages import go, page, staff_visitor
from server.web.services import services


async def show(request: Request) -> Response:
    """GET /staff/mails: the newest mails, with a search. For others than staff no such page."""
    staff_visitor(request)
    search, shown = wanted(request), _shown(request)
    readers = accounts.matching(search.text) if search.text else None
    async with services(request).database.reading() as db:
        mails = await queries.listed(db, shown, readers=readers, offset=search.offset, limit=PAGE)
        total = await queries.count(db, shown, readers=readers)
        people = await _kinds(request).recipients_of(db, {mail.account_id for mail in mails})
    return page(
        request,
        "mail/outbox.html",
        mails=mails,
        people=people,
        shown=shown,
        paging=Paging(search, total),
        readable=services(request).settings.environment == "development",
        again=request.query_params.get("done") == "again",
    )


async def send_again(request: Request) -> Response:
    """POST /staff/mails/{id}/again: try a refused mail anew. One that was not stays as it is."""
    who, now = staff_visitor(request), clock.now()
    await bind(request, Form)
    async with services(request).database.writing() as db:
        mail = await db.get(OutgoingMail, request.path_params["id"])
        if mail is None:
            raise NotFound
        kind, error = mail.kind, mail.error
        done = await outbox.again(db, mail.id, now=now)
        if done:
            await audit.note(
                db,
                actor=who.account_id,
                verb="mail.again",
                object=audit.about("account", mail.account_id),
                now=now,
                mail=str(mail.id),
                kind=kind,
                error=error,
            )
    return go("/staff/mails?done=again" if done else "/staff/mails")


async def read(request: Request) -> Response:
    """POST /staff/mails/{id}: write the mail as it would go out now, in development only.

    A link in it is made by this, so looking is a POST; the mail itself goes on waiting.
    """
    staff_visitor(request)
    await bind(request, Form)
    found = services(request)
    if found.settings.environment != "development":
        raise NotFound
    async with found.database.writing() as db:
        mail = await db.get(OutgoingMail, request.path_params["id"])
        if mail is None:
            raise NotFound
        made = await compose(db, mail, _kinds(request), found.settings, now=clock.now())
        if made is None:
            await outbox.dropped(db, mail.id, now=clock.now())
    written = render(found.templates, found.settings, *made) if made else None
    reader: Recipient | None = made[0] if made else None
    return page(request, "mail/read.html", written=written, reader=reader)


def _shown(request: Request) -> Shown:
    wish = request.query_params.get("show", "")
    return Shown(wish) if wish in list(Shown) else Shown.ALL


def _kinds(request: Request) -> MailKinds:
    kinds = request.app.state.mail_kinds
    assert isinstance(kinds, MailKinds)
    return kinds


routes = [
    Route("/staff/mails", show, methods=["GET"]),
    Route("/staff/mails/{id:uuid}", read, methods=["POST"]),
    Route("/staff/mails/{id:uuid}/again", send_again, methods=["POST"]),
]
