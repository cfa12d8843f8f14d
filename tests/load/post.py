"""Reads the sockets of all peers of a process in one place."""

import asyncio
import select
from typing import Protocol

from .receive import Inbox


class Addressee(Protocol):
    """Whoever takes the datagrams of one socket."""

    def take(self, inbox: Inbox, count: int) -> None:
        """Take `count` datagrams out of the inbox."""


class PostOffice:
    """One epoll over all sockets; the event loop watches the epoll itself.

    So a burst to a hundred sockets costs one wake-up of the loop, not a hundred.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._inbox = Inbox()
        self._addressees: dict[int, Addressee] = {}

    def open(self) -> None:
        """Start reading in the running loop."""
        asyncio.get_running_loop().add_reader(self._epoll.fileno(), self.deliver)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._epoll.fileno())
        self._epoll.close()

    def add(self, fd: int, addressee: Addressee) -> None:
        self._addressees[fd] = addressee
        self._epoll.register(fd, select.EPOLLIN)

    def remove(self, fd: int) -> None:
        if self._addressees.pop(fd, None):
            self._epoll.unregister(fd)

    def deliver(self) -> None:
        """Hand over everything that waits, at most one batch a socket and turn."""
        inbox = self._inbox
        for fd, _ in self._epoll.poll(0, 256):
            count = inbox.fill(fd)
            if count:
                self._addressees[fd].take(inbox, count)
                inbox.restore(count)
