"""`yoriai demo`: invented events, and one account for each role.

Safe to run again: nothing is doubled, and the times move with the day on which it runs.
"""

import hashlib
import hmac
from datetime import datetime

from server.accounts import passwords
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.core.errors import DomainError
from server.demo import full, sample
from server.demo.sample import PEOPLE
from server.migrations import migrate


class NotHere(DomainError):
    """Demo data has no place in production."""

    code = "not_here"


async def fill(settings: Settings, small: bool = False) -> str:
    """Fill the database and say who can log in.

    Args:
        small: only the sample, with its room that is open now.

    Raises:
        NotHere: this is a production installation.
    """
    if settings.environment == "production":
        raise NotHere
    words = {person.address: password(settings, person.address) for person in PEOPLE}
    hashes = {address: await passwords.hashed(word) for address, word in words.items()}
    database = Database(settings.database)
    try:
        await migrate(database)
        async with database.writing() as db:
            slugs = await write(db, hashes, clock.now(), small=small)
    finally:
        await database.close()
    lines = [f"{person.role:<12}{person.address:<30}{words[person.address]}" for person in PEOPLE]
    pages = [f"{settings.public_url.rstrip('/')}/e/{slug}" for slug in slugs]
    return "\n".join([*pages, *lines])


async def write(db: Db, hashes: dict[str, str], now: datetime, *, small: bool) -> list[str]:
    """Write the sample, unless `small` the other events too; the slugs, the sample's first.

    Args:
        hashes: the hashed password of each address of the sample.
    """
    await sample.fill(db, hashes, now)
    return [sample.SLUG] if small else [sample.SLUG, *await full.fill(db, now)]


def password(settings: Settings, address: str) -> str:
    """The demo password of an address: the same at each run, different on each installation."""
    digest = hmac.new(settings.secret_key.encode(), f"demo:{address}".encode(), hashlib.sha256)
    return digest.hexdigest()[:12]
