"""Cover sheets: said in a form, printed as a PDF, laid on the paper and scanned with it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from greffe.cases.models import Case, RecordEntry
from greffe.cases.rules import rules
from greffe.filings.cover_sheets import Sheet, new_sheet, read_sheet, sheet_text
from greffe.filings.paper import Method, office_at
from greffe.law.calendar import local
from greffe.papers.compiler import PaperError
from greffe.papers.cover_sheet import CoverSheet, render_cover_sheet
from greffe.web.access import PortalRequest, signed_in
from greffe.web.components import Problem
from greffe.web.context import REGISTRY_NAME
from greffe.web.portal.lines import lang
from greffe.web.registry.paper_case import paper_case_or_404
from greffe.web.registry.paper_forms import PaperForm

SESSION = "cover-sheets"
MOST_KEPT = 20
"""Sheets of a session that can be printed again: names have no place in an address."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sheet(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Say what a document is, then print its cover sheet."""
    case = paper_case_or_404(request, case_id)
    initial = {"received_by": request.viewer.person.name}
    form = PaperForm(request.POST or None, case=case, initial=initial)
    if request.method != "POST" or not form.is_valid():
        context = {"case": case, "form": form}
        status = 422 if form.errors else 200
        return render(request, "registry/paper_sheet.html", context, status=status)
    made = new_sheet(case.id, form.details())
    try:
        _print(case, made)
    except PaperError:
        said = gettext("These names are too long for a bar code. Shorten them.")
        context = {"case": case, "form": form, "problems": [Problem(said, "#id_filed_by_name")]}
        return render(request, "registry/paper_sheet.html", context, status=422)
    kept = dict(list(request.session.get(SESSION, {}).items())[1 - MOST_KEPT :])
    request.session[SESSION] = kept | {str(made.id): sheet_text(made)}
    return render(request, "registry/paper_sheet_ready.html", _about(case, made))


def _about(case: Case, made: Sheet) -> dict[str, object]:
    said = made.details
    return {
        "case": case,
        "sheet": made,
        "details": said,
        "office": office_at(case, timezone.localdate(said.received_at)),
        "kind": rules().document_type(said.document_type),
        "method": Method(said.method).label,
        "audience": RecordEntry.Audience(said.audience).label,
    }


@require_safe
@signed_in
def sheet_pdf(request: PortalRequest, case_id: UUID, sheet_id: UUID) -> HttpResponse:
    """The PDF of a sheet that was made in this session."""
    case = paper_case_or_404(request, case_id)
    made = read_sheet(request.session.get(SESSION, {}).get(str(sheet_id), ""))
    if made is None or made.case_id != case.id:
        raise Http404
    name = f"{case.file_number}-{sheet_id.hex[:8]}.pdf".replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(_print(case, made), content_type="application/pdf", headers=headers)


def _print(case: Case, made: Sheet) -> bytes:
    said = made.details
    office = office_at(case, timezone.localdate(said.received_at))
    return render_cover_sheet(
        CoverSheet(
            registry=REGISTRY_NAME.get(lang()),
            file_number=case.file_number,
            kind=rules().document_type(said.document_type).label.get(lang()),
            received_at=local(said.received_at, office.zone),
            place=office.label.get(lang()),
            method=str(Method(said.method).label),
            received_by=said.received_by,
            filed_by=said.filed_by,
            audience=str(RecordEntry.Audience(said.audience).label),
            code=sheet_text(made),
        ),
        lang="fr" if lang() == "fr" else "en",
        issued=timezone.now(),
    )
