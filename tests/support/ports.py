"""Ports of loopback for the servers of a run, below those the system gives to connections."""

import contextlib
import os
import random
import socket
from typing import Final

# Apart for runs side by side; `apart` has a network of its own.
RANGES: Final = {
    "embedded": range(10_100, 18_000),
    "servers": range(18_000, 26_000),
    "alone": range(26_000, 32_000),
    "apart": range(26_000, 32_000),
}
_given: Final[set[int]] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody uses at this moment, and that nobody was given before in this run."""
    ports = RANGES[os.environ.get("TEST_SHAPE", "embedded")]
    while True:
        port = random.choice(ports)
        if port in _given:  # whoever was given it may not have bound it yet
            continue
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
