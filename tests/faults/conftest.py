import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from greffe.embedded.server import Server
from tests.support.aftermath import check_ledger
from tests.support.embedded import postmaster, wait_for_process
from tests.support.faults import LASTING, ROOM, Counsel, Outside, Stage, begin, start_again
from tests.support.serving import Registry, Running, registry, until

COMMAND = {"web": "serve", "worker": "worker"}


@pytest.fixture(scope="session")
def site() -> Iterator[Registry]:
    """A registry whose committed changes survive a kill; its processes are started as needed."""
    with registry(LASTING) as made:
        yield made
        check_ledger(made)  # of everything that was done to it


@pytest.fixture(scope="session")
def outside(site: Registry) -> Outside:
    """The database of that registry, seen from outside."""
    assert site.database
    return Outside(site.database.superuser_url)


@pytest.fixture(scope="session")
def processes() -> dict[str, Running]:
    """The server and the worker that run now; tests kill them, and the next one starts them."""
    return {}


@pytest.fixture(scope="session")
def again() -> Iterator[Callable[[Registry], Server]]:
    """Start a killed database again, or wait until its keeper has; let go of it at the end."""
    with ExitStack() as stack:
        yield lambda site: stack.enter_context(start_again(site))


@pytest.fixture(scope="session")
def counsel(site: Registry, processes: dict[str, Running]) -> Iterator[Counsel]:
    """Counsel, signed in: the session outlives every process."""
    processes["web"] = site.serve()
    signed_in = Counsel(site)
    yield signed_in
    signed_in.close()


@pytest.fixture
def running(site: Registry, processes: dict[str, Running], counsel: Counsel) -> dict[str, Running]:
    """Have a server that answers and a worker."""
    del counsel
    if not processes["web"].alive:
        processes["web"] = site.serve()
    if "worker" not in processes or not processes["worker"].alive:
        processes["worker"] = site.worker()
    return processes


@pytest.fixture
def stage(
    site: Registry, outside: Outside, counsel: Counsel, running: dict[str, Running]
) -> Iterator[Stage]:
    """A draft that holds one file, in a registry that runs; what was said is shown on failure.

    The worker has made the receipts of earlier tests: it makes none while this one looks.
    """
    unmade = (
        "SELECT id FROM filings_submission AS submission WHERE NOT EXISTS"
        " (SELECT FROM filings_receiptpaper AS paper WHERE paper.submission_id = submission.id)"
    )
    until(lambda: not outside.ask(unmade), "the receipts of earlier tests")
    yield begin(site, outside, counsel, running)
    for process in running.values():
        sys.stdout.write(process.log.read_text()[-20_000:])


@pytest.fixture
def kill(stage: Stage, again: Callable[[Registry], Server]) -> Callable[[str], None]:
    """SIGKILL for the server with the process that serves, for the worker, or for the database."""

    def strike(victim: str) -> None:
        if victim != "database":
            stage.processes[victim].kill()
            stage.outside.wait_for_the_end_of(COMMAND[victim])
            return
        assert stage.registry.database
        number = postmaster(stage.registry.database.data)
        os.kill(number, signal.SIGKILL)
        wait_for_process(number)
        again(stage.registry)

    return strike


@pytest.fixture
def restart(stage: Stage) -> Callable[[], None]:
    """Start again what no longer runs; the database has come back by itself."""

    def revive() -> None:
        stage.outside.wait_for_answer()
        if not stage.processes["web"].alive:
            stage.processes["web"] = stage.registry.serve()
        if not stage.processes["worker"].alive:
            stage.processes["worker"] = stage.registry.worker()

    return revive


def _can_mount(under: tuple[str, ...]) -> bool:
    return subprocess.run([*under, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> tuple[str, ...]:
    """A command that runs another with a disk of 4 MB on `tmp_path`/small, seen by nobody else."""
    place = tmp_path / "small"
    place.mkdir()
    mount = f'mount -t tmpfs -o size={ROOM} none "{place}" && exec "$@"'
    for unshare in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        under = (*unshare, "sh", "-c", mount, "small")
        if _can_mount(under):
            return under
    pytest.skip("nothing can be mounted here, not even in a namespace of one's own")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Where the small disk is, for those who see it."""
    return tmp_path / "small"
