"""A whole registry for a measurement: embedded database, migrations, demonstration, the server.

Everything is what a newcomer gets: PostgreSQL with its durable defaults, granian, the document
store on the same file system. It lives in a new folder of BENCH_FOLDER (default /var/tmp, which is
a disk where /tmp may be memory) and ends with the measurement.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Registry:
    """Where it listens, the folder of its state and the process that answers requests."""

    folder: Path
    port: int
    server: int

    @property
    def url(self) -> str:
        """The address of its first page."""
        return f"http://{HOST}:{self.port}"


@contextlib.contextmanager
def registry(*, serving: bool = True) -> Iterator[Registry]:
    """Run a registry; Django is set up in this process too, on the same database and store."""
    from greffe.cli import deployment  # noqa: PLC0415 - after the environment is made ours

    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))
    with tempfile.TemporaryDirectory(
        prefix="greffe-bench-",
        dir=os.environ.get("BENCH_FOLDER", "/var/tmp"),
        ignore_cleanup_errors=True,
    ) as name:
        folder, port = Path(name), _free_port()
        folder.chmod(0o711)  # PostgreSQL does not run as root and must be able to reach its files
        for variable in [name for name in os.environ if name.startswith(("GREFFE_", "DATABASE_"))]:
            del os.environ[variable]
        os.environ |= {
            "GREFFE_STATE": str(folder / "state"),
            "GREFFE_DEMO": "1",
            "GREFFE_URL": f"http://{HOST}:{port}",
        }
        deployment.prepare_environment()
        deployment.ensure_keys()
        with deployment.database():
            for command in ("migrate", "demonstration-data"):
                subprocess.run(_greffe(command), check=True)
            _set_up_django()
            with _served(port) if serving else contextlib.nullcontext(0) as server:
                yield Registry(folder, port, server)


def _set_up_django() -> None:
    import django  # noqa: PLC0415 - only now does the environment name a database

    django.setup()


def _greffe(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "greffe.cli", *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _served(port: int) -> Iterator[int]:
    """Run `greffe serve`; give the id of the process in it that answers requests."""
    process = subprocess.Popen(
        _greffe("serve", "--port", str(port)), start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        _await_page(f"http://{HOST}:{port}/healthz", process)
        yield _answering(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _await_page(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.05)
    raise SystemExit("greffe serve did not start")


def _answering(parent: int) -> int:
    """The largest child of granian's main process: its worker."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return max((int(child) for child in children), key=lambda child: memory(child, "VmRSS"))


def memory(process: int, field: str) -> int:
    """A field of /proc/…/status in bytes: VmRSS is now, VmHWM the most it ever had."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def session_of(user: Any) -> str:
    """Sign somebody in without a page: the key of a session of theirs."""
    from importlib import import_module  # noqa: PLC0415 - Django is set up by now

    from django.conf import settings  # noqa: PLC0415 - same
    from django.contrib import auth  # noqa: PLC0415 - it needs Django

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
