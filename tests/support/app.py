"""The whole application as people run it: `yoriai serve` on free ports, with demo data."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import col

from server import demo
from server.accounts.models import MailAddress
from server.core import config
from server.core.config import Settings
from server.core.db import Database
from server.events.models import Event, EventState
from tests.support.ports import free_port

if TYPE_CHECKING:
    from tests.support.servers import Servers

CEILING_SECONDS = 120  # on a machine that was just installed, one had not come within a minute
ROOT = Path(__file__).resolve().parent.parent.parent
_ANY_CERTIFICATE = ssl._create_unverified_context()  # the application has made its own


class NeverReady(Exception):
    """A process did not answer in time, or ended."""


@dataclass
class App:
    """A running application."""

    url: str
    environment: dict[str, str]
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)  # by role: address, password
    event: str = ""
    process: asyncio.subprocess.Process | None = None

    @property
    def room(self) -> str:
        """The address of the demo's open room."""
        return f"{self.event}/s/2/room"

    def child(self, name: str) -> int:
        """The pid of the supervised process `web` or `media`.

        Raises:
            LookupError: it does not run at this moment.
        """
        assert self.process is not None
        parent = self.process.pid
        for entry in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            command = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
            if name.encode() in command:
                return int(entry)
        raise LookupError(name)

    def kill(self, name: str) -> None:
        """Kill a supervised process with SIGKILL."""
        os.kill(self.child(name), signal.SIGKILL)


@asynccontextmanager
async def running_app(
    folder: Path,
    *,
    database_url: str = "",
    redis_url: str = "",
    demo: bool = True,
    scheme: str = "http",
    host: str = "localhost",
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[App]:
    """`yoriai serve` with its data in `folder`, until the block ends.

    With `scheme="https"` it makes a certificate for itself. `host` is an address of this machine
    that everything is reached at.
    """
    port, media_port = free_port(), free_port()
    url = f"{scheme}://{host}:{port}"
    environment = _environment(
        folder,
        url=url,
        port=port,
        TLS="self-signed" if scheme == "https" else "",
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        MEDIA_HTTP_PORT=str(media_port),
        MEDIA_UDP_PORT=str(free_port(socket.SOCK_DGRAM)),
        **(_elsewhere(host, url, f"{scheme}://{host}:{media_port}") if host != "localhost" else {}),
        **(settings or {}),
    )
    app = App(url, environment)
    if demo:
        await fill(app)
    app.process = await _start(environment, folder, "serve")
    try:
        await ready(app)
        yield app
    finally:
        await stop(app.process)


async def ready(app: App) -> None:
    """Wait until web and media answer.

    Raises:
        NeverReady: one of them does not; with what the application said last.
    """
    assert app.process is not None
    log = Path(app.environment["HOME"]) / "serve.log"
    await _answers(f"{app.url}/readyz", app.process, log)
    if "LIVEKIT_URL" not in app.environment:
        scheme = app.url.partition(":")[0]
        host = app.environment.get("MEDIA_HOST", "127.0.0.1")
        media = f"{scheme}://{host}:{app.environment['MEDIA_HTTP_PORT']}"
        await _answers(f"{media}/healthz", app.process, log)


@asynccontextmanager
async def running_web(folder: Path, servers: "Servers", *, host: str) -> AsyncIterator[str]:
    """One `yoriai web` of several, on PostgreSQL and Redis; the address of its own port.

    Args:
        host: what the public address names; requests carry it as their Host.
    """
    port = free_port()
    environment = _environment(
        folder,
        url=f"http://{host}",
        port=port,
        DATABASE_URL=servers.database_url,
        REDIS_URL=servers.redis_url,
        LIVEKIT_URL="ws://localhost:9",  # no media
    )
    process = await _start(environment, folder, "web")
    try:
        await _answers(f"http://127.0.0.1:{port}/readyz", process, folder / "web.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        await stop(process)


async def start_worker(
    folder: Path,
    servers: "Servers",
    *,
    settings: Mapping[str, str],
    program: str = "server.cli",
) -> asyncio.subprocess.Process:
    """Start one `yoriai worker` on PostgreSQL and Redis; the caller ends it.

    Args:
        program: the module that takes the commands of `yoriai`.
    """
    environment = _environment(
        folder,
        url="http://localhost:8000",
        port=8000,  # no port is bound
        DATABASE_URL=servers.database_url,
        REDIS_URL=servers.redis_url,
        **{"LIVEKIT_URL": "ws://localhost:9", **settings},  # no media, unless it is said
    )
    return await _start(environment, folder, "worker", program=program)


async def run_command(
    app_environment: Mapping[str, str], *arguments: str, cwd: Path
) -> tuple[int, str]:
    """Run `yoriai …` to its end; exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.cli",
        *arguments,
        cwd=cwd,
        env=dict(app_environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), CEILING_SECONDS)
    assert process.returncode is not None
    return process.returncode, output.decode()


async def _answers(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until an address of a process answers with 200.

    Raises:
        NeverReady: it does not.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CEILING_SECONDS):
            while process.returncode is None:
                if await asyncio.to_thread(_ok, url):
                    return
                await asyncio.sleep(0.05)
    said = log.read_text(errors="replace")[-4000:]
    raise NeverReady(f"{url} does not answer (exit code {process.returncode}); last words:\n{said}")


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a process that we started, with SIGTERM and, if it must be, SIGKILL."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


def _elsewhere(host: str, url: str, media_url: str) -> dict[str, str]:
    """What has to be said when 127.0.0.1 is not where the processes are."""
    return {
        "HOST": host,
        "MEDIA_HOST": host,
        "MEDIA_SERVICE_ADDRESS": media_url,
        "WEBHOOK_URL": f"{url}/hooks/media",
    }


async def fill(app: App) -> None:
    """What `yoriai demo --small` does, without the time that a process takes to start."""
    output = (await demo.fill(settings_of(app), small=True)).splitlines()
    app.event = output[0]
    for line in output[1:]:
        _role, address, password = line.split()
        app.accounts[address.partition("@")[0]] = (address, password)


async def put_aside(app: App) -> None:
    """Give all events and people other names, so that `fill` makes new ones."""
    mark = f"aside-{uuid4().hex[:8]}-"
    database = Database(settings_of(app).database)
    async with database.writing() as db:
        slug, address = col(Event.slug), col(MailAddress.address)
        events = update(Event).where(slug.not_like("aside-%"))
        await db.exec(events.values(slug=mark + slug, state=EventState.DRAFT))
        people = update(MailAddress).where(address.not_like("aside-%"))
        await db.exec(people.values(address=mark + address))
    await database.close()


def settings_of(app: App) -> Settings:
    """The settings with which it runs, as far as its database is concerned."""
    names = ("data_dir", "database_url", "public_url")
    return config.load(**{name: app.environment[name.upper()] for name in names})


def _environment(folder: Path, *, url: str, port: int, **settings: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PUBLIC_URL": url,
        "PORT": str(port),
        "DATA_DIR": str(folder / "data"),
        **settings,
    }


async def _start(
    environment: Mapping[str, str], folder: Path, command: str, *, program: str = "server.cli"
) -> asyncio.subprocess.Process:
    with (folder / f"{command}.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            command,
            cwd=folder,
            env=dict(environment),
            stdout=log,
            stderr=log,
        )


def _ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10, context=_ANY_CERTIFICATE) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
