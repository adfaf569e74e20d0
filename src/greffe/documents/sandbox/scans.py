"""Split a scan of several documents at its cover sheets, in a process that it can do no harm."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from greffe.documents.sandbox import bootstrap
from greffe.documents.sandbox.launcher import FailureCode, Limits, SandboxError, run_isolated

Code = Literal["too-complex", "not-inspected", "damaged", "too-many-pages"]

LARGEST = 100 * 1024 * 1024
"""Bytes of one scan."""

_SCRIPT = Path(__file__).with_name("sheets.py")
_LIMITS = Limits(memory=3 << 29, cpu_seconds=240, wall_seconds=300.0, output=LARGEST + (8 << 20))
_CODES: dict[FailureCode, Code] = {"failed": "damaged", "open": "not-inspected"}


class ScanError(Exception):
    """A scan that could not be split.

    `code`: `damaged` (it does not open), `too-many-pages`, `too-complex` (it used all it may, or
    crashed the process), `not-inspected` (the sandbox did not hold: no fault of the scan).
    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Section:
    """The pages under one cover sheet, and the document made of them (empty where none is).

    `sheet` is the page of the sheet in the scan, 0 for pages before the first one. `text` is what
    its code says, None where no code could be read; nobody has verified it. `turned`: the sheet
    lies upside down. `pages` are page numbers of the scan, the sheet's own left out.
    """

    sheet: int
    text: str | None
    turned: bool
    pages: tuple[int, ...]
    document: bytes


@dataclass(frozen=True, slots=True)
class Split:
    """What a scan holds: its number of pages and its sections in order."""

    pages: int
    sections: tuple[Section, ...]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SaidSection(_Said):
    sheet: int = Field(ge=0)
    text: str | None
    turned: bool
    pages: tuple[int, ...]
    size: int = Field(ge=0)


class _SaidSplit(_Said):
    code: Literal["", "too-many-pages"]
    pages: int = Field(ge=0)
    sections: tuple[_SaidSection, ...] = ()


def split_scan(descriptor: int, *, limits: Limits = _LIMITS, strict: bool = False) -> Split:
    """Split the scan open for reading as `descriptor` in a process of its own.

    The scan is read, never written. With `strict` (production) it is not looked at unless every
    door of the sandbox is shut. Raises ScanError.
    """
    required = bootstrap.STRICT if strict else bootstrap.ESSENTIAL
    try:
        answer = run_isolated(_SCRIPT, descriptor, limits, required=required)
    except SandboxError as error:
        raise ScanError(_CODES.get(error.code, "too-complex"), str(error)) from error
    line, _, documents = answer.partition(b"\n")
    try:
        said = _SaidSplit.model_validate_json(line)
        if said.code:
            raise ScanError(said.code)
        return Split(said.pages, tuple(_sections(said, documents)))
    except ValidationError as error:
        # Only a process taken over by its document would answer so.
        raise ScanError("too-complex", f"answer: {error}"[:1000]) from error


def _sections(said: _SaidSplit, documents: bytes) -> Iterator[Section]:
    ends = list(itertools.accumulate(section.size for section in said.sections))
    if (ends[-1] if ends else 0) != len(documents):
        raise ScanError("too-complex", "the documents are not as long as said")
    for section, end in zip(said.sections, ends, strict=True):
        document = documents[end - section.size : end]
        yield Section(section.sheet, section.text, section.turned, section.pages, document)
