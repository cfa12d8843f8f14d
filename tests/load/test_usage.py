"""What a server used is read right."""

import os
import socket

import pytest

from tests.load.usage import socket_drops, usage_of


def test_datagrams_that_a_full_socket_dropped_are_counted() -> None:
    before = socket_drops(os.getpid())
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as full,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        full.bind(("127.0.0.1", 0))
        for _ in range(50):
            sender.sendto(bytes(1000), full.getsockname())
        taken = 0
        full.setblocking(False)
        while True:
            try:
                full.recv(2000)
            except BlockingIOError:
                break
            taken += 1
        assert socket_drops(os.getpid()) - before == 50 - taken > 0


def test_nobody_uses_nothing() -> None:
    used = usage_of(os.getpid())
    assert used.cpu_seconds > 0
    assert used.rss_mib > 10
    with pytest.raises(ProcessLookupError):
        usage_of(2**22 + 1)
