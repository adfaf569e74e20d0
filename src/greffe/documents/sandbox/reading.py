"""Show a document that may be hostile: a page as an image, its text, where words stand in it.

Each call looks at one document in a process of its own (see `forks`), with the doors of the
inspection; whatever that document does, it is this process that ends, and the caller is told.
"""

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.finding import in_one_line
from greffe.documents.sandbox.forks import Forks
from greffe.documents.sandbox.launcher import Limits, SandboxError, reopen

WIDTHS = (400, 800, 1200, 2000)
"""Pixels across: a small image among others, and the steps of the zoom."""
LONGEST_TERM = 100

Code = Literal["no-page", "password", "damaged", "cannot-show", "too-complex", "not-shown"]

_SHOWING = Limits(cpu_seconds=10, wall_seconds=20.0, output=16 << 20)
_FINDING = Limits(cpu_seconds=20, wall_seconds=40.0, output=1 << 20)
_JPEG = b"\xff\xd8\xff"

_forks = Forks(Path(__file__).with_name("drawing.py"))


class ReadingError(Exception):
    """A page, or a document, that cannot be shown.

    `code`: `no-page` (it has fewer), `password`, `damaged` (it does not open), `cannot-show` (this
    page of it), `too-complex` (it used all it may, or crashed the process), `not-shown` (the
    sandbox did not work, which is no fault of the document).
    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its image (JPEG) and its words; what was not asked for is empty."""

    image: bytes
    text: str


class Hit(BaseModel):
    """A page where a term stands: how often, and the first time with what is around it."""

    model_config = ConfigDict(frozen=True)

    page: int = Field(ge=1)
    count: int = Field(ge=1)
    before: str
    match: str
    after: str


class Hits(BaseModel):
    """What a search found. It looked at the pages up to `until`, of `pages`.

    `text` says whether any of them has words at all: a scan has none.
    """

    model_config = ConfigDict(frozen=True)

    found: tuple[Hit, ...]
    until: int
    pages: int
    text: bool

    @property
    def complete(self) -> bool:
        """Whether it looked at every page."""
        return self.until >= self.pages


def show(
    document: int | Path,
    page: int,
    *,
    width: int | None,
    text: bool = True,
    limits: Limits = _SHOWING,
    strict: bool = False,
) -> Shown:
    """Draw a page (from 1) `width` pixels across, and give its text; None draws nothing.

    `document` is a descriptor open for reading, whose offset is not moved, or a path. `strict` as
    for `inspection.inspect`. A page of an absurd shape is drawn smaller. Raises ReadingError.
    """
    asked = {"do": "show", "page": page, "width": width, "text": text}
    _, parts = _ask(document, asked, limits, strict=strict)
    image, words = parts if len(parts) == len(("image", "text")) else (b"", b"")
    if width and not image.startswith(_JPEG):
        raise ReadingError("too-complex", "no image")  # only a process taken over answers so
    return Shown(image, clean(words.decode(errors="replace")))


def find(
    document: int | Path, term: str, *, limits: Limits = _FINDING, strict: bool = False
) -> Hits:
    """Look for words on every page, without regard to case or accents. Raises ReadingError."""
    asked = {"do": "find", "term": in_one_line(term)[:LONGEST_TERM]}
    facts, _ = _ask(document, asked, limits, strict=strict)
    try:
        hits = Hits.model_validate(facts)
    except ValidationError as error:
        raise ReadingError("too-complex", f"answer: {error}"[:1000]) from error
    return hits.model_copy(update={"found": tuple(map(_clean_hit, hits.found))})


def clean(text: str) -> str:
    """A text of a document without control characters, but with its lines, one empty at most."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    return _EMPTY_LINES.sub("\n\n", seen)


_EMPTY_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_UNSEEN = {"Cc", "Cs", "Cn", "Co"}


def _clean_hit(hit: Hit) -> Hit:
    words = {name: clean(getattr(hit, name)) for name in ("before", "match", "after")}
    return hit.model_copy(update=words)


def _ask(
    document: int | Path, asked: Mapping[str, Any], limits: Limits, *, strict: bool
) -> tuple[dict[str, Any], list[bytes]]:
    """Give the facts of the answer and the parts after them."""
    required = bootstrap.STRICT if strict else bootstrap.ESSENTIAL
    descriptor = reopen(document)
    try:
        answer = _forks.run(descriptor, asked, limits, required=required)
    except SandboxError as error:
        exhausted = error.code in {"timeout", "killed", "memory", "flooded"}
        raise ReadingError("too-complex" if exhausted else "not-shown", str(error)) from error
    finally:
        os.close(descriptor)
    return _read(answer)


def _read(answer: bytes) -> tuple[dict[str, Any], list[bytes]]:
    line, _, rest = answer.partition(b"\n")
    try:
        facts = json.loads(line)
        if code := facts.get("error"):
            raise ReadingError(cast("Code", code) if code in get_args(Code) else "too-complex")
        parts = []
        for size in facts["sizes"]:
            part, rest = rest[:size], rest[size:]
            parts.append(part)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Only a process taken over by its document would answer so.
        raise ReadingError("too-complex", f"answer: {error}"[:1000]) from error
    return facts, parts
