"""The script of the sandbox that shows a document: draws a page, gives its text, finds words.

It is asked in JSON and answers with a line of JSON, which tells the sizes of what follows it. What
it reads is hostile, as for `pdf`, and it takes the same care of nothing but sizes: the process it
runs in can harm only itself.
"""

import ctypes
import io
import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import PIL.JpegImagePlugin  # noqa: F401 - loaded while files can still be opened
import pypdfium2
import pypdfium2.raw as pdfium

from greffe.documents.sandbox.finding import in_one_line, occurrences

Answer = dict[str, Any]

MOST_PIXELS = 12_000_000
MOST_SIDE = 16_000
"""A page drawn larger than this is drawn smaller: a strip of one point by two hundred inches."""
MOST_TEXT = 200_000
QUALITY = 85

MOST_PAGES = 50
"""Pages that a search tells; it says when there are more."""
SECONDS = 10.0
"""How long a search looks; it says how far it came."""
_AROUND = 70

_SAMPLE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources"
    b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 34>>stream\nBT /F 9 Tf 9 9 Td (Greffe) Tj ET\n\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)


class RefusedError(Exception):
    """What was asked cannot be given; its text is the code."""


def main(fd: int, _holds: dict[str, bool], asked: Answer) -> bytes:
    """Answer what is asked of the document open as `fd`."""
    with os.fdopen(fd, "rb", closefd=False) as stream:
        try:
            return _find(stream, asked) if asked["do"] == "find" else _show(stream, asked)
        except RefusedError as error:
            return _told({"error": str(error)})
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - the libraries raise what they like on such input
            return _told({"error": "cannot-show"})


def _told(facts: Answer, *parts: bytes) -> bytes:
    line = json.dumps(facts | {"sizes": [len(part) for part in parts]})
    return b"\n".join((line.encode(), b"".join(parts)))


def _show(stream: BinaryIO, asked: Answer) -> bytes:
    """Draw a page, unless no width is asked, and give its text, unless none is wanted."""
    document = _open(stream)
    page = _page(document, asked["page"])
    image = _drawn(page, asked["width"]) if asked["width"] else b""
    text = _text(page).encode(errors="replace") if asked["text"] else b""
    return _told({"pages": len(document)}, image, text)


def _open(stream: BinaryIO) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise RefusedError("password" if locked else "damaged") from error
    with suppress(pypdfium2.PdfiumError):
        document.init_forms()  # what somebody typed into a form is part of its page
    return document


def _page(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    if not 1 <= number <= len(document):
        raise RefusedError("no-page")
    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise RefusedError("cannot-show") from error


def _drawn(page: pypdfium2.PdfPage, width: int) -> bytes:
    """A page as an image: JPEG, which is written in a tenth of the time of the others."""
    across, down = page.get_size()
    try:
        bitmap = page.render(scale=_scale(across, down, width))
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise RefusedError("cannot-show") from error
    with io.BytesIO() as out:
        bitmap.to_pil().save(out, "JPEG", quality=QUALITY)
        return out.getvalue()


def _scale(across: float, down: float, width: int) -> float:
    if not (0 < across < math.inf and 0 < down < math.inf):
        raise RefusedError("cannot-show")
    most = math.sqrt(MOST_PIXELS / (across * down))
    return min(width / across, most, MOST_SIDE / max(across, down))


def _text(page: pypdfium2.PdfPage) -> str:
    """The words of a page; a page whose words cannot be read is still drawn."""
    try:
        text: str = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError:
        return ""
    return text[:MOST_TEXT]


def _find(stream: BinaryIO, asked: Answer) -> bytes:
    """Look through all pages, as long as time allows."""
    document = _open(stream)
    until, any_text, found = 0, False, []
    stop = time.monotonic() + SECONDS
    for until, line in _lines(document):
        any_text = any_text or bool(line)
        if places := [*occurrences(line, asked["term"])]:
            found.append({"page": until, "count": len(places)} | _excerpt(line, *places[0]))
        if len(found) == MOST_PAGES or time.monotonic() > stop:
            break
    return _told({"pages": len(document), "until": until, "text": any_text, "found": found})


def _lines(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, str]]:
    """Yield each page's number and its text in one line."""
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            yield number, ""
            continue
        yield number, in_one_line(_text(page))
        page.close()


def _excerpt(line: str, start: int, end: int) -> dict[str, str]:
    return {
        "before": line[max(0, start - _AROUND) : start],
        "match": line[start:end],
        "after": line[end : end + _AROUND],
    }


def _use_own_letters() -> None:
    """Have PDFium draw letters that a document does not bring with those it carries itself.

    It would otherwise choose among the files of this machine, which it cannot open later, and draw
    nothing in their place.
    """
    none = (ctypes.POINTER(ctypes.c_char) * 1)()
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=none)
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(config)


def _warm_up() -> None:
    """Have the libraries open and load, while they still can, what they load at a first page."""
    with io.BytesIO(_SAMPLE) as stream:
        page = _page(_open(stream), 1)
        _drawn(page, 99)
        _text(page)


_use_own_letters()
_warm_up()
