"""A PostgreSQL of the system for tests, beside the embedded one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greffe.embedded.server import Server, start

# What a test needs is gone after a crash of the machine anyway.
UNSYNCED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def short_folder(prefix: str = "greffe-test-") -> Iterator[Path]:
    """Give a new folder with a short path that any user may pass, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def installed_postgres(major: int = 15) -> Iterator[Server]:
    """Run the system's PostgreSQL of this major version on an empty database, then remove it.

    Raises FileNotFoundError where it is not installed.
    """
    programs = Path(f"/usr/lib/postgresql/{major}/bin")
    if not os.access(programs / "postgres", os.X_OK):
        raise FileNotFoundError(programs)
    with (
        short_folder() as folder,
        start(folder / "state", binaries=programs, settings=UNSYNCED) as server,
    ):
        yield server
