"""The script of the sandbox that finds the cover sheets in a scan and splits it at each of them.

It answers with a line of JSON and then the bytes of the split documents, one after the other; the
greffe.documents.sandbox.scans beside it reads that. The scan itself is only read. What a page of
the scan shares with pages of another document, pictures of another person's papers above all, does
not come along.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp

from greffe.papers.codes import LONGEST, MARKER, PREFIX

MOST_PAGES = 500
"""Pages of one scan: as many as a person still looks through before confirming."""

_RESOLUTION = 150 / 72
_MOST_PIXELS = 6_000_000
_UPRIGHT = 90
_PIECE = 1 << 20
_KEPT = frozenset({"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate",
                   "/UserUnit", "/Group"})  # fmt: skip
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])


@dataclass
class Section:
    """Pages from one cover sheet to the next: `sheet` is the page of its sheet, 0 for none.

    `text` is what the sheet's code says, None where it could not be read.
    """

    sheet: int
    text: str | None = None
    turned: bool = False
    pages: list[int] = field(default_factory=list)


def main(fd: int, _holds: dict[str, bool]) -> bytes:
    """Split the scan open as `fd`."""
    with os.fdopen(fd, "rb", closefd=False) as stream:
        found = list(_look(stream))
        if found and len(found) > MOST_PAGES:
            return json.dumps({"code": "too-many-pages", "pages": len(found)}).encode() + b"\n"
        sections = _sections(found)
        stream.seek(0)
        documents = _split(stream, sections, _fingerprint(fd))
    said = {
        "code": "",
        "pages": len(found),
        "sections": [_as_json(*one) for one in zip(sections, documents, strict=True)],
    }
    return b"\n".join([json.dumps(said).encode(), b"".join(documents)])


def _as_json(section: Section, document: bytes) -> dict[str, Any]:
    return {
        "sheet": section.sheet,
        "text": section.text,
        "turned": section.turned,
        "pages": section.pages,
        "size": len(document),
    }


def _look(stream: Any) -> Iterator[tuple[bool, str | None, bool]]:
    """Say of each page whether it is a sheet, what its code says, whether it lies upside down."""
    scan = pypdfium2.PdfDocument(stream)
    if len(scan) > MOST_PAGES:
        yield from ((False, None, False) for _ in range(len(scan)))
        return
    for number in range(len(scan)):
        try:
            codes = _codes(scan, number)
        except pypdfium2.PdfiumError:
            codes = []  # a page that does not open is no sheet; who looks at it will see
        yield _sheet(codes)


def _codes(scan: Any, number: int) -> list[Any]:
    page = scan[number]
    width, height = page.get_size()
    scale = min(_RESOLUTION, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    lines = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    bitmap.close()
    page.close()
    return list(zxingcpp.read_barcodes(lines, formats=_FORMATS, try_invert=False))


def _sheet(codes: list[Any]) -> tuple[bool, str | None, bool]:
    data = next((c for c in codes if c.text.startswith(PREFIX) and len(c.text) <= LONGEST), None)
    if data is not None:
        return True, data.text, abs(data.orientation) > _UPRIGHT
    marker = next((code for code in codes if code.text == MARKER), None)
    return marker is not None, None, False


def _sections(found: list[tuple[bool, str | None, bool]]) -> list[Section]:
    """Gather the pages under their sheets; pages before the first have a section of their own."""
    sections: list[Section] = []
    for number, (is_sheet, text, turned) in enumerate(found, start=1):
        if is_sheet:
            sections.append(Section(number, text, turned))
            continue
        if not sections:
            sections.append(Section(0))
        sections[-1].pages.append(number)
    return sections


def _split(stream: Any, sections: list[Section], fingerprint: str) -> list[bytes]:
    """Make a document of the pages of each section whose sheet was read."""
    if not any(section.text for section in sections):
        return [b"" for _ in sections]
    with pikepdf.open(stream, suppress_warnings=True) as scan:
        # What is stamped on a page becomes part of it; then no page names what it does not show.
        scan.flatten_annotations("all")
        scan.remove_unreferenced_resources()
        return [_document(scan, section, fingerprint) for section in sections]


def _document(scan: pikepdf.Pdf, section: Section, fingerprint: str) -> bytes:
    if section.text is None or not section.pages:
        return b""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for number in section.pages:
            document.pages.append(_page(scan, number))
        first, last = section.pages[0], section.pages[-1]
        document.docinfo["/SourceSHA256"] = fingerprint
        document.docinfo["/SourcePages"] = f"{first}-{last}"
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _page(scan: pikepdf.Pdf, number: int) -> pikepdf.Page:
    """Give a page without what leads elsewhere: notes, links, actions, threads, structure."""
    page = scan.pages[number - 1]
    for key in set(page.obj.keys()) - _KEPT - {"/Parent"}:
        del page.obj[key]
    return page


def _fingerprint(fd: int) -> str:
    digest, at = hashlib.sha256(), 0
    while piece := os.pread(fd, _PIECE, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()
