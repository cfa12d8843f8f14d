"""Why the live channel closes a connection (docs/protocol.md)."""

from enum import IntEnum


class Close(IntEnum):
    """Close codes: RFC 6455 §7.4.1, and ours from 4400 on, which say what HTTP would."""

    PROTOCOL_ERROR = 1002
    TOO_BIG = 1009
    BROKEN = 1011
    RESTARTING = 1012
    LOGIN_ENDED = 4401
    NOT_FOR_YOU = 4403
    NOT_HERE = 4404
    SILENT = 4408
    TOO_SLOW = 4413
    FLOOD = 4429


class Closing(Exception):
    """The connection must be closed with this code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code
