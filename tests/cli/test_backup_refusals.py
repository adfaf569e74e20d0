"""What greffe backup and greffe restore refuse, with nothing made, changed or restored."""

import json
import os
from pathlib import Path

import psycopg
import pytest

from tests.support.backups import contents, rows, spare, store_of
from tests.support.postgres import short_folder
from tests.support.serving import Registry

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("BY-05")]


@pytest.mark.parametrize("name", ["database.dump", "documents.jsonl", "manifest.json"])
def test_backup_cut_short_is_refused_and_nothing_is_restored(
    name: str, copied: Path, empty: Registry
) -> None:
    os.truncate(copied / name, (copied / name).stat().st_size // 2)
    done = empty.command("restore", str(copied))
    assert done.returncode == 2
    assert str(copied / name) in done.stderr
    assert empty.database
    assert rows(empty.database.superuser_url) == {}
    assert not store_of(empty).root.exists()


def test_backup_that_was_never_finished_is_no_backup(copied: Path, empty: Registry) -> None:
    (copied / "manifest.json").unlink()
    done = empty.command("restore", str(copied))
    assert (done.returncode, "never finished" in done.stderr) == (2, True)
    nothing = empty.command("restore", str(copied.parent / "nowhere"))
    assert (nothing.returncode, "no backup" in nothing.stderr) == (2, True)


def test_nothing_is_restored_over_a_database(source: Registry, target: Path) -> None:
    with short_folder() as folder:
        occupied = Registry(source.state, source.database, {"GREFFE_STORE": str(folder / "store")})
        done = occupied.command("restore", str(target))
        assert (done.returncode, "database is not empty" in done.stderr) == (2, True)
        assert list((folder / "store").iterdir()) == []


def test_nothing_is_restored_over_documents(worn: Registry, target: Path, empty: Registry) -> None:
    before = contents(worn)
    empty.settings = worn.settings
    done = empty.command("restore", str(target))
    assert (done.returncode, "store" in done.stderr) == (2, True)
    assert contents(worn) == before
    assert empty.database
    assert rows(empty.database.superuser_url) == {}


def test_backup_of_a_newer_version_is_refused(copied: Path, empty: Registry) -> None:
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["migrations"].append(["filings", "9999_later"])
    (copied / "manifest.json").write_text(json.dumps(manifest))
    done = empty.command("restore", str(copied))
    assert (done.returncode, "newer" in done.stderr) == (2, True)


def test_backup_of_a_newer_postgresql_is_refused(copied: Path, empty: Registry) -> None:
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["postgres"] = 99
    (copied / "manifest.json").write_text(json.dumps(manifest))
    done = empty.command("restore", str(copied))
    assert (done.returncode, "PostgreSQL 99" in done.stderr) == (2, True)


@pytest.mark.parametrize("inside", ["store/backups", "keys", "store/../store/x", "postgres/b"])
def test_target_inside_what_is_copied_is_refused(inside: str, source: Registry) -> None:
    kept = [source.state / "store", source.state / "keys"]
    before = [sorted(folder.rglob("*")) for folder in kept]
    done = source.command("backup", str(source.state / inside))
    assert (done.returncode, "is inside" in done.stderr) == (2, True)
    assert [sorted(folder.rglob("*")) for folder in kept] == before
    assert not (source.state / "postgres" / "b").exists()


def test_target_that_cannot_be_a_folder_is_said_plainly(source: Registry, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        done = source.command("backup", str(place))
        assert done.returncode == 2
        assert str(place) in done.stderr
        assert "Traceback" not in done.stderr


def test_database_without_tables_is_not_backed_up(empty: Registry, tmp_path: Path) -> None:
    done = empty.command("backup", str(tmp_path / "t"))
    assert (done.returncode, "no tables" in done.stderr) == (3, True)
    assert not (tmp_path / "t").exists()


@pytest.mark.security(23)
def test_role_that_may_not_read_everything_makes_no_backup(
    source: Registry, worn: Registry, tmp_path: Path
) -> None:
    with spare(source, template="greffe") as narrow:
        assert narrow.database
        with psycopg.connect(narrow.database.superuser_url) as connection:
            connection.execute("REVOKE SELECT ON filings_receipt FROM greffe_app")
        narrow.settings = worn.settings
        done = narrow.command("backup", str(tmp_path / "t"))
    assert done.returncode == 3
    assert "permission denied" in done.stderr
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["lock"]
