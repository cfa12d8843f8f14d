"""The whole way, from an empty server to an attendance record: with a pointer in Japanese, and by
the keyboard alone in English.
"""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from tests.e2e.story import NAME, Between, Story
from tests.support.app import running_app
from tests.support.hands import Hands, Keyboard, Pointer
from tests.support.mailbox import mailbox
from tests.support.people import Person
from tests.support.spreadsheet import opened
from tests.support.waiting import until

FRAMES = 15
TRUTH = timedelta(seconds=2)
STAY = timedelta(seconds=5)  # long enough to be more than a moment


@pytest.mark.parametrize(
    ("locale", "hands"),
    [
        pytest.param("ja", Pointer(), id="ja-pointer", marks=pytest.mark.only_embedded),
        pytest.param("en", Keyboard(), id="en-keyboard", marks=pytest.mark.only_servers),
    ],
)
async def test_from_an_empty_server_to_an_attendance_record(
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    whole_browser: Browser,
    locale: str,
    hands: Hands,
) -> None:
    async with AsyncExitStack() as stack:
        box = stack.enter_context(mailbox())
        app = await stack.enter_async_context(
            running_app(
                tmp_path,
                demo=False,
                database_url=database_url,
                redis_url=redis_url,
                settings=box.settings,
            )
        )
        story = Story(app, box, whole_browser, hands, locale)
        staff, organizer, newcomer = [
            await stack.enter_async_context(story.somebody()) for _ in range(3)
        ]
        await story.becomes_staff(staff)
        await story.founds(staff)
        await story.accepts(organizer)
        await story.begins_event(organizer)
        await story.writes_programme(organizer)
        await story.publishes(organizer)
        await story.registers_as_newcomer(newcomer)
        await story.registers(staff)

        guests = {f"'{NAME}": newcomer, "世話人": staff}
        came, left = dict[str, Between](), dict[str, Between]()
        for name, one in guests.items():
            came[name] = await story.enters(one)
        for one in guests.values():
            await until(partial(one.sees, 1, frames=FRAMES))
            await until(partial(_hears, one))
        await until(partial(_past, came["世話人"].last + STAY))
        for name, one in guests.items():
            left[name] = await story.leaves(one)

        file = await story.takes_attendance_away(organizer, tmp_path)
        shown = await opened(file)
        spoken = [one.errors for one in (staff, organizer, newcomer)]
    rows = {row[0]: row for row in shown[1:]}
    assert rows.keys() == {*guests, "遠山 佑"}
    for name in guests:
        first, last = (_moment(text, story.zone) for text in rows[name][5:7])
        assert came[name].holds(first, give=TRUTH), (first, came[name])
        assert left[name].holds(last, give=TRUTH), (last, left[name])
    assert rows["遠山 佑"][5] == ""  # the organizer was not in the room
    assert shown[0][0] == {"ja": "名前", "en": "Name"}[locale]
    assert spoken == [[], [], []]


async def test_a_spreadsheet_would_run_what_is_not_guarded(tmp_path: Path) -> None:
    file = tmp_path / "計算.csv"
    file.write_text("名前,式\r\n見本 花,=1+2\r\n見本 花,'=1+2\r\n", "utf-8-sig")
    assert await opened(file) == [["名前", "式"], ["見本 花", "3"], ["見本 花", "'=1+2"]]


async def _hears(one: Person) -> bool:
    energy = (await one.arriving())["energy"]
    return len(energy) == 1 and energy[0] > 0


async def _past(moment: datetime) -> bool:
    return datetime.now(UTC) >= moment


def _moment(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
