"""Only our own host is answered; 127.0.0.1 leads to localhost, where cookies and cameras work."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

INSIDE_PATHS = ("/healthz", "/readyz", "/metrics", "/hooks/")  # called by address, not by name


class KnownHost:
    """Refuses requests for a host that is not the one of PUBLIC_URL."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        self.public_url = public_url.rstrip("/")
        self.netloc = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, redirect or refuse."""
        if scope["type"] not in ("http", "websocket") or self._known(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._by_number(scope):
            there = self.public_url + HTTPConnection(scope).url.path
            await RedirectResponse(there, 307)(scope, receive, send)
        else:
            await PlainTextResponse("unknown host", 400)(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        host = HTTPConnection(scope).headers.get("host", "")
        return host == self.netloc or scope["path"].startswith(INSIDE_PATHS)

    def _by_number(self, scope: Scope) -> bool:
        host = HTTPConnection(scope).headers.get("host", "")
        return host == self.netloc.replace("localhost", "127.0.0.1")
