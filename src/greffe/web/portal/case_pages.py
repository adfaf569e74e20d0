"""My cases, a case, and its history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from greffe.cases import queries
from greffe.cases.models import Case
from greffe.cases.permissions import may_file, may_read_documents
from greffe.cases.rules import rules
from greffe.filings.queries import open_drafts, submissions_in
from greffe.law.limits import limits_ahead
from greffe.ledger.queries import history as ledger_history
from greffe.web.access import PortalRequest, case_or_404, signed_in

ON_A_PAGE = 50


@require_GET
@signed_in
def my_cases(request: PortalRequest) -> HttpResponse:
    """The cases of this person, next date first, and the filings they have not finished."""
    now, today = timezone.now(), timezone.localdate()
    search = request.GET.get("q", "").strip()
    cases = queries.my_cases(request.viewer, now=now, on=today, search=search)
    context = {
        "cases": Paginator(cases, ON_A_PAGE).get_page(request.GET.get("page")),
        "search": search,
        "drafts": open_drafts(request.viewer),
    }
    return render(request, "portal/my_cases.html", context)


@require_GET
@signed_in
def case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """One case: who, where, the next hearing and the limits it sets, what was filed."""
    seen = case_or_404(request, case_id)
    now, today = timezone.now(), timezone.localdate()
    context = _about(seen.case, now) | {
        "capacity": seen.capacity,
        "may_file": may_file(seen.capacity),
        "reads_documents": may_read_documents(seen.capacity),
        "submissions": submissions_in(request.viewer, seen.case, on=today),
        "drafts": open_drafts(request.viewer, case=seen.case),
        "family": queries.family_cases(request.viewer, seen.case, on=today),
    }
    return render(request, "portal/case.html", context)


def _about(found: Case, now: datetime) -> dict[str, Any]:
    today = timezone.localdate()
    office = queries.office_of(found, on=today)
    return {
        "case": found,
        "division": rules().division(found.division, today),
        "office": office,
        "participants": found.participants.select_related("person").order_by("-principal", "id"),
        "counsel": found.counsel.select_related("person").filter(until=None),
        "minister_is_party": queries.minister_is_party(found, on=today),
        "hearing": queries.next_hearing(found, now=now),
        "limits": limits_ahead(
            rules(),
            division=found.division,
            events=queries.known_events(found, now=now),
            office=office.id,
            today=today,
        ),
    }


@require_GET
@signed_in
def history(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """What was done in a case, by whom, when: from the ledger."""
    seen = case_or_404(request, case_id)
    context = {
        "case": seen.case,
        "office": queries.office_of(seen.case, on=timezone.localdate()),
        "events": ledger_history(seen.case.pk),
    }
    return render(request, "portal/history.html", context)
