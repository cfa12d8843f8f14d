"""The audit: entries are kept with what they tell of, or not at all."""

from datetime import timedelta

import pytest

from server.accounts import audit
from server.core import clock
from server.core.ids import new_id
from tests.support.web import Site

THING = audit.about("organization", new_id())


async def test_entries_come_newest_first_with_the_name_of_who_acted(site: Site) -> None:
    staff, now = await site.account("係"), clock.now()
    async with site.database.writing() as db:
        await audit.note(db, actor=staff.id, verb="thing.made", object=THING, now=now, size=3)
        later = now + timedelta(seconds=1)
        await audit.note(db, actor=None, verb="thing.ended", object=THING, now=later)
        other = audit.about("organization", new_id())
        await audit.note(db, actor=staff.id, verb="thing.made", object=other, now=now)
    async with site.database.reading() as db:
        acts = await audit.of(db, THING)
    assert [(act.entry.verb, act.actor, act.entry.data) for act in acts] == [
        ("thing.ended", "", {}),
        ("thing.made", "係", {"size": 3}),
    ]


async def test_what_was_not_done_leaves_no_entry(site: Site) -> None:
    async def fail() -> None:
        async with site.database.writing() as db:
            await audit.note(db, actor=None, verb="thing.made", object=THING, now=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with site.database.reading() as db:
        assert await audit.of(db, THING) == []
