import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from greffe.cli.app import build
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
