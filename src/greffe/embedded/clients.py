"""PostgreSQL's programs for its clients: pg_dump, pg_restore, and which one suits a server."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from greffe.embedded.binaries import program_folders

SETTLED_IN: Final = 17
"""Programs of this version and later give settings that an older server does not know."""


@dataclass(frozen=True, slots=True)
class Client:
    """One program and what its `--version` says."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return int(self.version.partition(".")[0])


def find_dump(server: int) -> Client | None:
    """Choose the pg_dump for a server of the major version `server`: never an older one.

    The nearest is the best: what it writes can be restored by the widest range of others.
    """
    return _nearest("pg_dump", server)


def find_restore(server: int, dumped_by: int) -> Client | None:
    """Choose the pg_restore for a server of version `server` and a dump made by `dumped_by`.

    It must be able to read the dump and must not speak of settings that the server lacks.
    """
    found = _nearest("pg_restore", max(server, dumped_by))
    return None if found and server < SETTLED_IN <= found.major else found


def _nearest(name: str, least: int) -> Client | None:
    found = [one for path in _paths(name) if (one := _inspect(path)) and one.major >= least]
    return min(found, key=lambda one: one.major, default=None)


def _paths(name: str) -> Iterator[Path]:
    yield from (folder / name for folder in program_folders())
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)  # not resolved: Debian's is a wrapper that goes by its name


@cache
def _inspect(path: Path) -> Client | None:
    """Ask a program its version; a missing one, or one that cannot run, is no candidate."""
    if not path.is_file():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a program of ours or of the system, no shell
            [path, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\d+(\.\d+)*", answer.stdout)
    return Client(path, version[0]) if version else None
