"""A real mail server on loopback that keeps what it gets, and can refuse for a while."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


@dataclass
class Mailbox:
    """What arrived, in the order of its coming."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False
    refusal: str = "451 come again later"
    refused: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """The settings of an application that sends here."""
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.port),
            "SMTP_TLS": "none",
            "MAIL_FROM": "よりあい <office@yoriai.example>",
        }

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [mail for mail in self.mails if address in str(mail["To"])]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A mail comes in (the name is the library's)."""
        if self.refusing:
            self.refused += 1
            return self.refusal
        content: Any = envelope.content
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 taken"


Box = TypeVar("Box", bound=Mailbox)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server in a thread of its own while the block runs."""
    with serving(Mailbox(free_port())) as box:
        yield box


@contextmanager
def serving(box: Box) -> Iterator[Box]:
    """Let a mail server of a special kind work while the block runs."""
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


async def arrived(box: Mailbox, address: str, count: int = 1) -> EmailMessage:
    """The newest mail to an address once so many have come."""
    async with asyncio.timeout(60):
        while len(box.to(address)) < count:
            await asyncio.sleep(0.05)
    return box.to(address)[-1]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(mail: EmailMessage) -> bytes:
    """The calendar object that a mail carries for mail programs."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content
