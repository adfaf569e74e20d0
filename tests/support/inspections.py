"""What inspection found in a scene's files: the same bytes are inspected once a process.

A scene wants a file that was inspected; what the sandbox says of it is always the same, and takes a
third of a second of a processor to hear again. Tests of inspection ask the sandbox itself: only
inside `remembered` is anything else asked.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pytest

from greffe.law.facts import FileFacts

_facts: dict[tuple[bytes, bool], FileFacts] = {}
_allowed = ContextVar("allowed", default=False)


@contextmanager
def remembered() -> Iterator[None]:
    """Let what is inspected in here be answered from memory, if these bytes were inspected before.

    Where `allow_memory` was not called, as in another process, they are inspected.
    """
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def allow_memory(patch: pytest.MonkeyPatch) -> None:
    """Look into the memory where the product asks the sandbox about an upload."""
    from greffe.documents import actions

    inspect = actions.inspect

    def inspect_or_remember(document: int, *, strict: bool) -> FileFacts:
        if not _allowed.get():
            return inspect(document, strict=strict)
        content = os.pread(document, os.fstat(document).st_size, 0)
        key = (hashlib.sha256(content).digest(), strict)
        facts = _facts.get(key) or inspect(document, strict=strict)
        if facts.verdict != "not-inspected":  # the sandbox did not work, this once
            _facts[key] = facts
        return facts

    patch.setattr(actions, "inspect", inspect_or_remember)
