"""The fixtures of the whole suite: a real PostgreSQL, keys, a store, people and cases."""

import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg.conninfo import conninfo_to_dict

from tests.support.embedded import wait_for_the_end
from tests.support.flush import allow_flush
from tests.support.inspections import allow_memory
from tests.support.postgres import UNSYNCED, installed_postgres
from tests.support.scenes import Scene

pytest_plugins = ["tests.plugins.requirements"]


def pytest_configure() -> None:
    """Take the signals back that who runs the suite may have ignored (nohup, a shell's `&`).

    And let no example fail for being slow: that says how busy the machine is, and no more.
    """
    hypothesis_settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    hypothesis_settings.load_profile("unhurried")
    usual = {signal.SIGINT: signal.default_int_handler}
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, usual.get(number, signal.SIG_DFL))


@contextmanager
def _shared_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One state folder for the workers of this run, which the database's user can reach.

    They share one server, each with its own database; the last one to leave removes the folder.
    """
    base = tmp_path_factory.getbasetemp()
    run = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    name = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"greffe-run-{name}"
    with (run / "users.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        folder.mkdir(mode=0o711, exist_ok=True)
        yield folder
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            wait_for_the_end(folder)
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Superuser's address: version 15 from Debian if asked for, DATABASE_URL, or the embedded."""
    from greffe.embedded import server

    with ExitStack() as stack:
        if os.environ.get("GREFFE_TEST_POSTGRES") == "15":
            yield stack.enter_context(installed_postgres(15)).superuser_url
        elif os.environ.get("DATABASE_URL"):
            yield os.environ["DATABASE_URL"]
        else:
            state = stack.enter_context(_shared_state(tmp_path_factory))
            yield stack.enter_context(server.start(state, settings=UNSYNCED)).superuser_url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    postgres: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Point Django at that server, before the test database is made."""
    from django.db import connections

    parts = conninfo_to_dict(postgres)
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    values = {setting: str(parts.get(name) or "") for name, setting in names.items()}
    connections["default"].settings_dict.update(values | {"NAME": "greffe"})
    connections.settings["default"].update(values)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_ledger() -> Iterator[None]:
    """Let Django empty the tables between tests: the ledger's triggers refuse that to everyone."""
    with pytest.MonkeyPatch.context() as patch:
        allow_flush(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _scenes_remember_inspections() -> Iterator[None]:
    """Inspect the small files of scenes once; everything else, each time."""
    with pytest.MonkeyPatch.context() as patch:
        allow_memory(patch)
        yield


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with demonstration keys, made once."""
    from greffe.sealing.keys import KeyRing

    folder = tmp_path_factory.mktemp("keys")
    folder.chmod(0o700)
    KeyRing.create(folder, demonstration=True, name="Greffe")
    return folder


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, keys: Path) -> None:
    """Give each test a store of its own, and the session's keys."""
    settings.STORE = tmp_path / "store"
    settings.KEYS = keys
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]


@pytest.fixture
def scene(db: None) -> Scene:
    """People and cases to file in; see tests.support.scenes."""
    return Scene()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real PDFs that nobody here made (GREFFE_CORPUS)."""
    folder = os.environ.get("GREFFE_CORPUS")
    if not folder:
        pytest.skip("GREFFE_CORPUS is not set: no real PDFs to read")
    return Path(folder)
