"""Pure decisions about the outbox."""

import re
import unicodedata
from datetime import timedelta
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=5)  # so all is sent within ten minutes after an outage
CLAIM_LASTS: Final = timedelta(seconds=60)  # then its worker is dead: sending takes 12 s at most

# An address as everybody writes one: a dot-atom at a host name (RFC 5322 §3.4.1), nothing quoted.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9_+%-]+(?:\.[A-Za-z0-9_+%-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)


def address_in(text: str) -> str:
    """The first mail address in what people wrote, full-width letters or not; empty: none."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else ""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts have failed: doubling, up to five minutes."""
    doublings = max(0, min(attempts - 1, 10))
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
