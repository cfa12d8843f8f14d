"""A place with a network of its own: a namespace that one cable joins to this machine.

    with cable() as line:
        async with chromium(program=line.program(folder, CHROMIUM)) as browser:
            ...
            line.cut()
            line.mend()

A browser's own offline switch does not cut WebRTC, so the browser is put behind the cable. Needs
root; the addresses are those kept for tests of networks (RFC 2544, 198.18.0.0/15).
"""

import os
import random
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_INNER = "eth0"


class Cable:
    """The line to a place. `here` is this machine's address on it, `there` the place's."""

    def __init__(self, name: str, network: str) -> None:
        self.name = name
        self.here = f"{network}.1"
        self.there = f"{network}.10"
        self._network = network
        self._moves = 0
        self._losing: list[tuple[str, ...]] = []

    def program(self, folder: Path, inner: str) -> Path:
        """A program that starts `inner`, one of this machine's browsers, at the place."""
        script = folder / f"chromium-{self.name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {inner} "$@"\n')
        script.chmod(0o755)
        return script

    def cut(self) -> None:
        """Nothing passes; the place sees that its line is down."""
        self._there("link", "set", _INNER, "down")

    def mend(self) -> None:
        self._there("link", "set", _INNER, "up")
        self._route()

    def move(self) -> None:
        """Give the place another address, as when a phone leaves the Wi-Fi."""
        self._moves += 1
        self.there = f"{self._network}.{10 + self._moves % 200}"
        self._there("addr", "flush", "dev", _INNER)
        self._there("addr", "add", f"{self.there}/24", "dev", _INNER)
        self._route()

    def lose(self, share: float) -> None:
        """Let each UDP packet vanish with this probability, on the way there and back."""
        self.lose_nothing()
        chance = ("-p", "udp", "-m", "statistic", "--mode", "random", "--probability", str(share))
        there = ("ip", "netns", "exec", self.name, "iptables")
        for program, chain, end in ((there, "INPUT", _INNER), (("iptables",), "INPUT", self.name)):
            rule = (chain, "-i", end, *chance, "-j", "DROP")
            _run(*program, "-I", *rule)
            self._losing.append((*program, "-D", *rule))

    def lose_nothing(self) -> None:
        while self._losing:
            _run(*self._losing.pop())

    def _lay(self) -> None:
        _run("ip", "link", "add", self.name, "type", "veth", "peer", _INNER, "netns", self.name)
        _run("ip", "addr", "add", f"{self.here}/24", "dev", self.name)
        _run("ip", "link", "set", self.name, "up")
        self._there("link", "set", "lo", "up")
        self._there("addr", "add", f"{self.there}/24", "dev", _INNER)
        self.mend()

    def _route(self) -> None:
        self._there("route", "replace", "default", "via", self.here)

    def _there(self, *arguments: str) -> None:
        _run("ip", "-n", self.name, *arguments)


@contextmanager
def cable() -> Iterator[Cable]:
    """A new place and its line, which go with the context.

    Raises:
        subprocess.CalledProcessError: this machine makes no namespaces.
    """
    line = Cable(f"yo-{secrets.token_hex(4)}", f"198.{_free_network()}")
    _run("ip", "netns", "add", line.name)
    try:
        line._lay()
        yield line
    finally:
        with suppress(subprocess.CalledProcessError):
            line.lose_nothing()
        _run("ip", "netns", "del", line.name)


@contextmanager
def outer_address() -> Iterator[str]:
    """An address of this machine that is not the loopback's: its own, or one end of a cable.

    Raises:
        subprocess.CalledProcessError: it has none, and makes no namespaces.
    """
    if own := _own_address():
        yield own
        return
    with cable() as line:
        yield line.here


def _own_address() -> str | None:
    """The address that this machine would send from to far away; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("198.51.100.1", 9))
        return str(probe.getsockname()[0])
    return None


def need_namespaces() -> None:
    """Skip the test where namespaces cannot be made; in CI they must."""
    name = f"yo-{secrets.token_hex(4)}"
    try:
        _run("ip", "netns", "add", name)
        _run("ip", "netns", "del", name)
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no network namespaces: {error}")


def _free_network() -> str:
    """Two numbers of a /24 that no route of ours leads to yet."""
    while True:
        network = f"{random.choice((18, 19))}.{random.randrange(256)}"
        asked = ["ip", "-4", "route", "show", f"198.{network}.0/24"]
        if not subprocess.run(asked, capture_output=True, check=True).stdout:
            return network


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
