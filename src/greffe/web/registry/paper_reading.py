"""The pages of paper that waits, for the officer who may place it: nothing is placed unseen.

Whoever cannot place it today, here, is told that it is not there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from greffe.cases.models import Case
from greffe.documents.models import Upload
from greffe.filings import paper_actions
from greffe.filings.batches import Found, find_document
from greffe.filings.paper import unkeepable
from greffe.web.access import PortalRequest, signed_in
from greffe.web.components import Preview, Thumbnail
from greffe.web.registry.paper_case import paper_case_or_404
from greffe.web.registry.readable import Readable
from greffe.web.registry.reader import note_reading, open_reader
from greffe.web.registry.reading_pages import image_of

SHOWN = 3
"""Pages that stand beside what is said of a document."""
SMALL = 400


def of_case(case: Case, upload: Upload) -> Readable:
    """A file that waits to be placed in a case."""
    return _readable(upload, case, "registry:paper-document", [case.id, upload.id])


def of_batch(scan_id: UUID, found: Found) -> Readable | None:
    """The document under a sheet of a scan; None where there is none for this officer."""
    if found.upload is None:
        return None
    ids = [scan_id, found.sheet_page]
    return _readable(found.upload, found.case, "registry:paper-batch-document", ids)


def _readable(upload: Upload, case: Case | None, name: str, ids: list[Any]) -> Readable:
    return Readable(
        key=f"paper/{upload.id}",
        name=upload.name,
        blob=upload.blob,
        pages=upload.inspected.pages or 1,
        own=reverse(name, args=ids),
        original="",  # the officer has it in hand
        image=lambda page: reverse(f"{name}-page", args=[*ids, page]),
        record=lambda viewer: paper_actions.record_look(by=viewer, upload=upload, case=case),
    )


def preview_of(request: PortalRequest, document: Readable) -> Preview:
    """Its first pages as small images. Whoever is shown them is recorded as reading it."""
    note_reading(request, document)
    shown = range(1, min(document.pages, SHOWN) + 1)
    return Preview(
        name=document.name,
        pages=document.pages,
        thumbnails=[
            Thumbnail(
                page=page,
                image_url=f"{document.image(page)}?width={SMALL}",
                read_url=f"{document.own}?page={page}",
            )
            for page in shown
        ],
        read_url=document.own,
    )


def preview_of_file(request: PortalRequest, case: Case, upload: Upload) -> Preview | None:
    """The first pages of a file that waits; None for one that nobody could read."""
    return None if unkeepable(upload) else preview_of(request, of_case(case, upload))


Page = Callable[..., HttpResponse]


def _kept_nowhere(page: Page) -> Callable[..., HttpResponseBase]:
    @wraps(page)
    def shown(request: PortalRequest, /, **said: Any) -> HttpResponse:
        response = page(request, **said)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return require_safe(signed_in(shown))


def _of_case_or_404(request: PortalRequest, case_id: UUID, upload_id: UUID) -> tuple[Case, Upload]:
    case = paper_case_or_404(request, case_id)
    waiting = paper_actions.waiting_uploads(request.viewer, [upload_id])
    if not waiting:
        raise Http404
    return case, waiting[0]


def _of_batch_or_404(
    request: PortalRequest, scan_id: UUID, sheet_page: int
) -> tuple[Found, Readable]:
    offices = request.viewer.offices()
    found = find_document(request.viewer, scan_id, sheet_page) if offices else None
    document = of_batch(scan_id, found) if found is not None else None
    if found is None or document is None:
        raise Http404
    return found, document


@_kept_nowhere
def document(request: PortalRequest, case_id: UUID, upload_id: UUID) -> HttpResponse:
    """The pages of a file that waits to be placed in a case, one at a time."""
    case, upload = _of_case_or_404(request, case_id, upload_id)
    readable = of_case(case, upload)
    context = {"case": case, "document": readable, "reader": open_reader(request, readable)}
    return render(request, "registry/paper_document.html", context)


@_kept_nowhere
def document_page(
    request: PortalRequest, case_id: UUID, upload_id: UUID, page: int
) -> HttpResponse:
    """A page of such a file as an image."""
    case, upload = _of_case_or_404(request, case_id, upload_id)
    return image_of(request, of_case(case, upload), page)


@_kept_nowhere
def batch_document(request: PortalRequest, scan_id: UUID, sheet_page: int) -> HttpResponse:
    """The pages under a cover sheet of a scan, one at a time."""
    found, readable = _of_batch_or_404(request, scan_id, sheet_page)
    context = {
        "case": found.case,
        "scan_id": scan_id,
        "first": min(found.pages),
        "last": max(found.pages),
        "document": readable,
        "reader": open_reader(request, readable),
    }
    return render(request, "registry/paper_document.html", context)


@_kept_nowhere
def batch_document_page(
    request: PortalRequest, scan_id: UUID, sheet_page: int, page: int
) -> HttpResponse:
    """A page under a cover sheet of a scan as an image."""
    _, readable = _of_batch_or_404(request, scan_id, sheet_page)
    return image_of(request, readable, page)
