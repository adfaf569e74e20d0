"""The drill: work goes on during a backup, things end in the middle, and it comes back whole."""

import errno
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.support.backups import contents, path_of, say
from tests.support.faults import ROOM, Outside, Stage, begin, one_more
from tests.support.postgres import short_folder
from tests.support.serving import DEADLINE, Registry, Running, until

pytestmark = [pytest.mark.faults, pytest.mark.requirement("BY-05")]

Kill = Callable[[str], None]
Restart = Callable[[], None]

# Held from outside, each lets the backup come to an exact step and no further.
AFTER_SNAPSHOT = "LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE"
IN_PG_DUMP = "LOCK TABLE filings_receipt IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "target"


def begin_backup(stage: Stage, target: Path, *, under: tuple[str, ...] = ()) -> Running:
    """Start a backup in a process of its own."""
    (stage.registry.state / "backup.log").unlink(missing_ok=True)
    return stage.registry.run("backup", str(target), "--json", under=under)


def whole(target: Path) -> list[Path]:
    """The folders that are, or look like, whole backups."""
    return [one for one in sorted(target.iterdir()) if one.name[0].isdigit()]


def keys_of(backup: Path) -> dict[str, str]:
    """Key and SHA-256 of the documents of a backup, as their bytes are."""
    files = [path for path in (backup / "documents").rglob("*") if path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def pipe_instead(path: Path) -> Iterator[None]:
    """Have a pipe where a file was: whoever reads it stands still. In here, somebody does."""
    aside = path.with_name(f"{path.name}-aside")
    path.rename(aside)
    os.mkfifo(path)
    try:
        yield
    finally:
        path.unlink()
        aside.rename(path)


def wait_for_reader(path: Path) -> int:
    """Wait until somebody reads the pipe, and give the end that keeps them waiting."""

    def opened() -> int | None:
        with suppress(OSError):
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        return None

    return until(opened, f"somebody who reads {path}")


@contextmanager
def restored(target: Path) -> Iterator[Registry]:
    """A registry with an embedded database of its own, restored and verified."""
    with short_folder() as folder:
        copy = Registry(folder / "state")
        said = say(copy, "restore", target)
        assert said.code == 0, said
        assert said.json["ok"]
        yield copy


@pytest.mark.requirement("BY-02")
def test_backup_has_all_of_its_moment_while_filing_and_discarding_go_on(
    stage: Stage, target: Path
) -> None:
    name, content = one_more(stage)
    other = begin(stage.registry, stage.outside, stage.counsel, stage.processes)
    discarded = stage.outside.ask(
        "SELECT blob.key FROM filings_draftfile AS file"
        " JOIN documents_upload AS upload ON upload.id = file.upload_id"
        " JOIN documents_blob AS blob ON blob.id = upload.blob_id WHERE file.draft_id = %s",
        other.draft_id,
    )
    with stage.outside.holding(AFTER_SNAPSHOT):
        running = begin_backup(stage, target)
        stage.outside.wait_for_blocked("django_migrations")
        now_there = dict.fromkeys(stage.outside.ask("SELECT key FROM documents_blob"))
        assert stage.counsel.add(stage.draft, name, content).is_redirect
        form = stage.counsel.review(stage.draft)
        assert stage.counsel.file(stage.draft, form).is_redirect
        gone = stage.counsel.form(f"{other.draft}discard/")
        answer = stage.counsel.client.post(f"{other.draft}discard/", data=gone.fields)
        assert answer.status_code == httpx.codes.FOUND
        until(lambda: not path_of(stage.registry, discarded[0]).exists(), "a deletion")
    assert running.process.wait(DEADLINE) == 0, running.log.read_text()
    (made,) = whole(target)
    assert keys_of(made).keys() == now_there.keys()
    assert set(discarded) <= keys_of(made).keys()
    with restored(target) as copy:
        assert contents(copy).keys() == now_there.keys()
    # What was filed meanwhile is in the next one, and nothing of the first is copied again.
    said = say(stage.registry, "backup", target)
    assert said.code == 0
    assert said.json["linked"] >= len(now_there) - len(discarded)
    later = keys_of(whole(target)[-1])
    assert hashlib.sha256(content).hexdigest() in later.values()
    assert not set(discarded) & later.keys()
    with restored(target) as copy:
        check = say(copy, "restore", "--check", target)
        assert (check.code, check.json["documents"]) == (0, len(later))


@pytest.mark.security(24)
def test_backup_killed_in_its_dump_leaves_nothing_that_passes_for_one(
    stage: Stage, target: Path
) -> None:
    with stage.outside.holding(IN_PG_DUMP):
        running = begin_backup(stage, target)
        stage.outside.wait_for_blocked("LOCK TABLE")
        os.kill(running.pid, signal.SIGKILL)
        running.process.wait(DEADLINE)
        assert whole(target) == []
        refused = stage.registry.command("restore", str(target))
        assert (refused.returncode, "never finished" in refused.stderr) == (2, True)
    stage.outside.wait_for_the_end_of("greffe backup")  # pg_dump has nobody to write to
    assert say(stage.registry, "backup", target).code == 0
    assert [path.name for path in target.iterdir() if path.name.startswith("unfinished")] == []
    with restored(target):
        pass


@pytest.mark.security(24)
def test_backup_killed_among_documents_goes_on_where_it_was(stage: Stage, target: Path) -> None:
    name, content = one_more(stage)
    assert stage.counsel.add(stage.draft, name, content).is_redirect
    *before, last = sorted(stage.outside.ask("SELECT key FROM documents_blob"))
    with pipe_instead(path_of(stage.registry, last)):
        running = begin_backup(stage, target)
        held = wait_for_reader(path_of(stage.registry, last))
        running.kill()
        os.close(held)
    assert whole(target) == []
    again = say(stage.registry, "backup", target)
    assert again.code == 0
    assert again.json["linked"] >= len(before)
    with restored(target):
        pass


@pytest.mark.security(24)
def test_database_that_goes_away_during_the_backup_is_said_and_leaves_nothing(
    stage: Stage, target: Path, kill: Kill, restart: Restart
) -> None:
    with stage.outside.holding(AFTER_SNAPSHOT):
        running = begin_backup(stage, target)
        stage.outside.wait_for_blocked("django_migrations")
        kill("database")
    assert running.process.wait(DEADLINE) == 3
    said = running.log.read_text()
    assert "database" in said
    assert "Traceback" not in said
    assert [path.name for path in target.iterdir()] == ["lock"]
    restart()


@pytest.mark.security(24)
def test_pg_dump_that_loses_the_database_is_said_and_leaves_nothing(
    stage: Stage, target: Path
) -> None:
    with stage.outside.holding(IN_PG_DUMP):
        running = begin_backup(stage, target)
        stage.outside.wait_for_blocked("LOCK TABLE")
        stage.outside.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            "greffe backup",
        )
        assert running.process.wait(DEADLINE) == 3
    said = running.log.read_text()
    assert "could not be copied" in said
    assert "Traceback" not in said
    assert [path.name for path in target.iterdir()] == ["lock"]


def test_two_backups_to_one_folder_do_not_meet(stage: Stage, target: Path) -> None:
    with stage.outside.holding(AFTER_SNAPSHOT):
        running = begin_backup(stage, target)
        stage.outside.wait_for_blocked("django_migrations")
        second = stage.registry.command("backup", str(target))
        assert (second.returncode, "being made" in second.stderr) == (2, True)
    assert running.process.wait(DEADLINE) == 0
    assert len(whole(target)) == 1


def test_full_disk_is_said_and_leaves_only_what_was_there(
    stage: Stage, small: Path, small_disk: tuple[str, ...]
) -> None:
    name, content = one_more(stage)
    stage.sent[name] = content + b"%" * ROOM
    assert stage.counsel.add(stage.draft, name, stage.sent[name]).is_redirect
    target = small / "target"
    # A shell in between is the parent whose end it would wait for.
    then_list = (
        "sh",
        "-c",
        f'env -u GREFFE_PARENT "$@"; code=$?; echo; ls -A "{target}"; exit $code',
        "list",
    )
    running = begin_backup(stage, target, under=(*small_disk, *then_list))
    assert running.process.wait(DEADLINE) == 2
    said, _, listed = running.log.read_text().rpartition("\n\n")
    assert "The disk is full" in said
    assert os.strerror(errno.ENOSPC) in said
    assert listed.split() == ["lock"]


@pytest.mark.security(24)
def test_restore_killed_among_documents_goes_on_where_it_was(
    stage: Stage, target: Path, outside: Outside
) -> None:
    name, content = one_more(stage)
    assert stage.counsel.add(stage.draft, name, content).is_redirect
    assert say(stage.registry, "backup", target).code == 0
    (made,) = whole(target)
    copy = Path(shutil.copytree(made, target.parent / made.name))
    last = max(keys_of(copy))
    with short_folder() as folder:
        registry = Registry(folder / "state")
        registry.state.mkdir(mode=0o711)
        with pipe_instead(copy / "documents" / last[:2] / last):
            running = registry.run("restore", str(copy), "--json")
            held = wait_for_reader(copy / "documents" / last[:2] / last)
            running.kill()
            os.close(held)
        assert len(contents(registry)) == len(keys_of(copy)) - 1
        again = say(registry, "restore", copy)
        assert (again.code, again.json["ok"]) == (0, True), again
        assert contents(registry).keys() == keys_of(copy).keys()
        manifest = json.loads((copy / "manifest.json").read_text())
        assert again.json["documents"] == manifest["documents"]["count"]
