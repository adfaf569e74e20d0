"""The script of the sandbox that looks at a document: its kind, what qpdf and PDFium say of a PDF.

It gives the fields of `greffe.law.facts.FileFacts` as JSON. Whatever it reads is hostile: it walks
the objects of the file in a line, never by following what they point to.
"""

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from greffe.documents.sandbox.kinds import HEAD, kind_of

Facts = dict[str, Any]

MOST_OBJECTS = 1_000_000
"""A file with more objects is too complex: 60 documents of 620 pages have about 150,000."""

_DEPTH = 32
_MOST_MEMBERS = 100_000
_REPAIRED = re.compile(r"damaged|reconstruct|recover|loop|not found|can't find", re.IGNORECASE)
_WORTH_A_LOOK = re.compile(rb"/(?:JavaScript|JS|EF|V)(?![A-Za-z0-9])")
_STREAM_NAME = re.compile(r"^(?:stream <[^>]*>:?)?[ ,]*")
_PERMISSIONS = ("extract", "modify_annotation", "modify_assembly", "modify_form", "modify_other",
                "print_highres", "print_lowres")  # fmt: skip
_XFA_FORMS = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)


def _open_random_device() -> None:
    """Have qpdf open the random device, which it wants for AES and keeps, while it still can."""
    with io.BytesIO() as stream, pikepdf.new() as pdf:
        pdf.save(stream, encryption=pikepdf.Encryption(owner="-", user="", R=6))


_open_random_device()


class TooComplexError(Exception):
    """The document has more parts than an inspection looks at."""


def main(fd: int, _holds: dict[str, bool], _asked: Facts) -> bytes:
    """Inspect the document open as `fd` and give its facts as JSON; nothing else is asked."""
    size = os.fstat(fd).st_size
    head = os.pread(fd, HEAD, 0)
    kind = kind_of(head, os.pread(fd, HEAD, max(0, size - HEAD)))
    facts: Facts = {"size": size, "kind": kind}
    if kind == "empty":
        facts["verdict"] = "empty"
    elif kind != "pdf":
        facts["verdict"] = "not-pdf"
        facts["detail"] = "and a PDF at once" if b"%PDF-" in head[:1024] else ""
    else:
        facts |= inspect_pdf(fd)
    return json.dumps(facts).encode()


def inspect_pdf(fd: int) -> Facts:
    """Open a PDF with qpdf, then with PDFium, and join what they saw into facts."""
    try:
        with os.fdopen(fd, "rb", closefd=False) as stream:
            by_qpdf, qpdf_error = _attempt(_by_qpdf, stream)
            if by_qpdf.get("verdict") == "password":
                return by_qpdf
            by_pdfium, pdfium_error = _attempt(_by_pdfium, stream)
    except TooComplexError as error:
        return {"verdict": "too-complex", "detail": str(error)}
    errors = "; ".join(error for error in (qpdf_error, pdfium_error) if error)
    if qpdf_error and pdfium_error:
        return {"verdict": "damaged", "detail": errors[:1000]}
    if errors:
        seen = by_pdfium if qpdf_error else by_qpdf
        return seen | {"verdict": "repaired", "detail": errors[:1000]}
    return by_qpdf


def _attempt(look: Callable[[BinaryIO], Facts], stream: BinaryIO) -> tuple[Facts, str]:
    """Give what `look` saw, or nothing and the error; out of memory is not the document's error."""
    stream.seek(0)
    try:
        return look(stream), ""
    except (MemoryError, TooComplexError):
        raise
    except Exception as error:  # the libraries raise what they like on such input
        if "bad_alloc" in str(error):
            raise MemoryError from error
        return {}, f"{look.__name__}: {type(error).__name__}: {error}"


def _by_qpdf(stream: BinaryIO) -> Facts:
    try:
        with pikepdf.open(stream, suppress_warnings=True) as pdf:
            facts = _structure(pdf) | _parts(pdf)
            warnings = [_STREAM_NAME.sub("", str(warning)) for warning in pdf.get_warnings()]
    except pikepdf.PasswordError as error:
        return {"verdict": "password", "detail": str(error)[:1000]}
    repaired = any(_REPAIRED.search(warning) for warning in warnings)
    notes = (["encrypted"] if facts.pop("encrypted") else []) + warnings
    return facts | {
        "verdict": "repaired" if repaired else "opens",
        "detail": "; ".join(notes)[:1000],
    }


def _structure(pdf: pikepdf.Pdf) -> Facts:
    """Read the trailer, the catalogue and the page tree."""
    found = pdf.Root.get("/AcroForm")
    form = set(found.keys()) if isinstance(found, pikepdf.Dictionary) else set()
    return {
        "pages": len(pdf.pages),
        "encrypted": pdf.is_encrypted,
        "restricted": pdf.is_encrypted and not all(getattr(pdf.allow, p) for p in _PERMISSIONS),
        "acroform": "/Fields" in form or "/XFA" in form,
        "xfa": "/XFA" in form,
        "needs_rendering": bool(pdf.Root.get("/NeedsRendering", False)),
    }


def _parts(pdf: pikepdf.Pdf) -> Facts:
    """Scripts, attached files and signatures anywhere in the file, reachable or not."""
    if len(pdf.objects) > MOST_OBJECTS:
        raise TooComplexError(f"{len(pdf.objects)} objects")
    scripts = signed = False
    attached: set[Any] = set()
    for found in pdf.objects:
        for part in _suspects(found):
            scripts = scripts or _is_script(part)
            signed = signed or _is_signature(part)
            attached |= _attachments(part)
    return {"scripts": scripts, "signed": signed, "attachments": len(attached)}


def _suspects(found: Any) -> Iterator[Any]:
    """Yield the dictionaries of one object of the file, if anything in it is worth a look.

    qpdf writes names in one spelling, so that `/J#61vaScript` is found too.
    """
    if isinstance(found, pikepdf.Stream):
        found = found.stream_dict
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Array):
        return
    if _WORTH_A_LOOK.search(found.unparse(resolved=True)):
        yield from _dictionaries(found)


def _dictionaries(root: Any) -> Iterator[Any]:
    """Yield the dictionaries written inside `root`, itself first; follow no reference."""
    waiting = [(root, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > _MOST_MEMBERS or depth > _DEPTH:
            raise TooComplexError("an object with too many parts")
        if isinstance(value, pikepdf.Dictionary):
            yield value
        members = value.values() if isinstance(value, pikepdf.Dictionary) else value
        waiting += [(m, depth + 1) for m in members if _is_direct_container(m)]


def _is_direct_container(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _is_script(part: Any) -> bool:
    return part.get("/S") == "/JavaScript" or "/JS" in part


def _is_signature(part: Any) -> bool:
    """Tell a field with a signed value, and not the usage rights that some forms carry."""
    value = part.get("/V")
    return isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value


def _attachments(part: Any) -> set[Any]:
    """Find the streams with an attached file that this dictionary names (no parts of a form)."""
    files = part.get("/EF")
    if not isinstance(files, pikepdf.Dictionary):
        return set()
    return {file.objgen for file in files.values() if isinstance(file, pikepdf.Stream)}


def _by_pdfium(stream: BinaryIO) -> Facts:
    document = pypdfium2.PdfDocument(stream)
    pages = len(document)
    document[0].close()
    form = pdfium.FPDF_GetFormType(document)
    return {
        "pages": pages,
        "acroform": form != pdfium.FORMTYPE_NONE,
        "xfa": form in _XFA_FORMS,
        "scripts": pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0,
        "attachments": max(0, pdfium.FPDFDoc_GetAttachmentCount(document)),
        "signed": pdfium.FPDF_GetSignatureCount(document) > 0,
    }
