"""A batch: one scan of several documents under their cover sheets, looked at and placed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from greffe.cases.models import RecordEntry
from greffe.cases.rules import rules
from greffe.documents.models import Upload
from greffe.documents.sandbox.scans import LARGEST
from greffe.documents.store import StoredBlob
from greffe.filings import batch_actions
from greffe.filings.batches import (
    Found,
    being_read,
    find_scan,
    found_in_batch,
    reading_of,
    same_scan_before,
    scans_waiting,
)
from greffe.filings.messages import UPLOADS, Message
from greffe.filings.paper import Details, Method, office_at
from greffe.filings.paper_messages import PROBLEMS, REFUSALS, SCANS, warning_text
from greffe.filings.refusals import FilingRefusedError
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.law.ruleset import UnknownRowError
from greffe.law.tables import DocumentType
from greffe.web.access import PortalRequest, signed_in
from greffe.web.components import Problem
from greffe.web.portal.lines import lang
from greffe.web.registry.paper_reading import of_batch, preview_of
from greffe.web.registry.receiving import Arrived, Trouble, receive_files, too_long

SLOW = timedelta(minutes=10)
"""A scan that has waited longer is told to be late: the worker may not run."""


def _officer_or_404(request: PortalRequest) -> None:
    if not request.viewer.offices():
        raise Http404


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def batch(request: PortalRequest) -> HttpResponse:
    """Send the scan of a batch."""
    _officer_or_404(request)
    if request.method != "POST":
        return _batch_page(request)
    if too_long(request, largest=LARGEST, most=1):
        return _batch_page(request, [Trouble("too-large")], status=413)
    received: list[UUID] = []

    def keep(stored: StoredBlob, name: str) -> str:
        try:
            scan = batch_actions.receive_scan(by=request.viewer, stored=stored, name=name)
        except FilingRefusedError as error:
            return error.refused.code
        received.append(scan.id)
        return ""

    def answer(request: PortalRequest, arrived: Arrived) -> HttpResponse:
        if arrived.troubles or not received:
            return _batch_page(request, arrived.troubles, status=422)
        return redirect("registry:paper-batch-found", received[0])

    return receive_files(request, largest=LARGEST, most=1, keep=keep, answer=answer)


def _batch_page(
    request: PortalRequest, troubles: list[Trouble] | None = None, status: int = 200
) -> HttpResponse:
    problems = [_problem(trouble) for trouble in troubles or ()]
    waiting = [_sent(scan) for scan in scans_waiting(request.viewer, now=timezone.now())]
    context = {"largest": LARGEST, "problems": problems, "waiting": waiting}
    return render(request, "registry/paper_batch.html", context, status=status)


def _sent(scan: Upload) -> dict[str, Any]:
    """A scan as a line: where it is, when it came, whether it was read."""
    came = long_time(eastern(scan.received_at), lang(), place=gettext("Eastern time"))
    return {
        "scan": scan,
        "came": came,
        "being_read": being_read(scan),
        "wrong": _whole(reading_of(scan)) is not None,
    }


def _waiting_page(request: PortalRequest, scan: Upload) -> HttpResponse:
    """The scan is kept, and the worker has yet to read it."""
    slow = timezone.now() - scan.received_at > SLOW
    context = {"scan": scan, "late": SCANS["not-inspected"] if slow else None}
    return render(request, "registry/paper_batch_waiting.html", context)


def _problem(trouble: Trouble) -> Problem:
    said = SCANS.get(trouble.code) or UPLOADS.get(trouble.code) or UPLOADS["storage"]
    words = f"{said.text} {said.remedy}"
    return Problem(f"{trouble.name} – {words}" if trouble.name else words, "#upload-files")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def found(request: PortalRequest, scan_id: UUID) -> HttpResponse:
    """What a scan holds; place what can be placed."""
    _officer_or_404(request)
    scan = find_scan(request.viewer, scan_id)
    if scan is None:
        raise Http404
    if being_read(scan):
        return _waiting_page(request, scan)
    if request.method != "POST":
        return _found_page(request, scan)
    chosen = {int(page) for page in request.POST.getlist("place") if page.isdecimal()}
    if not chosen:
        said = gettext("Choose at least one document to place.")
        return _found_page(request, scan, [Problem(said, "#found")], status=422)
    try:
        batch_actions.place_batch(by=request.viewer, scan_id=scan.id, chosen=chosen)
    except FilingRefusedError as error:
        refusal = REFUSALS[error.refused.code]
        problems = [Problem(f"{refusal.text} {refusal.remedy}", "#found")]
        return _found_page(request, scan, problems, status=409)
    # What was chosen and could not be placed is named there, with what to do about it.
    return redirect("registry:paper-batch-found", scan.id)


def _found_page(
    request: PortalRequest, scan: Upload, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    reading = reading_of(scan)
    found = found_in_batch(request.viewer, scan, now=timezone.now())
    lines = [_line(request, scan, one) for one in found]
    context = {
        "scan": scan,
        "pages": reading["pages"],
        "whole": _whole(reading),
        "before": same_scan_before(scan),
        "lines": lines,
        "placeable": sum(line["placeable"] for line in lines),
        "placed": sum(line["entry"] is not None for line in lines),
        "wrong": sum(not line["placeable"] and line["entry"] is None for line in lines),
        "problems": problems,
    }
    return render(request, "registry/paper_batch_found.html", context, status=status)


def _whole(reading: Mapping[str, Any]) -> Message | None:
    """What is wrong with the scan as a whole, or None."""
    if reading["code"]:
        return SCANS[reading["code"]]
    if not any(section["sheet"] for section in reading["sections"]):
        return SCANS["no-sheets"]
    return None


def _line(request: PortalRequest, scan: Upload, one: Found) -> dict[str, Any]:
    """One part of the scan as the page shows it."""
    document = of_batch(scan.id, one)
    said = one.sheet.details if one.sheet is not None and one.case is not None else None
    return {
        "found": one,
        "preview": preview_of(request, document) if document else None,
        "placeable": one.placeable,
        "problem": PROBLEMS[one.problem] if one.problem else None,
        "entry": one.entry,
        "first": min((one.sheet_page or one.pages[0], *one.pages)),
        "last": max((one.sheet_page, *one.pages)),
        "count": len(one.pages),
        "details": said,
        "kind": _kind(one),
        "method": Method(said.method).label if said and said.method in Method.values else "",
        "office": office_at(one.case, timezone.localdate(said.received_at))
        if said and one.case
        else None,
        "audience": _audience(said),
        "warnings": [warning_text(warned) for warned in one.warnings],
    }


def _audience(said: Details | None) -> str:
    known = said is not None and said.audience in RecordEntry.Audience.values
    return str(RecordEntry.Audience(said.audience).label) if said is not None and known else ""


def _kind(one: Found) -> DocumentType | None:
    if one.sheet is None or one.case is None:
        return None
    try:
        return rules().document_type(one.sheet.details.document_type)
    except UnknownRowError:
        return None
