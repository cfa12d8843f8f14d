"""What most tests of trainings start from."""

import pytest

from server.core.db import Database
from tests.server.mentoring.planned import training
from tests.support.training import Held


@pytest.fixture
async def held(database: Database) -> Held:
    """A small training with a published plan."""
    return await training(database)
