"""Who waits for the application learns why it does not come."""

from pathlib import Path

import pytest

from tests.support.app import NeverReady, running_app
from tests.support.ports import free_port


async def test_an_application_without_its_database_says_so_and_is_not_waited_for(
    tmp_path: Path, postgres_port: int
) -> None:
    for port, why in ((free_port(), "Connect call failed"), (postgres_port, "does not exist")):
        url = f"postgresql+asyncpg://yoriai:hidden@127.0.0.1:{port}/nowhere"
        with pytest.raises(NeverReady) as refused:
            async with running_app(tmp_path, database_url=url, demo=False):
                pass
        said = str(refused.value)
        assert "(exit code 1)" in said
        assert f"yoriai: the database postgresql+asyncpg://yoriai:***@127.0.0.1:{port}" in said
        assert why in said
        assert "Traceback" not in said
        assert "hidden" not in said
