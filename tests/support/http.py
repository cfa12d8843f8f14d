"""HTTP clients of what runs on this machine."""

import ssl
from typing import Any, Final

import httpx2

_NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http_client(**options: Any) -> httpx2.AsyncClient:
    """A client of plain HTTP, with the options of `httpx2.AsyncClient`.

    By default each would read the certificates of the world first, which takes 28 ms: of a
    thousand people half a minute.
    """
    return httpx2.AsyncClient(verify=_NO_CERTIFICATES, **options)
