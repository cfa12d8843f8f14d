"""Listening sockets, and who holds a port that is taken."""

import errno
import resource
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.core.errors import CannotRun

# A peer that takes nothing for so long is let go by the kernel, with what waits for it: nothing
# else ends a connection whose other side reads no more (RFC 5482, tcp(7)).
STUCK_MILLISECONDS: Final = 20_000


class PortTaken(CannotRun):
    """Another process listens there already."""

    def __init__(self, port: int, holder: str) -> None:
        super().__init__(f"port {port} is taken by {holder}; set PORT to another, or end it")


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket that children may inherit; its connections do not get stuck.

    Raises:
        PortTaken: with the name and pid of the holder, as far as they can be seen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MILLISECONDS)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, holder(port)) from error
        raise
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def allow_many_connections() -> None:
    """Let this process open as many files as it may: each page that is open holds one.

    The limit that a process begins with is 1,024 on Debian; beyond it, new connections are dropped.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def holder(port: int, *, kind: str = "tcp") -> str:
    """Who holds a local port, in words (Linux /proc)."""
    inodes = _inodes(port, kind)
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & set(_open_files(process)):
            name = (process / "comm").read_text().strip()
            return f"{name} (pid {process.name})"
    return "another process"


def _open_files(process: Path) -> Iterator[str]:
    try:
        for fd in (process / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                yield str(fd.readlink())
    except OSError:  # the process ended, or is not ours to look into
        return


def _inodes(port: int, kind: str) -> set[str]:
    wanted = f":{port:04X}"
    found = set()
    for table in (f"/proc/net/{kind}", f"/proc/net/{kind}6"):
        path = Path(table)
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            columns = line.split()
            if columns[1].endswith(wanted):
                found.add(f"socket:[{columns[9]}]")
    return found
