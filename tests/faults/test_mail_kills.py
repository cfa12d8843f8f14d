"""The worker dies while people register: a small count of `make drill NAME=mails`.

A worker that shares its queue needs a Redis server, so this runs on PostgreSQL and Redis in both
shapes. Its pauses are shorter than in life, see `tests/load/hasty_worker.py`.
"""

from pathlib import Path

from tests.load.mail_kills import run
from tests.support.servers import Servers

PEOPLE, KILLS, REFUSING_SECONDS = 20, 3, 3.0


async def test_everybody_has_one_confirmation_and_one_word_of_the_move(
    tmp_path: Path, servers: Servers
) -> None:
    outcome = await run(
        tmp_path,
        servers,
        people=PEOPLE,
        kills=KILLS,
        refusing=REFUSING_SECONDS,
        program="tests.load.hasty_worker",
    )
    assert (outcome.confirmations, outcome.moved, outcome.kills) == (PEOPLE, PEOPLE, KILLS)
    assert (outcome.open, outcome.errors, outcome.old_times) == (0, 0, 0)
    assert outcome.refused >= PEOPLE // 10
    assert outcome.doubled <= KILLS  # each death may leave one mail taken and not marked
