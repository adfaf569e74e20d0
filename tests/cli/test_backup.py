"""greffe backup and greffe restore: what comes back is all of it, and what does not is named."""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from greffe.cli.restoring import MARK
from greffe.documents.store import FileStore
from tests.support.backups import (
    FILED,
    Said,
    contents,
    documents,
    file_some,
    filed_key,
    path_of,
    rows,
    say,
    spare,
    store_of,
)
from tests.support.postgres import short_folder
from tests.support.serving import Registry

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("BY-05")]


def codes(said: Said) -> dict[str, str]:
    """Key and code of every problem of a restore."""
    return {one["key"]: one["code"] for one in said.json["problems"]}


def flip(path: Path) -> None:
    """Change one byte of a file and nothing else."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# There and back


@pytest.mark.requirement("BY-02")
def test_restored_registry_has_every_row_document_and_event(
    source: Registry, target: Path, empty: Registry
) -> None:
    said = say(empty, "restore", target)
    assert said.code == 0, said
    assert said.json["ok"]
    assert said.json["documents"] == documents(source) >= FILED
    assert source.database
    assert empty.database
    assert rows(empty.database.superuser_url) == rows(source.database.superuser_url)
    assert contents(empty) == contents(source)
    assert len(contents(empty)) == documents(source)
    empty.settings = {"GREFFE_KEYS": str(source.state / "keys")}
    there, here = (say(one, "ledger", "verify").json["head"] for one in (source, empty))
    assert here == there
    assert here["seq"] > 0


@pytest.mark.security(23)
def test_restored_ledger_cannot_be_changed_by_the_application_nor_by_its_owner(
    target: Path, empty: Registry
) -> None:
    assert say(empty, "restore", target).json["application_role"]
    assert empty.database
    with psycopg.connect(empty.database.url) as connection:
        assert connection.execute("SELECT count(*) FROM ledger_event").fetchone() != (0,)
        for change in ("DELETE FROM ledger_event", "TRUNCATE ledger_link, ledger_event"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(change)
    with (
        psycopg.connect(empty.database.owner_url) as connection,
        pytest.raises(psycopg.Error, match="append-only"),
    ):
        connection.execute("DELETE FROM ledger_event")


def test_work_goes_on_in_the_restored_registry(target: Path, empty: Registry) -> None:
    assert say(empty, "restore", target).code == 0
    before = documents(empty)
    assert empty.command("keys", "create", "--name", "Greffe").returncode == 0
    file_some(empty, "second", "MC6-70002")
    assert len(contents(empty)) >= before + FILED
    assert say(empty, "ledger", "verify").json["waiting"] <= 2  # its checkpoint's own event


def test_restore_that_ended_before_it_had_verified_verifies_now(
    target: Path, empty: Registry
) -> None:
    first = say(empty, "restore", target)
    assert first.code == 0
    name = Path(first.json["folder"]).name
    (store_of(empty).root / MARK).write_text(name)
    flip(path_of(empty, filed_key(empty)))
    again = say(empty, "restore", target)
    assert again.code == 1
    assert codes(again) == {filed_key(empty): "altered"}
    assert empty.command("restore", str(target)).returncode == 2  # it is over now


def test_restore_makes_an_embedded_database_of_its_own(source: Registry, target: Path) -> None:
    with short_folder() as folder:
        alone = Registry(folder / "state")
        said = say(alone, "restore", target)
        assert said.code == 0, said
        assert contents(alone) == contents(source)


# Incremental


def test_second_backup_links_what_the_first_has_and_each_stands_alone(
    source: Registry, empty: Registry, tmp_path: Path
) -> None:
    first, second = (say(source, "backup", tmp_path / "t").json for _ in range(2))
    assert (first["copied"], first["linked"]) == (documents(source), 0)
    assert (second["copied"], second["linked"]) == (0, documents(source))
    files = [
        next(path for path in Path(one["folder"], "documents").rglob("*") if path.is_file())
        for one in (first, second)
    ]
    assert files[0].samefile(files[1])
    shutil.rmtree(first["folder"])
    assert say(empty, "restore", tmp_path / "t").code == 0


def test_full_backup_links_nothing(source: Registry, target: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(target, tmp_path / "t")
    said = say(source, "backup", copy, "--full").json
    assert (said["copied"], said["linked"]) == (documents(source), 0)


def test_doctor_knows_the_last_backup_that_was_whole(
    source: Registry, worn: Registry, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    said = say(source, "backup", folder)
    path_of(worn, filed_key(worn)).unlink()
    assert say(worn, "backup", tmp_path / "others", "--full").code == 1
    lines = source.command("doctor", "--json").stdout.splitlines()
    (found,) = [one for line in lines if (one := json.loads(line))["check"] == "backup"]
    assert (found["status"], found["details"]["folder"]) == ("ok", said.json["folder"])
    noted = datetime.fromisoformat(found["details"]["made_at"])
    assert noted == datetime.fromisoformat(said.json["manifest"]["made_at"])


def test_backup_is_closed_to_others_and_holds_no_private_key(
    source: Registry, target: Path
) -> None:
    paths = [path for path in target.rglob("*") if path.name != "lock"]
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}
    private = [path.read_bytes() for path in (source.state / "keys").glob("*.pem")]
    assert private
    kept = [path.read_bytes() for path in paths if path.is_file()]
    assert not [one for one in kept if any(key in one for key in private) or b"PRIVATE" in one]
    keys = json.loads(next(target.rglob("keys.json")).read_text())
    assert {key["purpose"] for key in keys["keys"]} == {"receipt", "seal"}


# What is missing or altered


def test_document_missing_from_the_store_is_named_with_its_submission(
    worn: Registry, tmp_path: Path
) -> None:
    key = filed_key(worn)
    path_of(worn, key).unlink()
    said = say(worn, "backup", tmp_path / "t")
    assert said.code == 1
    (problem,) = said.json["manifest"]["problems"]
    assert (problem["code"], problem["key"], problem["saved"]) == ("missing", key, False)
    assert len(problem["filed_in"]) == 1
    told = worn.command("backup", str(tmp_path / "t"), "--lang", "fr")
    assert told.returncode == 1
    assert f"Le document {key} manque" in told.stdout
    assert problem["filed_in"][0] in told.stdout


def test_document_missing_from_the_store_comes_from_the_earlier_backup(
    worn: Registry, empty: Registry, tmp_path: Path
) -> None:
    assert say(worn, "backup", tmp_path / "t").code == 0
    key = filed_key(worn)
    path_of(worn, key).unlink()
    said = say(worn, "backup", tmp_path / "t")
    assert said.code == 1
    (problem,) = said.json["manifest"]["problems"]
    assert (problem["code"], problem["saved"]) == ("missing", True)
    assert say(empty, "restore", tmp_path / "t").code == 0


def test_altered_document_is_not_taken_for_the_one_that_was_filed(
    worn: Registry, empty: Registry, tmp_path: Path
) -> None:
    key = filed_key(worn)
    flip(path_of(worn, key))
    said = say(worn, "backup", tmp_path / "t")
    assert said.code == 1
    (problem,) = said.json["manifest"]["problems"]
    assert (problem["code"], problem["key"]) == ("altered", key)
    damaged = Path(said.json["folder"], "damaged", key[:2], key)
    assert damaged.read_bytes() == path_of(worn, key).read_bytes()
    restored = say(empty, "restore", tmp_path / "t")
    assert restored.code == 1
    assert codes(restored) == {key: "missing"}
    assert key not in contents(empty)


def test_shorter_document_is_seen_by_an_incremental_backup_too(
    worn: Registry, tmp_path: Path
) -> None:
    assert say(worn, "backup", tmp_path / "t").code == 0
    key = filed_key(worn)
    os.truncate(path_of(worn, key), 10)
    said = say(worn, "backup", tmp_path / "t")
    assert [one["code"] for one in said.json["manifest"]["problems"]] == ["altered"]


@pytest.mark.parametrize(("harm", "code"), [(flip, "altered"), (Path.unlink, "missing")])
def test_document_harmed_in_the_backup_is_named(
    harm: "type[Path]", code: str, source: Registry, copied: Path, empty: Registry
) -> None:
    key = filed_key(source)
    harm(copied / "documents" / key[:2] / key)
    checked = say(empty, "restore", "--check", copied)
    assert (checked.code, codes(checked)) == (1, {key: code})
    assert not store_of(empty).root.exists()
    restored = say(empty, "restore", copied)
    assert (restored.code, codes(restored)) == (1, {key: code})
    assert len(restored.json["problems"][0]["filed_in"]) == 1
    assert contents(empty).keys() == contents(source).keys() - {key}


@pytest.mark.requirement("BY-02")
def test_document_exchanged_together_with_its_row_is_found_by_the_ledger(
    source: Registry, worn: Registry, empty: Registry, tmp_path: Path
) -> None:
    key = filed_key(source)
    with FileStore(tmp_path / "other").writer() as writer:
        writer.write(b"something else")
        other = writer.commit()
    path_of(worn, key).write_bytes(b"something else")
    with spare(source, template="greffe") as forged:
        assert forged.database
        with psycopg.connect(forged.database.superuser_url) as connection:
            was = connection.execute(
                "SELECT sha256 FROM documents_blob WHERE key = %s", [key]
            ).fetchone()
            connection.execute(
                "UPDATE documents_blob SET sha256 = %s, size = %s WHERE key = %s",
                [other.sha256, other.size, key],
            )
        forged.settings = worn.settings
        assert say(forged, "backup", tmp_path / "t").code == 0
    said = say(empty, "restore", tmp_path / "t")
    assert said.code == 1
    assert said.json["problems"] == []
    assert was
    assert [one["sha256"] for one in said.json["filed_otherwise"]] == [was[0]]


@pytest.mark.requirement("BY-02")
def test_ledger_that_was_cut_is_seen_by_a_checkpoint_kept_elsewhere(
    source: Registry, worn: Registry, empty: Registry, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint.json"
    with spare(source, template="greffe") as cut:
        assert cut.database
        cut.settings = worn.settings
        checkpoint.write_text(cut.command("ledger", "checkpoint").stdout)
        with psycopg.connect(cut.database.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM ledger_checkpoint")
            last = "(SELECT seq FROM ledger_link ORDER BY seq DESC LIMIT 1)"
            connection.execute(
                "DELETE FROM ledger_event WHERE id ="
                f" (SELECT event_id FROM ledger_link WHERE seq = {last})"
            )
            connection.execute(f"DELETE FROM ledger_link WHERE seq = {last}")
        assert say(cut, "backup", tmp_path / "t").code == 0
    said = say(empty, "restore", tmp_path / "t", "--checkpoint", checkpoint)
    assert said.code == 1
    assert "truncated" in {one["kind"] for one in said.json["ledger"]["problems"]}
