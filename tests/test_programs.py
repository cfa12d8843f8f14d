"""The watch over started programs sees what it must see."""

from pathlib import Path

from tests.support.programs import apt_list, foreign


def test_apt_list_is_read_from_the_makefile() -> None:
    assert {"python3-venv", "chromium", "redis-server", "postgresql"} <= apt_list()


def test_a_program_of_no_package_is_foreign(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert foreign([str(program)]) == {str(program): "belongs to no package"}


def test_programs_of_the_list_and_of_the_base_system_are_not() -> None:
    assert foreign(["/usr/bin/chromium", "/usr/bin/redis-server", "/bin/sh", "runuser"]) == {}
