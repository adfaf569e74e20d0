import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from greffe.embedded.binaries import find_binaries
from greffe.embedded.owner import Owner, choose_owner
from greffe.embedded.server import Server, start
from tests.support.embedded import Holder, identity, wait_for_the_end
from tests.support.postgres import UNSYNCED, short_folder
from tests.support.reach import reachable

HOLDER = Path(__file__).with_name("holder.py")
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path that the database's user can reach."""
    with short_folder() as made:
        yield made


@pytest.fixture
def state(folder: Path) -> Iterator[Path]:
    """A state folder not made yet; the test's last user is gone when this waits for the end."""
    yield folder / "state"
    if (folder / "state" / "postgres" / "keeper.lock").exists():
        wait_for_the_end(folder / "state")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A new cluster, made once: making one is what most tests are not about."""
    with short_folder() as made:
        server = start(made / "state", settings=UNSYNCED)
        server.stop()
        yield server.data


@pytest.fixture
def made_state(state: Path, cluster: Path) -> Path:
    """The state folder with a cluster that nobody has used yet."""
    for folder in (state, state / "postgres"):
        folder.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", cluster, state / "postgres"], check=True)
    return state


@pytest.fixture
def begin(made_state: Path) -> Iterator[Callable[..., Server]]:
    """Start or join the database of `made_state`; the test need not stop it."""
    with ExitStack() as stack:

        def _begin(**arguments: Any) -> Server:
            arguments = {"settings": UNSYNCED, **arguments}
            return stack.enter_context(start(made_state, **arguments))

        yield _begin


@dataclass(frozen=True)
class Runner:
    """A Python, our code and the user to run both as."""

    python: str = sys.executable
    source: Path = SOURCE
    holder: Path = HOLDER
    owner: Owner | None = None
    under: tuple[str, ...] = ()  # a command that runs the rest of its line


@pytest.fixture
def hold(state: Path) -> Iterator[Callable[..., Holder]]:
    """Use the database of `state` from another process, in its own process group."""
    with ExitStack() as stack:

        def _hold(runner: Runner | None = None, **arguments: Any) -> Holder:
            runner = runner or Runner()
            arguments = {"state": str(state), "settings": UNSYNCED, **arguments}
            process = subprocess.Popen(
                [*runner.under, runner.python, runner.holder, json.dumps(arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
                cwd="/",
                env={"PYTHONPATH": str(runner.source), "PATH": os.environ["PATH"]},
                **(identity(runner.owner) if runner.owner else {}),
            )
            holder = Holder(process)
            stack.callback(holder.end)
            return holder

        yield _hold


@pytest.fixture
def other(ordinary: Runner) -> Runner:
    """An ordinary user who is not ourselves."""
    if ordinary.owner is None:
        pytest.skip("only root can become another user")
    return ordinary


@pytest.fixture
def ordinary(folder: Path) -> Runner:
    """An ordinary user: ourselves, or as root one with code and a Python that they may read."""
    if os.geteuid() != 0:
        return Runner()
    entry = pwd.getpwnam("nobody")
    nobody = Owner(entry.pw_uid, entry.pw_gid, switch=True)
    candidates = [Path(sys.executable).resolve(), *sorted(Path("/usr/bin").glob("python3.1[1-9]"))]
    usable = [str(python) for python in candidates if nobody.may_run(python)]
    if not usable:
        pytest.skip("no Python of 3.11 or later here that an ordinary user may run")
    source = folder / "source"
    shutil.copytree(SOURCE / "greffe" / "embedded", source / "greffe" / "embedded")
    return Runner(usable[0], source, Path(shutil.copy(HOLDER, folder)), nobody)


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """PostgreSQL's programs where the database's user can run them without a copy of their own."""
    with short_folder() as folder:
        found = find_binaries(folder / "none").folder
        packages = found.parents[2]  # their libraries lie beside the package
        with reachable(packages, choose_owner([folder])) as installed:
            yield installed / found.relative_to(packages)
