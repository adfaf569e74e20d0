"""Whose turn it is to be inspected: as many at once as the machine has processors, and no more.

On the night of a deadline hundreds of files can be complete in the same second. Each inspection is
a process that fills a processor; all at once they would leave nothing for the pages. Documents that
somebody reads have turns of their own: an officer does not queue behind the files of that night.
"""

import contextlib
import os
import threading
from collections.abc import Iterator

from django.db import connection

AT_ONCE = max(1, os.cpu_count() or 1)
"""Inspections at once in one web process."""

PATIENCE = 30.0
"""Seconds that a reader waits for a turn."""

_turns = threading.BoundedSemaphore(AT_ONCE)
_readers = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """No turn came while a reader could be expected to wait."""


@contextlib.contextmanager
def own_turn() -> Iterator[None]:
    """Wait for a turn, and meanwhile leave the connection to the database to others.

    Inside a transaction, which must keep its connection, nothing is given back.
    """
    _leave_database()
    with _turns:
        yield


@contextlib.contextmanager
def reader_turn() -> Iterator[None]:
    """Wait for a turn to have a page shown, as `own_turn` does. BusyError after PATIENCE."""
    _leave_database()
    if not _readers.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        yield
    finally:
        _readers.release()


def _leave_database() -> None:
    if not connection.in_atomic_block:
        connection.close()
