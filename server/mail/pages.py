"""The outbox for staff: what is owed, what was sent, what could not be; in development the only
mail box.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import NotFound
from server.mail import outbox, queries
from server.mail.kinds import MailKinds, Recipient
from server.mail.models import OutgoingMail
from server.mail.render import compose, render
from server.web.forms import Form, bind
from server.web.pages import page, staff_visitor
from server.web.services import services


async def show(request: Request) -> Response:
    """GET /staff/mails: the newest mails. For others than staff there is no such page."""
    staff_visitor(request)
    async with services(request).database.reading() as db:
        mails = await queries.newest(db)
        people = await _kinds(request).recipients_of(db, {mail.account_id for mail in mails})
    readable = services(request).settings.environment == "development"
    return page(request, "mail/outbox.html", mails=mails, people=people, readable=readable)


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


def _kinds(request: Request) -> MailKinds:
    kinds = request.app.state.mail_kinds
    assert isinstance(kinds, MailKinds)
    return kinds


routes = [
    Route("/staff/mails", show, methods=["GET"]),
    Route("/staff/mails/{id:uuid}", read, methods=["POST"]),
]
