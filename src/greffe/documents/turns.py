"""Whose turn it is to be inspected: as many at once as the machine has processors, and no more.

On the night of a deadline hundreds of files can be complete in the same second. Each inspection is
a process that fills a processor; all at once they would leave nothing for the pages.
"""

import contextlib
import os
import threading
from collections.abc import Iterator

from django.db import connection

AT_ONCE = max(1, os.cpu_count() or 1)
"""Inspections at once in one web process."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@contextlib.contextmanager
def own_turn() -> Iterator[None]:
    """Wait for a turn, and meanwhile leave the connection to the database to others.

    Inside a transaction, which must keep its connection, nothing is given back.
    """
    if not connection.in_atomic_block:
        connection.close()
    with _turns:
        yield
