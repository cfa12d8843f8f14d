"""The production shape of docker-compose.yml: well formed, and its commands really run.

The three commands run with the compose file's own settings against a real PostgreSQL and a real
Redis; only host names, ports and the folder of secrets differ.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.app import CEILING_SECONDS, ROOT, stop
from tests.support.ports import free_port
from tests.support.servers import Servers

PROCESSES = ("web", "worker", "media")


def compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_compose_file_is_valid() -> None:
    subprocess.run(
        ["docker-compose", "-f", ROOT / "docker-compose.yml", "config", "-q"], check=True
    )


def test_compose_processes_have_health_checks_and_restart() -> None:
    services = compose()["services"]
    for name in PROCESSES:
        assert services[name]["command"] == [name]
        assert services[name]["healthcheck"]["test"] == ["CMD", "yoriai", "health", name]
        assert services[name]["restart"] == "unless-stopped"


def settings(servers: Servers, port: int, media_port: int, folder: Path) -> dict[str, str]:
    """The compose file's settings with addresses of this machine."""
    plain = {
        name: value
        for name, value in compose()["services"]["web"]["environment"].items()
        if "$" not in value
    }
    return {
        **plain,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": "https://yoriai.example",
        "MEDIA_HOST": "127.0.0.1",
        "MEDIA_HTTP_PORT": str(media_port),
        "MEDIA_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
        "MEDIA_PUBLIC_URL": "wss://yoriai.example/media/0",
        "MEDIA_SERVICE_ADDRESS": f"http://127.0.0.1:{media_port}",
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hooks/media",
        "DATA_DIR": str(folder / "data"),
        "SMTP_HOST": "smtp.yoriai.example",
        "MAIL_FROM": "よりあい <office@yoriai.example>",
        # The compose file hands these over as files.
        "DATABASE_URL": servers.database_url,
        "SECRET_KEY": "secret of the test",
        "LIVEKIT_API_SECRET": "another secret of the test, long enough",
        "REDIS_URL": servers.redis_url,
    }


@asynccontextmanager
async def running(environment: dict[str, str], folder: Path) -> AsyncIterator[None]:
    """The three processes of the compose file."""
    async with AsyncExitStack() as stack:
        for name in PROCESSES:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server.cli", name, cwd=folder, env=environment
            )
            stack.push_async_callback(stop, process)
        yield


async def health(environment: dict[str, str], name: str, folder: Path) -> int:
    """The exit code of the compose file's health check."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "health", name, cwd=folder, env=environment
    )
    return await process.wait()


async def test_compose_commands_run_well_on_real_servers(servers: Servers, tmp_path: Path) -> None:
    port, media_port = free_port(), free_port()
    environment = settings(servers, port, media_port, tmp_path)
    async with running(environment, tmp_path):
        for name in PROCESSES:
            async with asyncio.timeout(CEILING_SECONDS):
                while await health(environment, name, tmp_path) != 0:
                    await asyncio.sleep(1)  # each asks with a program of its own


@pytest.mark.parametrize("name", ["web", "worker"])
async def test_a_process_alone_refuses_the_broker_inside_it(name: str, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.cli",
        name,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), CEILING_SECONDS)
    assert process.returncode == 1
    assert b"REDIS_URL" in said
