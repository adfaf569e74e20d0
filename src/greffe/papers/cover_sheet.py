"""The cover sheet of a document on paper: what it is, in words and in a code for the scanner.

The sheet is laid on the document and scanned with it. Its words are for people; the registry reads
its code (see greffe.filings.cover_sheets).
"""

import datetime as dt
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greffe.papers import texts
from greffe.papers.codes import data_code, marker_code
from greffe.papers.compiler import PaperError, typeset
from greffe.papers.scripts import Level, breakable, isolated, showable
from greffe.papers.texts import NBSP, Lang

_LEVELS: tuple[Level, ...] = ("all", "latin", "ascii")


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """What a sheet says. `received_at` is on the office's clock; the rest is in words.

    An empty `filed_by` leaves its line out.
    """

    registry: str
    file_number: str
    kind: str
    received_at: dt.datetime
    place: str
    method: str
    received_by: str
    filed_by: str
    audience: str
    code: str


def render_cover_sheet(sheet: CoverSheet, *, lang: Lang, issued: dt.datetime) -> bytes:
    """Return the PDF of a cover sheet, one page, with its codes.

    `issued` is the date of the file. Raises PaperError: for a text that no code carries, too.
    """
    for level in _LEVELS[:-1]:
        try:
            return _made(sheet, lang, level, issued)
        except PaperError:
            continue
    return _made(sheet, lang, _LEVELS[-1], issued)


def _made(sheet: CoverSheet, lang: Lang, level: Level, issued: dt.datetime) -> bytes:
    try:
        codes = {"code": data_code(sheet.code), "marker": marker_code()}
    except ValueError as error:
        raise PaperError(str(error)) from error
    return typeset("cover_sheet.typ", _view(sheet, lang, level) | codes, b"", issued=issued)


def _view(sheet: CoverSheet, lang: Lang, level: Level) -> dict[str, Any]:
    def show(value: str) -> str:
        return isolated(breakable(showable(value, level)))

    at = sheet.received_at
    day = texts.long_date(at.date(), lang).replace(" ", NBSP, 1)
    facts = [
        ("kind", sheet.kind),
        ("received", f"{day}, {texts.clock(at, lang)} ({sheet.place})"),
        ("method", sheet.method),
        ("received-by", sheet.received_by),
        ("filed-by", sheet.filed_by),
        ("audience", sheet.audience),
    ]
    number = show(sheet.file_number)
    return {
        "lang": lang,
        "registry": show(sheet.registry),
        "title": _say("title", lang),
        "document_title": _say("document-title", lang).format(number=number),
        "number": number,
        "facts": [[_say(code, lang), show(value)] for code, value in facts if value],
        "lay": _say("lay", lang),
        "clear": _say("clear", lang),
        "code_label": _say("code", lang),
        "marker_label": _say("marker", lang),
    }


@functools.cache
def _words() -> dict[str, dict[Lang, str]]:
    with (Path(__file__).parent / "templates" / "cover_sheet.toml").open("rb") as file:
        rows: dict[str, dict[Lang, str]] = tomllib.load(file)
    return {code: {"en": row["en"], "fr": texts.spaced(row["fr"])} for code, row in rows.items()}


def _say(code: str, lang: Lang) -> str:
    return _words()[code][lang]
