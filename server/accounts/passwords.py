"""Passwords: argon2id, at most two hashes at once, never on the event loop."""

from base64 import b64encode
from secrets import token_bytes
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
_HASHES_AT_ONCE: Final = 2

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # 19 MiB


def _of_nobody() -> str:
    """A hash in the same format of no password, made without hashing: to check it costs as much."""
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    salt, digest = (
        b64encode(token_bytes(size)).decode().rstrip("=")
        for size in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"


_DECOY: Final = _of_nobody()


async def hashed(password: str) -> str:
    """The argon2id hash of a password (RFC 9106), in the PHC string format."""
    return await to_thread.run_sync(_hasher.hash, password, limiter=_limiter())


async def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one.

    Takes as long when there is no hash: an unknown address must not answer faster.
    """
    known = password_hash or _DECOY
    right = await to_thread.run_sync(_verify, known, password, limiter=_limiter())
    return right and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


_limiters: dict[object, CapacityLimiter] = {}


def _limiter() -> CapacityLimiter:
    """The limiter of the running loop: one is bound to the loop that made it."""
    loop = anyio.lowlevel.current_token()
    if loop not in _limiters:
        _limiters.clear()
        _limiters[loop] = CapacityLimiter(_HASHES_AT_ONCE)
    return _limiters[loop]
