"""Look at a document in a sandbox and say what it is, whatever it does to the one that looks."""

import os
from pathlib import Path

from pydantic import ValidationError

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.forks import Forks
from greffe.documents.sandbox.launcher import FailureCode, Limits, SandboxError, reopen
from greffe.law.facts import FileFacts, Verdict

_forks = Forks(Path(__file__).with_name("pdf.py"))

# A process that used all it may, crashed or was killed: its document is too much for us. One that
# never came to read the document says nothing about it.
_VERDICTS: dict[FailureCode, Verdict] = {
    "timeout": "too-complex",
    "killed": "too-complex",
    "memory": "too-complex",
    "flooded": "too-complex",
    "failed": "not-inspected",
    "open": "not-inspected",
}


def inspect(
    document: int | Path, *, limits: Limits | None = None, strict: bool = False
) -> FileFacts:
    """Inspect a document, given as a descriptor open for reading or as a path.

    The facts come from a process of its own that can reach neither files nor network; with `strict`
    (production) it looks at nothing unless all of that holds. A document that crashes the process,
    or exhausts its memory or time, is "too-complex"; "not-inspected" means that the sandbox did not
    work, which is no fault of the document. The caller's offset is not moved. Raises OSError only
    if `document` cannot be opened at all.
    """
    descriptor = reopen(document)
    try:
        size = os.fstat(descriptor).st_size
        if size == 0:
            return FileFacts(size=0, kind="empty", verdict="empty")
        return _facts(descriptor, size, limits or Limits(), strict=strict)
    finally:
        os.close(descriptor)


def _facts(descriptor: int, size: int, limits: Limits, *, strict: bool) -> FileFacts:
    required = bootstrap.STRICT if strict else bootstrap.ESSENTIAL
    try:
        answer = _forks.run(descriptor, {}, limits, required=required)
        return FileFacts.model_validate_json(answer)
    except SandboxError as error:
        return FileFacts(size=size, verdict=_VERDICTS[error.code], detail=str(error))
    except ValidationError as error:
        # Only a process taken over by its document would answer so.
        return FileFacts(size=size, verdict="too-complex", detail=f"answer: {error}"[:1000])
