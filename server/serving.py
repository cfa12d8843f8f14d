"""`yoriai serve`: the parent of all processes of one machine.

It lives as long as they do, so it loads little of the application.
"""

import os

import anyio

from server.core.config import Settings
from server.listen import listen
from server.preparing import prepare, staff_link
from server.supervisor import Child, supervise


def serve(settings: Settings) -> None:
    """Run web (with the worker inside) and media as children until SIGTERM or SIGINT.

    The parent holds the listening socket, so a web process that dies loses no connection attempt.
    """
    listener = listen(settings.host, settings.port)
    if settings.own_media:
        listen(settings.media_host, settings.media_http_port).close()  # says who holds it
    anyio.run(prepare, settings)
    print(_greeting(settings, anyio.run(staff_link, settings)), flush=True)
    fd = listener.fileno()
    children = [Child("web", ["web", "--fd", str(fd)], pass_fds=(fd,))]
    if settings.own_media:
        children.append(Child("media", ["media"]))
    supervise(children)


def _greeting(settings: Settings, first_link: str | None) -> str:
    lines = [f"よりあい is open at {settings.public_url} (process {os.getpid()})"]
    if first_link:
        lines.append(f"No staff account yet. Make the first one here, once: {first_link}")
    return "\n".join(lines)
