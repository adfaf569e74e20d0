"""Processes that end with the one that started them, in whatever way that one ends.

Killed, a process cannot stop its children: they would go on holding the port and the database, and
the next start would fail.
"""

import os
import sys

from greffe.documents.sandbox.kernel import die_with_parent

STARTER = "GREFFE_STARTER"
"""The variable in which a process tells those that it starts its own number."""


def die_with_starter() -> None:
    """Have the kernel kill this process when its starter ends; do nothing if nobody asked for it."""
    starter = os.environ.pop(STARTER, "")
    if starter and not die_with_parent(int(starter)):
        sys.exit(1)
