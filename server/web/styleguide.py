"""The page that shows every component, for those who build pages. Development only."""

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import i18n
from server.core.i18n import N_
from server.web.forms import Bound, Form
from server.web.pages import page
from server.web.visitor import visitor


class Swatch(NamedTuple):
    """A colour by its name in the craft and its token."""

    name: str
    token: str


SWATCHES: Final = (
    Swatch(N_("紙"), "paper"),
    Swatch(N_("面"), "surface"),
    Swatch(N_("沈み"), "sunk"),
    Swatch(N_("墨"), "ink"),
    Swatch(N_("藍"), "indigo"),
    Swatch(N_("藍うす"), "indigo-t"),
    Swatch(N_("柿"), "fire"),
    Swatch(N_("柿うす"), "fire-t"),
    Swatch(N_("苔"), "moss"),
    Swatch(N_("苔うす"), "moss-t"),
    Swatch(N_("臙脂"), "err"),
    Swatch(N_("山吹うす"), "gold-t"),
)

WRONG: Final = N_("メールアドレスの形になっていません。「@」の前後をお確かめください。")


async def show(request: Request) -> Response:
    """GET /styleguide"""
    wrong = i18n.catalog(visitor(request).locale).gettext(WRONG)
    form = Bound[Form](None, {"mail": wrong}, {"mail": "kashiwagi.example"})
    return page(request, "styleguide.html", swatches=SWATCHES, form=form)


routes = [Route("/styleguide", show, methods=["GET"])]
