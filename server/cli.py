"""`yoriai`: the commands of an operator.

Each command imports what it needs when it runs: a process that died is back the sooner.
"""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
import structlog
from pydantic import ValidationError

from server.core import config
from server.core.config import Settings
from server.core.errors import CannotRun
from server.listen import allow_many_connections
from server.supervisor import die_with_parent

Command = Callable[[Settings, argparse.Namespace], None]


def main() -> None:
    """Run a command; exits with 2 when the settings do not fit, 1 when it cannot do its work."""
    die_with_parent()
    allow_many_connections()
    arguments = _parser().parse_args()
    _log_in_lines()
    try:
        _COMMANDS[arguments.command](_settings(arguments), arguments)
    except ValidationError as error:
        for each in error.errors():
            name = ".".join(str(part) for part in each["loc"]).upper()
            print(f"yoriai: {name or 'settings'}: {each['msg']}", file=sys.stderr)
        sys.exit(2)
    except CannotRun as error:
        print(f"yoriai: {error}", file=sys.stderr)
        sys.exit(1)


def _settings(arguments: argparse.Namespace) -> Settings:
    if getattr(arguments, "tls", ""):  # by environment, so that the child processes see it too
        os.environ["TLS"] = arguments.tls
        os.environ.setdefault("PUBLIC_URL", "https://localhost:8000")
    return config.load()


@contextmanager
def _loading() -> Iterator[None]:
    """Modules stay for good: the garbage collector looks at them neither while they come, which
    takes a sixth of the time, nor later.
    """
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _serve(settings: Settings, _arguments: argparse.Namespace) -> None:
    with _loading():
        from server import serving

    serving.serve(settings)


def _web(settings: Settings, arguments: argparse.Namespace) -> None:
    with _loading():
        from server import processes

    processes.web(settings, fd=arguments.fd)


def _worker(settings: Settings, _arguments: argparse.Namespace) -> None:
    with _loading():
        from server import processes

    processes.run_worker(settings)


def _media(settings: Settings, _arguments: argparse.Namespace) -> None:
    with _loading():
        from server import media

    media.run(settings)


def _staff_link(settings: Settings, _arguments: argparse.Namespace) -> None:
    from server import preparing

    link = anyio.run(preparing.staff_link, settings)
    print(link or "There is a staff account already; it can invite others.")


def _demo(settings: Settings, arguments: argparse.Namespace) -> None:
    with _loading():
        from server import demo

    print(anyio.run(demo.fill, settings, arguments.small))


def _health(settings: Settings, arguments: argparse.Namespace) -> None:
    from server import health

    anyio.run(health.ensure, settings, arguments.process)


def _config(settings: Settings, _arguments: argparse.Namespace) -> None:
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        shown = "(secret)" if name.endswith(("secret", "secret_key", "password")) else value
        print(f"{name.upper()}={'' if shown is None else shown}\n    {field.description}")


_COMMANDS: Final[dict[str, Command]] = {
    "serve": _serve,
    "web": _web,
    "worker": _worker,
    "media": _media,
    "staff-link": _staff_link,
    "demo": _demo,
    "health": _health,
    "config": _config,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yoriai", description="Forums and mentored training.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run everything on this machine")
    serve.add_argument("--tls", choices=["self-signed"], help="https with our own certificate")
    web = commands.add_parser("web", help="run one web process (needs REDIS_URL)")
    web.add_argument("--fd", type=int, help=argparse.SUPPRESS)  # given by serve
    commands.add_parser("worker", help="run one worker process (needs REDIS_URL)")
    commands.add_parser("media", help="run our media engine")
    commands.add_parser("staff-link", help="print the link for the first staff account")
    invented = commands.add_parser("demo", help="put invented events and people into the database")
    invented.add_argument("--small", action="store_true", help="only one event, with an open room")
    healthy = commands.add_parser("health", help="exit with 0 when a process is well")
    healthy.add_argument("process", choices=["web", "worker", "media"])
    commands.add_parser("config", help="list the settings, their values and meaning")
    return parser


def _log_in_lines() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
