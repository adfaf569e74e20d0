"""Advisory locks on files (flock): the kernel lets go of them when their holder dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from greffe.embedded.owner import open_private

_PAUSE: Final = 0.005  # seconds between two tries

SHARED: Final = fcntl.LOCK_SH
ALONE: Final = fcntl.LOCK_EX


def open_lock(path: Path) -> int:
    """Open the lock file `path`, making it if need be; the descriptor is not inherited."""
    return open_private(path, os.O_RDWR)


def try_take(descriptor: int, kind: int) -> bool:
    """Take the lock at once, or say that somebody holds it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def take(descriptor: int, kind: int, deadline: float) -> bool:
    """Take the lock, waiting until `deadline` (time.monotonic); False when it passes."""
    while not try_take(descriptor, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


def let_go(descriptor: int) -> None:
    """Release the lock and keep the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock file `path`."""
    descriptor = open_lock(path)
    try:
        return try_take(descriptor, ALONE)
    finally:
        os.close(descriptor)
