"""What the editor's page shows: the draft, what publishing it would do, and what is wrong in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from server.core import i18n
from server.core.db import Db
from server.core.i18n import Locale
from server.events import drafts, queries
from server.events.changes import Change, What, changes
from server.events.clocks import ends_next_day
from server.events.draft import Draft, fingerprints, numbers
from server.events.models import Event, EventVersion
from server.events.reading import MISSING, Wrong, is_removed, read
from server.registration import seats


class Effect(NamedTuple):
    """A change, and how many people have a seat where it happens."""

    change: Change
    people: int


@dataclass(frozen=True, slots=True)
class Editing:
    """An event's draft as its editor shows it."""

    event: Event
    version: EventVersion | None  # None: nothing differs from what is published
    draft: Draft
    published: Draft
    effects: list[Effect]
    wrong: Mapping[str, Wrong]

    @property
    def base(self) -> str:
        """The fingerprints that the page gives back when it saves."""
        return json.dumps(fingerprints(self.draft), separators=(",", ":"))

    @property
    def sessions(self) -> list[int]:
        """The numbers of the sessions in the order of their times, removed ones among them."""
        known = numbers(self.draft, "s")
        day = self.draft.get("day", "")
        return sorted(
            known,
            key=lambda n: (
                self.draft.get(f"s{n}-day") or day,
                self.draft.get(f"s{n}-from", "").rjust(5, "0"),
                n,
            ),
        )

    @property
    def topics(self) -> list[int]:
        """The numbers of the topics."""
        return numbers(self.draft, "t")

    @property
    def kept_topics(self) -> list[int]:
        """Those that sessions can belong to."""
        return [number for number in self.topics if not is_removed(self.draft, f"t{number}-")]

    def change_of(self, row: str) -> Change | None:
        """What publishing does to a session or topic."""
        return next((each.change for each in self.effects if each.change.row == row), None)

    def ends_next_day(self, number: int) -> bool:
        """Whether a session goes on past midnight."""
        return ends_next_day(self.draft, f"s{number}-")

    def errors(self, locale: Locale, *, all_of_them: bool) -> dict[str, str]:
        """Sentences by field; what is only not filled in yet counts when one wants to publish."""
        catalog = i18n.catalog(locale)
        return {
            name: catalog.gettext(wrong.sentence).format(**wrong.details)
            for name, wrong in self.wrong.items()
            if all_of_them or wrong.sentence != MISSING
        }


async def editing(db: Db, event: Event) -> Editing:
    """The draft of an event, compared with what is published."""
    version = await queries.draft_of(db, event)
    published = await drafts.published(db, event)
    draft = dict(version.content) if version else published
    found = changes(published, draft)
    return Editing(
        event, version, draft, published, await _effects(db, event, found), read(draft).wrong
    )


async def _effects(db: Db, event: Event, found: list[Change]) -> list[Effect]:
    touched = {int(each.row[1:]) for each in found if each.row.startswith("s")}
    sessions = [each for each in await queries.sessions_of(db, event) if each.number in touched]
    at_event = (await seats.of_events(db, [event]))[event.id].seated
    own = await seats.of_sessions(db, sessions)
    people = {
        f"s{each.number}": own[each.id].seated if each.by_seat else at_event for each in sessions
    }
    return [
        Effect(each, 0 if each.what is What.ADDED else people.get(each.row, 0)) for each in found
    ]


def base_of(raw: Mapping[str, str]) -> dict[str, str]:
    """The fingerprints that a form brings back; none when they are not readable."""
    try:
        found: Any = json.loads(raw.get("base", ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(mark) for name, mark in found.items()}
