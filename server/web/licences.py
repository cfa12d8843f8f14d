"""The page that lists the libraries that browsers get from us."""

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.web import assets
from server.web.pages import page


async def show(request: Request) -> Response:
    """GET /licences"""
    return page(request, "licences.html", packages=json.loads(_manifest().read_text("utf-8")))


def _manifest() -> Path:
    return assets.folder("static") / "vendor" / "manifest.json"


routes = [Route("/licences", show, methods=["GET"])]
