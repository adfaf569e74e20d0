"""Typesetting: one typst compiler, kept for the life of the process and used in turn."""

import datetime as dt
import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from greffe.papers import fonts

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: list[Any] = ["a-3a", "ua-1"]
_turn = threading.Lock()


class PaperError(Exception):
    """A paper could not be made; what it would have shown is safe elsewhere."""


def typeset(
    template: str, data: Mapping[str, Any], attachment: bytes, *, issued: dt.datetime
) -> bytes:
    """Return the PDF of a template in `templates/`, filled with `data`.

    `attachment` is embedded unchanged (it must be UTF-8); `issued`, with its zone, is the only
    date in the file. Safe to call from several threads. Raises PaperError.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=True), "attachment": attachment.decode()}
    try:
        with _turn:
            made = _compiler(template).compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=STANDARDS,
                timestamp=issued.astimezone(dt.UTC).replace(microsecond=0),
            )
    except (typst.TypstError, OSError, ValueError) as error:
        raise PaperError(str(error)) from error
    if not isinstance(made, bytes):
        raise PaperError("typst gave no single file")
    return made


@functools.cache
def _compiler(template: str) -> typst.Compiler:
    known = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(folder) for folder in fonts.folders()],
    )
    return typst.Compiler(
        input=str(TEMPLATES / template), root=str(TEMPLATES), font_paths=known, sys_inputs={}
    )
