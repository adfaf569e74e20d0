"""What a file is, by its content: its name and the type its sender declared say nothing.

The first bytes follow the public descriptions of each format; a PDF is one whose header stands
within its first 1,024 bytes (ISO 32000-1, annex H, implementation note 13). A file that is a PDF
and something else at once shows one face here and another elsewhere: it is named by the other.
"""

import re

HEAD = 65536
"""How many bytes of the beginning, and of the end, `kind_of` wants to see."""

_PDF_WITHIN = 1024
_HEADLESS_PDF = re.compile(rb"\A\s*(?:%.{0,64}\s+)?\d+\s+\d+\s+obj\b", re.DOTALL)

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"ID3", "audio"),
    (0, b"OggS", "audio"),
    (0, b"fLaC", "audio"),
    (0, b"#!AMR", "audio"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"\x00\x00\x01\xba", "video"),
    (0, b"\x00\x00\x01\xb3", "video"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video"),
    (0, b"\x7fELF", "executable"),
    (0, b"\xcf\xfa\xed\xfe", "executable"),
    (0, b"\xfe\xed\xfa\xcf", "executable"),
    (0, b"\xca\xfe\xba\xbe", "executable"),
    (0, b"#!", "executable"),
    (0, b"{\\rtf", "rtf"),
    (0, b"%!PS", "postscript"),
    (0, b"Rar!\x1a\x07", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\x00", "archive"),
)
_MPEG_FRAME = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb\xf1\xf9]")
"""The first bytes of layer III, of any version, and of AAC."""
_RIFF = re.compile(rb"RIFF.{4}(WEBP|WAVE|AVI )", re.DOTALL)
_RIFF_KINDS = {b"WEBP": "webp", b"WAVE": "audio", b"AVI ": "video"}
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_PARTS = ((b"word/", "word"), (b"xl/", "excel"), (b"ppt/", "powerpoint"))
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_OLE_PARTS = (("WordDocument", "word"), ("Workbook", "excel"), ("PowerPoint", "powerpoint"))
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0c\x1b")


def kind_of(head: bytes, tail: bytes = b"") -> str:
    """Name the kind of a file from its first and last bytes: "pdf", "word", "jpeg" or "unknown".

    `tail` may overlap `head`; both are at most HEAD bytes long.
    """
    if not head:
        return "empty"
    header = head[:_PDF_WITHIN].find(b"%PDF-")
    if header >= 0:
        before = _named(head, tail) or _html(head) if header else ""
        return before or ("zip" if _ends_as_zip(tail) else "pdf")
    if _HEADLESS_PDF.match(head[:_PDF_WITHIN]):
        return "pdf"  # it has lost its first line: repairable, and seen as such
    return _named(head, tail) or _html(head) or _text(head)


def _named(head: bytes, tail: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    return _container(head, tail) or _media(head)


def _container(head: bytes, tail: bytes) -> str:
    if head.startswith((b"PK\x03\x04", _ZIP_END)):
        if _OPEN_DOCUMENT + b"text" in head[:200]:
            return "word"
        return next((kind for part, kind in _ZIP_PARTS if part in head or part in tail), "zip")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        both = head + tail
        return next((kind for name, kind in _OLE_PARTS if name.encode("utf-16-le") in both), "ole")
    return ""


def _media(head: bytes) -> str:
    if riff := _RIFF.match(head):
        return _RIFF_KINDS[riff[1]]
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"M4A ", b"M4B "}:
            return "audio"
        return "heic" if brand in {b"heic", b"heix", b"mif1", b"avif"} else "video"
    if _MPEG_FRAME.match(head):
        return "audio"
    return "executable" if head[:2] == b"MZ" and _CONTROLS.intersection(head) else ""


def _ends_as_zip(tail: bytes) -> bool:
    """Whether an archive ends exactly here, or after the end of the PDF: it opens as both.

    An archive that a PDF carries inside, as an attached file, ends before and is followed by more.
    """
    end = tail.rfind(_ZIP_END)
    if end < 0:
        return False
    comment = int.from_bytes(tail[end + 20 : end + _ZIP_END_SIZE], "little")
    return end + _ZIP_END_SIZE + comment == len(tail) or end > tail.rfind(b"%%EOF")


def _html(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    is_html = start.startswith(_HTML) or (start.startswith(b"<?xml") and b"<html" in start)
    return "html" if is_html else ""


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    return "unknown" if _CONTROLS.intersection(head) else "text"
