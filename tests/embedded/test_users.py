"""Root and ordinary users: who runs the database, where it is, and what is left untouched."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from greffe.embedded import binaries
from greffe.embedded.errors import EmbeddedError
from greffe.embedded.owner import Owner
from greffe.embedded.server import start
from tests.embedded.conftest import Runner
from tests.support.embedded import Holder, ask, database_user, postmaster
from tests.support.postgres import UNSYNCED

Hold = Callable[..., Holder]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about root, and we are not")


def test_ordinary_user_runs_it_as_themselves(
    hold: Hold, folder: Path, state: Path, ordinary: Runner
) -> None:
    folder.chmod(0o777)
    holder = hold(ordinary)
    assert holder.said().startswith("postgresql://")
    uid = ordinary.owner.uid if ordinary.owner else os.geteuid()
    data = state / "postgres" / "data"
    assert data.stat().st_uid == uid
    assert Path(f"/proc/{postmaster(data)}").stat().st_uid == uid
    for made in (state, state / "postgres"):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    holder.leave()
    assert not (data / "postmaster.pid").exists()


def test_root_after_an_ordinary_user_and_back_use_the_same_database(
    hold: Hold, folder: Path, state: Path, other: Runner
) -> None:
    folder.chmod(0o777)
    first = hold(other)
    assert first.said().startswith("postgresql://")
    first.leave()
    assert database_user(state) == other.owner
    with start(state, settings=UNSYNCED) as server:
        assert ask(server.url, "SELECT 1") == 1
    again = hold(other)
    assert again.said().startswith("postgresql://")


@as_root
def test_private_state_of_root_keeps_its_data_elsewhere_and_its_permissions(folder: Path) -> None:
    private = folder / "root"
    private.mkdir(mode=0o700)
    for _ in range(2):  # the place is recorded
        with start(private / "state", elsewhere=folder / "e", settings=UNSYNCED) as server:
            assert ask(server.url, "SELECT 1") == 1
            assert server.data.is_relative_to(folder / "e")
            assert server.data.stat().st_uid != 0
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert len(list((folder / "e").iterdir())) == 1
    record = json.loads((private / "state" / "postgres" / "record.json").read_text())
    assert Path(record["place"]) / "data" == server.data


@as_root
def test_place_that_is_gone_is_not_replaced_by_an_empty_database(folder: Path) -> None:
    private = folder / "root"
    private.mkdir(mode=0o700)
    start(private / "state", elsewhere=folder / "e", settings=UNSYNCED).stop()
    (folder / "e").rename(folder / "away")
    with pytest.raises(EmbeddedError) as caught:
        start(private / "state", elsewhere=folder / "e", settings=UNSYNCED)
    assert caught.value.code == "missing"
    assert str(folder / "e") in caught.value.message_en
    assert not (folder / "e").exists()


@as_root
def test_programs_under_a_private_home_are_copied_once(folder: Path, state: Path) -> None:
    found = binaries.find_binaries(folder / "none")
    home = folder / "home"
    home.mkdir(mode=0o700)
    package = home / "package"
    shutil.copytree(found.folder.parent, package / "install", symlinks=True)
    libraries = found.folder.parents[1].with_name(f"{found.folder.parents[1].name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
        package.rename(home / libraries.stem)
        package = home / libraries.stem
    for _ in range(2):
        programs = package / "install" / "bin"
        with start(state, binaries=programs, settings=UNSYNCED) as server:
            assert ask(server.url, "SELECT 1") == 1
            used = Path(f"/proc/{postmaster(server.data)}/exe").readlink()
            assert used.is_relative_to(state)
            assert used.stat().st_uid == 0  # the database cannot change its own program
    assert len(list((state / "postgres").glob("programs-*"))) == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_owner_passes_by_the_bits_that_concern_them(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    stranger = Owner(63_001, 63_001, switch=True)
    for mode, passes in ((0o700, False), (0o710, False), (0o701, True), (0o755, True)):
        inner.chmod(mode)
        assert stranger.may_pass(inner) is passes
    inner.chmod(0o700)
    assert Owner(os.geteuid(), os.getegid(), switch=True).may_pass(inner)
    assert Owner(os.geteuid(), os.getegid(), switch=False).may_pass(inner)
