"""The reader of filed documents for registry staff: pages as images and text, never the original.

Parties and counsel have no reader: they download what they may read, as staff can.
"""

from collections.abc import Callable
from functools import wraps
from textwrap import wrap
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from greffe.documents import pages
from greffe.documents.messages import reading_text
from greffe.documents.pages import WIDTHS
from greffe.documents.sandbox.reading import ReadingError
from greffe.filings.models import SubmittedDocument
from greffe.filings.queries import find_document
from greffe.web.access import PortalRequest
from greffe.web.components import FindingLine
from greffe.web.portal.lines import lang
from greffe.web.registry.access import BENCH, for_roles
from greffe.web.registry.readable import Readable, filed
from greffe.web.registry.reader import ZOOMS, Reader, note_reading, reader_context

_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For what a document gave: it may load nothing, run nothing, stand in no other page."""
_LINE = 60
"""Characters of a line of the image that says why there is none of the page."""


def _of_document(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Find the document for this person of the staff, at each request; 404 otherwise."""

    @wraps(page)
    def found(
        request: PortalRequest, /, submission_id: UUID, position: int, **more: Any
    ) -> HttpResponseBase:
        document = find_document(request.viewer, submission_id, position, on=timezone.localdate())
        if document is None:
            raise Http404
        response = page(request, document, **more)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return require_safe(for_roles(BENCH)(found))


@_of_document
def read_document(request: PortalRequest, document: SubmittedDocument) -> HttpResponse:
    """The pages of a document, one at a time, with what its filer was told of it."""
    reader = reader_context(request, document)
    context = {
        "reader": reader,
        "document": document,
        "submission": document.submission,
        "documents": document.submission.documents.all(),
        "findings": findings_of(document, reader),
    }
    return render(request, "registry/document.html", context)


def findings_of(document: SubmittedDocument, reader: Reader) -> list[FindingLine]:
    """What the filer was shown of this document, with the way to the page it speaks of."""
    return [
        FindingLine(
            severity=finding["severity"],
            text=finding[lang()],
            remedy=finding["remedy"][lang()],
            page=finding["page"],
            authority=finding["authority"],
            page_url=reader.address(page=finding["page"]) if finding["page"] else "",
        )
        for finding in document.submission.findings
        if finding["document"] == document.position
    ]


@_of_document
def page_image(request: PortalRequest, document: SubmittedDocument, page: int) -> HttpResponse:
    """A page as an image, at one of the widths of the zoom."""
    return image_of(request, filed(document), page)


@_of_document
def document_text(request: PortalRequest, document: SubmittedDocument, page: int) -> HttpResponse:
    """The text of a page, as plain text."""
    return _shown(
        request,
        filed(document),
        page,
        "text/plain; charset=utf-8",
        lambda: pages.page_text(document.blob, page).encode(),
    )


def image_of(request: PortalRequest, document: Readable, page: int) -> HttpResponse:
    """A page of a document that this person may read, at the width asked; the reading is noted."""
    asked = request.GET.get("width", str(ZOOMS[0].width))
    width = next((width for width in WIDTHS if str(width) == asked), None)
    if width is None:
        raise Http404
    return _shown(
        request, document, page, "image/jpeg", lambda: pages.page_image(document.blob, page, width)
    )


def _shown(
    request: PortalRequest,
    document: Readable,
    page: int,
    content_type: str,
    give: Callable[[], bytes],
) -> HttpResponse:
    """What the sandbox gives of a page, as it is, or why it gives nothing.

    In plain words; where an image is asked for, as one of them, to stand in its place on the page.
    """
    if not 1 <= page <= document.pages:
        raise Http404
    note_reading(request, document)
    try:
        response = HttpResponse(give(), content_type=content_type)
    except ReadingError as error:
        if error.code == "no-page":
            raise Http404 from error
        words = str(reading_text(error.code).text)
        status = 503 if error.code == "not-shown" else 422
        if content_type.startswith("image/"):
            content_type, words = (
                "image/svg+xml",
                render_to_string(
                    "registry/page_without_image.svg", {"lines": wrap(words, _LINE), "words": words}
                ),
            )
        else:
            content_type = "text/plain; charset=utf-8"
        response = HttpResponse(words, content_type=content_type, status=status)
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
