"""Secret tokens that people hold: shown once, kept only as a hash."""

import hashlib
import secrets


def new_token() -> str:
    """A token of 256 random bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps. The token is random, so a plain SHA-256 suffices."""
    return hashlib.sha256(token.encode()).hexdigest()
