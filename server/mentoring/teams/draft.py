"""What the lead of a team has typed so far: named texts, kept as they are.

`name`, `m2-address` (the second seat), `q3` (the third question), `avoid1`: a draft holds whatever
was written, also what cannot be registered yet, so saving never loses anything. `team_reading`
makes what can be registered of it.
"""

import re
from collections.abc import Mapping
from typing import Final

from server.events.draft import Draft, merge

MOST_AVOIDED: Final = 5
FACTS: Final = ("name", "about", "region", "organization", "phone", "topic")
MEMBER_FACTS: Final = ("name", "reading", "address")

_MEMBER: Final = re.compile(r"m(?P<number>[1-9]\d?)-(?:name|reading|address)")
_OTHERS: Final = re.compile(r"q[1-9]\d{0,2}|avoid[1-5]")


def typed(raw: Mapping[str, str]) -> Draft:
    """What a form says about a team: fields that no draft has are left out, lines end in LF.

    A browser does not send a box that is not ticked, so the field `boxes` names those of the form.
    """
    draft = {
        name: text.replace("\r\n", "\n").replace("\r", "\n").strip()
        for name, text in raw.items()
        if _is_known(name)
    }
    for box in filter(_is_known, raw.get("boxes", "").split()):
        draft.setdefault(box, "")
    return draft


def seats(draft: Mapping[str, str]) -> list[int]:
    """The numbers of the seats that somebody is written down for, or is going to be."""
    found = (_MEMBER.fullmatch(name) for name in draft)
    return sorted({int(name["number"]) for name in found if name} | {1})


def with_seat(draft: Draft, *, most: int) -> Draft:
    """The draft with one more seat to be filled, while there are fewer than `most`."""
    taken = seats(draft)
    if len(taken) >= most:
        return draft
    number = next(n for n in range(1, most + 1) if n not in taken)
    return draft | {f"m{number}-name": "", f"m{number}-address": ""}


def without_seat(draft: Draft, number: int) -> Draft:
    """The draft without the person on a seat; the lead keeps the first."""
    if number == 1:
        return draft
    return {name: text for name, text in draft.items() if not name.startswith(f"m{number}-")}


def put_together(kept: Draft, mine: Draft, base: Mapping[str, str]) -> Draft:
    """Put what I changed since `base` over what is kept.

    It is one person's draft: where the same field was changed on another page too, what is written
    last holds.
    """
    merged = merge(kept, mine, base)
    return merged.draft | merged.conflicts


def _is_known(name: str) -> bool:
    return name in FACTS or bool(_MEMBER.fullmatch(name) or _OTHERS.fullmatch(name))
