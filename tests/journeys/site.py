"""Runs `greffe demo` for the journeys: the real server, worker and database, on their own state."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from greffe.cli.processes import PARENT

PASSWORD = "une-phrase-de-passe-de-demonstration"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Give the address of a registry that answers, with the demonstration's people and cases.

    Raises RuntimeError with what it said where it did not start, or met an error nobody expected.
    """
    address = f"http://127.0.0.1:{_free_port()}"
    log = folder / "log"
    command = [sys.executable, "-m", "greffe.cli", "demo", "--port", address.rpartition(":")[2]]
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, env=_environment(folder), stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        try:
            assert process.stdout is not None
            if not any(address.encode() in line for line in process.stdout):
                raise RuntimeError(log.read_text())
            drain = Thread(target=process.stdout.read, daemon=True)
            drain.start()
            yield address
        finally:
            process.terminate()
            process.wait()
    if "unexpected error" in (said := log.read_text()):
        raise RuntimeError(said)


def _environment(folder: Path) -> dict[str, str]:
    """Ours, without what points at another registry or database."""
    kept = {name: value for name, value in os.environ.items() if not _elsewhere(name)}
    # Should the test run be killed, the kernel ends what it started.
    own = {"GREFFE_STATE": str(folder / "state"), PARENT: str(os.getpid())}
    return kept | own | {"LC_ALL": "C.UTF-8"}


def _elsewhere(name: str) -> bool:
    return name.startswith(("GREFFE_", "DATABASE_", "DJANGO_", "PYTEST_"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
