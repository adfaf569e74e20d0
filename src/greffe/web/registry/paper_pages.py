"""Paper and fax in one case: add the scans, say what they are, look at it all, place it.

Nothing is half entered: until the last step there are only uploads of the officer, which expire.
The steps carry their state in the address and the form, so that two tabs are two arrivals.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from greffe.cases.models import Case, RecordEntry
from greffe.cases.rules import rules
from greffe.documents.models import Upload
from greffe.documents.store import StoredBlob
from greffe.filings import paper_actions
from greffe.filings.messages import upload_problem
from greffe.filings.paper import (
    UNKEEPABLE,
    Judged,
    Method,
    found_in,
    judge_paper,
    limits_met,
    office_at,
    unkeepable,
)
from greffe.filings.paper_messages import REFUSALS, warning_text
from greffe.filings.refusals import FilingRefusedError
from greffe.web.access import PortalRequest, signed_in
from greffe.web.components import FileLine, FindingLine, Preview, Problem
from greffe.web.portal.lines import lang
from greffe.web.registry.paper_case import paper_case_or_404
from greffe.web.registry.paper_forms import PaperForm
from greffe.web.registry.paper_reading import preview_of_file
from greffe.web.registry.receiving import Arrived, receive_files, too_long

MOST_FILES = 10
"""Files of one arrival: the pages of one envelope, not a batch."""


def _asked(values: Sequence[str]) -> list[UUID]:
    """The uploads that an address or a form names; what is no id names none."""
    found = []
    for value in values[:MOST_FILES]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _details_url(case_id: UUID, uploads: Sequence[UUID]) -> str:
    query = urlencode([("file", str(upload)) for upload in uploads])
    return f"{reverse('registry:paper-details', args=[case_id])}?{query}"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def files(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Add the scans of one arrival: one or several PDFs."""
    case = paper_case_or_404(request, case_id)
    limit = rules().filing_limit(timezone.localdate())
    asked = _asked(request.GET.getlist("file"))
    if request.method != "POST":
        return _files_page(request, case, asked)
    if too_long(request, largest=limit.max_bytes, most=MOST_FILES):
        return _files_page(request, case, asked, [_problem("too-large", "")], status=413)
    added: list[UUID] = []

    def keep(stored: StoredBlob, name: str) -> str:
        try:
            upload = paper_actions.receive_paper(
                by=request.viewer, case_id=case_id, stored=stored, name=name
            )
        except FilingRefusedError as error:
            return error.refused.code
        added.append(upload.id)
        return ""

    def answer(request: PortalRequest, arrived: Arrived) -> HttpResponse:
        here = [*asked, *added]
        if arrived.troubles:
            problems = [_problem(one.code, one.name) for one in arrived.troubles]
            return _files_page(request, case, here, problems, status=422)
        return redirect(_details_url(case_id, here))

    room = MOST_FILES - len(asked)
    return receive_files(request, largest=limit.max_bytes, most=room, keep=keep, answer=answer)


def _problem(code: str, name: str) -> Problem:
    said = upload_problem(code, name).message
    words = f"{said.text} {said.remedy}"
    return Problem(f"{name} – {words}" if name else words, "#upload-files")


def _files_page(
    request: PortalRequest,
    case: Case,
    asked: Sequence[UUID],
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    waiting = paper_actions.waiting_uploads(request.viewer, asked)
    ids = [upload.id for upload in waiting]
    context = {
        "case": case,
        "limit": rules().filing_limit(timezone.localdate()),
        "most": MOST_FILES - len(ids),
        "files": [_file_line(upload) for upload in waiting],
        "action": "?" + urlencode([("file", str(one)) for one in ids]) if ids else "",
        "next": _details_url(case.id, ids) if ids else "",
        "problems": problems,
    }
    return render(request, "registry/paper_files.html", context, status=status)


def _file_line(upload: Upload, remove_url: str = "", preview: Preview | None = None) -> FileLine:
    """A file with what was found in it: information, but for what nobody could ever read."""
    told = [
        FindingLine(
            "refuse" if found.code in UNKEEPABLE else "inform",
            found.text(lang()),
            found.remedy(lang()) if found.code in UNKEEPABLE else "",
            found.page,
            found.authority,
        )
        for found in found_in(upload)
    ]
    return FileLine(
        id=str(upload.id),
        name=upload.name,
        size=upload.blob.size,
        pages=upload.inspected.pages,
        state=None,
        findings=told,
        remove_url=remove_url,
        preview=preview,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def details(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Say what the documents are, look at what follows, then place them."""
    case = paper_case_or_404(request, case_id)
    asked = _asked((request.POST or request.GET).getlist("file"))
    waiting = paper_actions.waiting_uploads(request.viewer, asked)
    if not waiting:
        return _nothing_waits(request, case)
    paper_actions.inspect_waiting(waiting)
    if request.method != "POST":
        form = PaperForm(case=case, initial={"received_by": request.viewer.person.name})
        return _details_page(request, case, waiting, form)
    form = PaperForm(request.POST, case=case)
    if not form.is_valid() or request.POST.get("step") == "change":
        return _details_page(request, case, waiting, form, status=422 if form.errors else 200)
    if any(unkeepable(upload) for upload in waiting):
        problems = [_refusal("cannot-be-kept", "#paper-files")]
        return _details_page(request, case, waiting, form, problems, status=422)
    if request.POST.get("step") != "place":
        return _review_page(request, case, waiting, form)
    return _place(request, case, waiting, form)


def _nothing_waits(request: PortalRequest, case: Case) -> HttpResponse:
    if request.method != "POST":
        return redirect("registry:paper", case.id)
    problems = [_refusal("gone" if request.POST.getlist("file") else "no-file", "#upload-files")]
    return _files_page(request, case, [], problems, status=409)


def _refusal(code: str, href: str = "") -> Problem:
    said = REFUSALS[code]
    return Problem(f"{said.text} {said.remedy}", href)


def _details_page(
    request: PortalRequest,
    case: Case,
    waiting: Sequence[Upload],
    form: PaperForm,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    ids = [upload.id for upload in waiting]
    context = {
        "case": case,
        "form": form,
        "files": [
            _file_line(
                upload, _remove_url(case, upload, ids), preview_of_file(request, case, upload)
            )
            for upload in waiting
        ],
        "file_ids": ids,
        "add_url": f"{reverse('registry:paper', args=[case.id])}?"
        + urlencode([("file", str(one)) for one in ids]),
        "full": len(ids) >= MOST_FILES,
        "problems": problems,
    }
    return render(request, "registry/paper_details.html", context, status=status)


def _remove_url(case: Case, upload: Upload, ids: Sequence[UUID]) -> str:
    rest = urlencode([("file", str(one)) for one in ids if one != upload.id])
    return f"{reverse('registry:paper-remove', args=[case.id, upload.id])}?{rest}"


def _review_page(
    request: PortalRequest,
    case: Case,
    waiting: Sequence[Upload],
    form: PaperForm,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    said = form.details()
    judged = judge_paper(case, said, waiting, now=timezone.now())
    context = {
        "case": case,
        "details": said,
        "judged": judged,
        "kind": rules().document_type(said.document_type),
        "method": Method(said.method).label,
        "audience": RecordEntry.Audience(said.audience).label,
        "warnings": warning_lines(judged),
        "confirmed": frozenset(request.POST.getlist("confirmed")),
        "files": [
            _file_line(upload, preview=preview_of_file(request, case, upload)) for upload in waiting
        ],
        "file_ids": [upload.id for upload in waiting],
        "carried": list(form.carried()),
        "problems": problems,
    }
    return render(request, "registry/paper_review.html", context, status=status)


def warning_lines(judged: Judged) -> list[dict[str, str]]:
    """What is to be confirmed, in words, each with its key."""
    lines = []
    for warned in judged.warnings:
        text, remedy = warning_text(warned)
        lines.append({"key": warned.key, "text": text, "remedy": remedy})
    return lines


def _place(
    request: PortalRequest, case: Case, waiting: Sequence[Upload], form: PaperForm
) -> HttpResponse:
    try:
        entries = paper_actions.place_paper(
            by=request.viewer,
            case_id=case.id,
            # All that the page showed: one that is gone by now refuses the whole.
            uploads=_asked(request.POST.getlist("file")),
            details=form.details(),
            confirmed=frozenset(request.POST.getlist("confirmed")),
        )
    except FilingRefusedError as error:
        href = "#warnings" if error.refused.code == "not-confirmed" else ""
        problems = [_refusal(error.refused.code, href)]
        status = 422 if error.refused.code == "not-confirmed" else 409
        return _review_page(request, case, waiting, form, problems, status=status)
    query = urlencode([("entry", str(entry.id)) for entry in entries])
    return redirect(f"{reverse('registry:paper-placed', args=[case.id])}?{query}")


@require_POST
@signed_in
def remove(request: PortalRequest, case_id: UUID, upload_id: UUID) -> HttpResponse:
    """Throw away one of the files that wait; the others stay."""
    paper_case_or_404(request, case_id)
    paper_actions.discard_paper(by=request.viewer, upload_id=upload_id)
    rest = _asked(request.GET.getlist("file"))
    return redirect(_details_url(case_id, rest)) if rest else redirect("registry:paper", case_id)


@require_safe
@signed_in
def placed(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """What was placed on the case file, with the limits that it meets."""
    case = paper_case_or_404(request, case_id)
    entries = list(
        case.record.filter(
            pk__in=_asked(request.GET.getlist("entry")), source=RecordEntry.Source.PAPER
        ).select_related("blob")
    )
    if not entries:
        return redirect("registry:paper", case.id)
    context = {"case": case, "entries": entries, "first": entries[0]} | about_entry(entries[0])
    return render(request, "registry/paper_placed.html", context)


def about_entry(entry: RecordEntry) -> dict[str, Any]:
    """The office, the kind of document and the limits of one that was placed."""
    kind, at = entry.document_type, entry.received_at
    return {
        "office": office_at(entry.case, timezone.localdate(at)),
        "kind": rules().document_type(kind),
        "limits": limits_met(entry.case, document_type=kind, received_at=at),
        "method": Method(entry.method).label,
        "audience": RecordEntry.Audience(entry.audience).label,
    }
