"""What was filed, and the proof of it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from greffe.cases.rules import rules
from greffe.documents.stores import document_store
from greffe.filings import actions
from greffe.filings.models import ReceiptPaper, Submission
from greffe.filings.queries import (
    find_document,
    find_submission,
    may_keep_receipt,
    may_open_documents,
)
from greffe.law.calendar import eastern
from greffe.web.access import PortalRequest, signed_in
from greffe.web.components import FileLine
from greffe.web.portal.lines import document_line, said_in, submission_tag
from greffe.web.portal.outcome_pages import outcome_of


def _submission_or_404(request: PortalRequest, submission_id: UUID) -> Submission:
    submission = find_submission(request.viewer, submission_id, on=timezone.localdate())
    if submission is None:
        raise Http404
    return submission


def _with_its_receipt_or_404(request: PortalRequest, submission_id: UUID) -> Submission:
    """A submission whose receipt, which names every document, this person may have."""
    found = _submission_or_404(request, submission_id)
    if not may_keep_receipt(request.viewer, found):
        raise Http404
    return found


@require_safe
@signed_in
def submission(request: PortalRequest, submission_id: UUID) -> HttpResponse:
    """The receipt as a page."""
    found = _submission_or_404(request, submission_id)
    envelope = json.loads(bytes(found.receipt.envelope))
    said = visible_in(envelope["payload"], found)
    context = {
        "submission": found,
        "receipt": said,
        "said": said_in(said),
        "office": rules().office(found.office, eastern(found.received_at).date()),
        "published": request.build_absolute_uri(reverse("published-keys")),
        "signature": envelope["signature"],
        "case": found.case_links.all()[0].case if found.case_links.all() else None,
        "documents": _documents(request, found),
        "withheld": len(envelope["payload"]["documents"]) - len(said["documents"]),
        "state": submission_tag(found.state),
        "paper_ready": ReceiptPaper.objects.filter(submission=found).exists(),
        "outcome": outcome_of(request, found),
        "mine": request.viewer.id in {found.person_id, found.sent_by_id},
        "keeps_receipt": may_keep_receipt(request.viewer, found),
    }
    return render(request, "portal/receipt.html", context)


def _documents(request: PortalRequest, found: Submission) -> list[FileLine]:
    """The documents, with the way to open them for those who may read them today."""
    readable = may_open_documents(request.viewer, found, on=timezone.localdate())
    return [document_line(one, readable=readable) for one in found.documents.all()]


def visible_in(payload: Mapping[str, Any], found: Submission) -> dict[str, Any]:
    """What a receipt says, without what it says of a document that is withheld from this person."""
    seen = {document.position for document in found.documents.all()}
    documents = [one for one in payload["documents"] if one["position"] in seen]
    if len(documents) == len(payload["documents"]):
        return dict(payload)
    # What was said of the filing as a whole may name any of its files.
    findings = [one for one in payload["findings"] if one["document"] in seen]
    return {**payload, "documents": documents, "findings": findings}


@require_safe
@signed_in
def receipt_json(request: PortalRequest, submission_id: UUID) -> HttpResponse:
    """The signed receipt, byte for byte."""
    found = _with_its_receipt_or_404(request, submission_id)
    response = HttpResponse(bytes(found.receipt.envelope), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="greffe-{found.number}.json"'
    return response


@require_safe
@signed_in
def receipt_pdf(request: PortalRequest, submission_id: UUID) -> HttpResponse | FileResponse:
    """The receipt as a sealed PDF; made now if the worker has not come to it."""
    found = _with_its_receipt_or_404(request, submission_id)
    paper = actions.make_paper(submission_id=found.id)
    name = f"greffe-{found.number}.pdf"
    file = document_store().open(paper.blob.key)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


@require_safe
@signed_in
def document(request: PortalRequest, submission_id: UUID, position: int) -> FileResponse:
    """A filed document, as it was filed: a download only, and each reading is recorded."""
    found = find_document(request.viewer, submission_id, position, on=timezone.localdate())
    if found is None:
        raise Http404
    actions.record_reading(by=request.viewer, document=found)
    file = document_store().open(found.blob.key)
    response = FileResponse(file, as_attachment=True, filename=found.name)
    response["Content-Type"] = "application/pdf"
    response["X-Download-Options"] = "noopen"
    return response
