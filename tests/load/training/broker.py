"""A Redis server of the day's own."""

import asyncio
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import until


@dataclass
class OwnRedis:
    """A Redis server that can be killed, and comes back as init would bring it back."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            ["redis-server", *arguments], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        await until(self._answers)

    async def _answers(self) -> bool:
        asked = await asyncio.create_subprocess_exec(
            *("redis-cli", "-p", str(self.port), "ping"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return (await asked.communicate())[0].strip() == b"PONG"

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
