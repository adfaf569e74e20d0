import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from greffe.cli.app import build
from tests.support.backups import file_some, say, spare
from tests.support.postgres import installed_postgres, short_folder
from tests.support.serving import Registry, registry

STEERING = ("GREFFE_", "DATABASE_", "LC_", "LANG")

Greffe = Callable[..., Result]


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start from nothing set, with a state folder that is not there yet."""
    for name in [name for name in os.environ if name.startswith(STEERING)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GREFFE_STATE", str(tmp_path / "state"))


@pytest.fixture
def greffe() -> Greffe:
    """Run a command in this process; give its exit code and what it said."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(build(), [str(one) for one in arguments])

    return run


@pytest.fixture
def lines(greffe: Greffe) -> Callable[..., list[dict[str, Any]]]:
    """Run a command with --json; give its objects."""

    def run(*arguments: object) -> list[dict[str, Any]]:
        said = greffe(*arguments, "--json").stdout
        return [json.loads(line) for line in said.splitlines()]

    return run


@pytest.fixture(scope="session")
def site() -> Iterator[Registry]:
    """A registry with the demonstration's people and cases; nothing serves it."""
    if os.environ.get("GREFFE_TEST_POSTGRES") != "15":
        with registry() as made:
            yield made
        return
    with short_folder() as folder, installed_postgres(15) as database:
        made = Registry(folder / "state", database)
        made.prepare()
        yield made
        made.close()


@pytest.fixture(scope="session")
def source() -> Iterator[Registry]:
    """A registry with documents; nobody changes it."""
    with ExitStack() as stack:
        if os.environ.get("GREFFE_TEST_POSTGRES") == "15":
            folder = stack.enter_context(short_folder())
            made = Registry(folder / "state", stack.enter_context(installed_postgres(15)))
            made.prepare()
        else:
            made = stack.enter_context(registry())
        assert made.command("keys", "create", "--name", "Greffe").returncode == 0
        file_some(made, "amal", "MC6-70001")
        yield made


@pytest.fixture(scope="session")
def target(source: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one whole backup of it; nobody changes it."""
    folder = tmp_path_factory.mktemp("backups") / "target"
    assert say(source, "backup", folder).code == 0
    return folder


@pytest.fixture
def copied(target: Path, tmp_path: Path) -> Path:
    """A copy of that backup, to be damaged."""
    (whole,) = (one for one in target.iterdir() if one.is_dir())
    return Path(shutil.copytree(whole, tmp_path / whole.name))


@pytest.fixture
def worn(source: Registry, tmp_path: Path) -> Registry:
    """The same registry with a copy of its documents, to be damaged."""
    store = shutil.copytree(source.state / "store", tmp_path / "store")
    settings = {"GREFFE_STORE": str(store), "GREFFE_KEYS": str(source.state / "keys")}
    return Registry(source.state, source.database, settings)


@pytest.fixture
def empty(source: Registry) -> Iterator[Registry]:
    """An empty database and an empty state folder."""
    with spare(source) as made:
        yield made
