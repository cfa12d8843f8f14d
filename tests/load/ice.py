"""The client's side of ICE with one address pair (RFC 8445), always controlling."""

import secrets
from dataclasses import dataclass, field

from aioice import stun

# Chromium's priority of a host candidate over UDP (RFC 8445 §5.1.2.1, type preference 110).
PEER_REFLEXIVE_PRIORITY = (110 << 24) | (65535 << 8) | 255


@dataclass(frozen=True)
class Credentials:
    """User name fragment and password of one end (RFC 8445 §5.3)."""

    ufrag: str
    password: str

    @classmethod
    def fresh(cls) -> "Credentials":
        return cls(ufrag=secrets.token_hex(4), password=secrets.token_hex(16))


@dataclass
class IceClient:
    """Makes connectivity checks that nominate at once, and answers the server's checks.

    `answers` counts genuine ones; repeated checks keep the server's consent alive (RFC 7675).
    """

    local: Credentials
    remote: Credentials
    answers: int = 0
    _tie_breaker: int = field(default_factory=lambda: secrets.randbits(64))
    _open: set[bytes] = field(default_factory=set)

    @property
    def confirmed(self) -> bool:
        """Whether the server has answered."""
        return self.answers > 0

    def check(self) -> bytes:
        """The next Binding request, with USE-CANDIDATE."""
        request = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{self.remote.ufrag}:{self.local.ufrag}",
                "PRIORITY": PEER_REFLEXIVE_PRIORITY,
                "ICE-CONTROLLING": self._tie_breaker,
                "USE-CANDIDATE": None,
            },
        )
        self._open = {*list(self._open)[-8:], request.transaction_id}
        request.add_message_integrity(self.remote.password.encode())
        return bytes(request)

    def take(self, datagram: bytes, source: tuple[str, int]) -> bytes | None:
        """Read a STUN datagram; the reply to send, if it was a genuine request."""
        try:
            message = stun.parse_message(datagram)
        except ValueError:
            return None
        if message.message_class == stun.Class.RESPONSE:
            self._take_response(message)
            return None
        if not message.check_message_integrity(self.local.password.encode()):
            return None
        return self._reply(message, source)

    def _take_response(self, message: stun.Message) -> None:
        genuine = message.check_message_integrity(self.remote.password.encode())
        if genuine and message.transaction_id in self._open:
            self.answers += 1

    def _reply(self, request: stun.Message, source: tuple[str, int]) -> bytes:
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": source},
        )
        response.add_message_integrity(self.local.password.encode())
        return bytes(response)
