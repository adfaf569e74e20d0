"""Each way in which the database cannot start says so, names the path and what to do."""

import contextlib
import dataclasses
import errno
import os
import shutil
import string
import subprocess
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path

import pytest

from greffe.embedded import errors
from greffe.embedded.errors import EmbeddedError
from greffe.embedded.owner import Owner
from greffe.embedded.server import Server, start
from tests.embedded.conftest import Runner
from tests.support.embedded import Holder, ask, wait_for_process
from tests.support.postgres import UNSYNCED

Begin = Callable[..., Server]
Hold = Callable[..., Holder]

pytestmark = pytest.mark.faults


def refusal(state: Path, **arguments: object) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as caught:
        start(state, settings=UNSYNCED, **arguments).stop()  # type: ignore[arg-type]  # any of them
    return caught.value


@pytest.mark.parametrize("code", sorted(errors._TEXTS))
def test_text_has_both_languages_with_the_same_facts(code: str) -> None:
    english, french = errors._TEXTS[code]
    facts = [
        {name for _, name, _, _ in string.Formatter().parse(text)} for text in (english, french)
    ]
    assert facts[0] == facts[1]
    assert english != french
    for mark in (" :", " ;", " ?", " !"):
        assert mark not in french  # a non-breaking space goes before it


def test_wrong_version_names_both_versions(begin: Begin, state: Path) -> None:
    server = begin()
    server.stop()
    (server.data / "PG_VERSION").write_text("99\n")
    error = refusal(state)
    assert error.code == "wrong-version"
    for text in (error.text("en"), error.text("fr")):
        assert "99" in text
        assert str(server.data) in text


def test_version_file_with_rubbish_is_no_version(begin: Begin, state: Path) -> None:
    server = begin()
    server.stop()
    (server.data / "PG_VERSION").write_text("")
    assert refusal(state).code == "unwritable"


@pytest.mark.parametrize("in_place_of", ["state", "state/postgres", "state/postgres/start.lock"])
def test_something_else_in_place_of_ours_is_unwritable(in_place_of: str, folder: Path) -> None:
    taken = folder / in_place_of
    taken.parent.mkdir(parents=True, exist_ok=True)
    if taken.name == "start.lock":
        taken.mkdir()
    else:
        taken.write_text("a file")
    error = refusal(folder / "state")
    assert error.code == "unwritable"
    assert str(folder) in error.message_en
    assert str(folder) in error.message_fr


def test_folder_of_somebody_else_is_unwritable(hold: Hold, state: Path, other: Runner) -> None:
    state.mkdir(mode=0o755)  # root's
    said = hold(other).said()
    assert said.startswith("unwritable: ")
    assert str(state) in said


def test_user_without_a_name_is_told_so(hold: Hold, folder: Path, other: Runner) -> None:
    folder.chmod(0o777)
    nameless = Owner(63_123, 63_123, switch=True)
    said = hold(dataclasses.replace(other, owner=nameless)).said()
    assert said.startswith("no-user: ")
    assert "63123" in said


def test_folder_without_programs_is_named(folder: Path, state: Path) -> None:
    error = refusal(state, binaries=folder)
    assert error.code == "no-binaries"
    assert str(folder) in error.message_en


def test_socket_path_of_107_bytes_serves_and_of_108_is_too_long(
    begin: Begin, folder: Path, state: Path
) -> None:
    room = 107 - len(os.fsencode(folder / "s" / ".s.PGSQL.5432")) + 1
    longest, too_long = folder / ("é" * (room // 2) + "x" * (room % 2)), folder / ("x" * (room + 1))
    error = refusal(state, sockets=too_long)
    assert error.code == "socket-path-too-long"
    assert "108" in error.message_en
    assert str(too_long) in error.message_fr
    assert ask(begin(sockets=longest).url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["x" * 120, "a,b", "naïf état"])
def test_state_whose_socket_path_does_not_serve_gets_another(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    sockets = set()
    for _ in range(2):  # the same one each time
        with start(folder / name, settings=UNSYNCED) as server:
            assert ask(server.url, "SELECT 1") == 1
            assert server.sockets.is_relative_to(folder)
            assert server.sockets.stat().st_mode & 0o077 == 0
            sockets.add(server.sockets)
    assert len(sockets) == 1


def test_recorded_socket_folder_that_others_may_enter_is_not_used_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    state = folder / ("x" * 120)
    with start(state, settings=UNSYNCED) as server:
        before = server.sockets
    before.chmod(0o755)
    with start(state, settings=UNSYNCED) as server:
        assert server.sockets != before


def test_server_that_cannot_start_says_the_last_lines_of_its_log(state: Path) -> None:
    with pytest.raises(EmbeddedError) as caught:
        start(state, settings={**UNSYNCED, "shared_buffers": "nonsense"})
    assert caught.value.code == "start-failed"
    assert "shared_buffers" in caught.value.message_en
    assert "shared_buffers" in caught.value.message_fr


def test_system_errors_are_told_apart(folder: Path) -> None:
    full = errors.from_os_error(OSError(errno.ENOSPC, "No space left on device"), folder)
    quota = errors.from_os_error(OSError(errno.EDQUOT, "Disk quota exceeded"), folder)
    refused = errors.from_os_error(PermissionError(errno.EACCES, "Permission denied"), folder)
    assert [one.code for one in (full, quota, refused)] == ["disk-full", "disk-full", "unwritable"]


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "greffe-test", str(disk)]
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"the kernel does not let us mount a small disk: {mounted.stderr.strip()}")
    yield disk
    # A keeper lets go of its locks first, and of its log a moment later, when it ends.
    for number in processes_with_files_in(disk):
        wait_for_process(number)
    subprocess.run(["umount", str(disk)], check=True)


def processes_with_files_in(folder: Path) -> set[int]:
    """The processes that have a file in that folder open."""
    found = set()
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):  # it has ended, or is none
            for opened in (process / "fd").iterdir():
                with contextlib.suppress(OSError):  # it has been closed
                    if opened.readlink().is_relative_to(folder) and process.name.isdecimal():
                        found.add(int(process.name))
    return found


def fill(disk: Path) -> Path:
    """Leave no block of the disk free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096):
            _write_until_full(file, size)
    assert shutil.disk_usage(disk).free == 0
    return filler


def _write_until_full(file: RawIOBase, size: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            file.write(bytes(size))


def test_full_disk_before_the_first_start_is_told(small_disk: Path, programs: Path) -> None:
    filler = fill(small_disk)
    error = refusal(small_disk / "state", binaries=programs)
    assert error.code == "disk-full"
    assert str(small_disk) in error.message_en
    assert str(small_disk) in error.message_fr
    filler.unlink()
    with start(small_disk / "state", settings=UNSYNCED, binaries=programs) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_disk_that_fills_while_the_cluster_is_made_is_told(
    small_disk: Path, programs: Path
) -> None:
    (small_disk / "filler").write_bytes(bytes(40 * 1024 * 1024))
    assert refusal(small_disk / "state", binaries=programs).code == "disk-full"
    assert not (small_disk / "state" / "postgres" / "data").exists()
    (small_disk / "filler").unlink()
    with start(small_disk / "state", settings=UNSYNCED, binaries=programs) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_full_disk_at_a_later_start_is_told_and_loses_nothing(
    small_disk: Path, programs: Path
) -> None:
    state = small_disk / "state"
    with start(state, settings=UNSYNCED, binaries=programs) as server:
        ask(server.owner_url, "SELECT 1")
    filler = fill(small_disk)
    assert refusal(state, binaries=programs).code == "disk-full"
    filler.unlink()
    with start(state, settings=UNSYNCED, binaries=programs) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_full_disk_is_told_to_an_ordinary_user(
    hold: Hold, folder: Path, state: Path, ordinary: Runner
) -> None:
    folder.chmod(0o777)
    state.mkdir()
    state.chmod(0o777)
    mount = 'mount -t tmpfs -o size=20m,mode=777 greffe-test "$0" || exit; exec "$@"'
    alone = ("unshare", "--user", "--map-current-user", "--keep-caps", "--mount")
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here to mount a small disk with")
    under = (*alone, "sh", "-c", mount, str(state))
    said = hold(dataclasses.replace(ordinary, under=under)).said()
    if not said:
        pytest.skip("the kernel does not let an ordinary user mount a small disk")
    assert said.startswith("disk-full: "), said
    assert str(state) in said
