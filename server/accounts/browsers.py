"""Which browser and system a User-Agent (RFC 9110 §10.1.5) speaks of, in people's names for them.

Each names the ones before it too, so the order counts. A name is a help to recognise one's own
device, never a ground to decide on.
"""

from typing import Final

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("OPR/", "Opera"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def described(user_agent: str) -> str:
    """Browser and system: `Chrome / Windows`; empty when neither can be told."""
    found = (_first(user_agent, marks) for marks in (_BROWSERS, _SYSTEMS))
    return " / ".join(name for name in found if name)


def _first(user_agent: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
