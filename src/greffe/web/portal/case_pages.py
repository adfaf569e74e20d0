"""My cases, a case, and its history."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from greffe.accounts.viewers import Viewer
from greffe.cases import queries
from greffe.cases.hearing_queries import coming_hearings, local_start
from greffe.cases.models import Case, Hearing, Participant
from greffe.cases.my_cases import my_cases as cases_of
from greffe.cases.permissions import may_file, may_read_documents
from greffe.cases.record_queries import find_entry, links_of, record_of
from greffe.cases.rules import rules
from greffe.filings.models import Draft, Submission
from greffe.filings.queries import open_drafts, submissions_in
from greffe.law.calendar import date_of_receipt, eastern
from greffe.law.limits import limits_ahead
from greffe.law.tables import Office
from greffe.ledger.queries import PAGE, Position
from greffe.ledger.queries import history as ledger_history
from greffe.web.access import PortalRequest, case_or_404, signed_in
from greffe.web.components import Tag
from greffe.web.downloads import entry_as_file
from greffe.web.drawn_tables import Addresses, addresses
from greffe.web.portal.hearing_pages import hearings_of
from greffe.web.portal.lines import (
    LimitLine,
    case_row,
    event_line,
    lang,
    limit_line,
    record_row,
    submission_tag,
)


@require_safe
@signed_in
def my_cases(request: PortalRequest) -> HttpResponse:
    """The cases of this person, next date first, and the filings they have not finished."""
    now, today = timezone.now(), timezone.localdate()
    search, asked = request.GET.get("q", "").strip(), request.GET.get("page", "")
    page = int(asked) if re.fullmatch("[0-9]{1,4}", asked) else 1
    cases = cases_of(request.viewer, now=now, on=today, search=search, page=page)
    address = addresses("portal:case")
    context = {
        "cases": cases,
        "rows": [case_row(case, today, address=address) for case in cases.cases],
        "search": search,
        "drafts": with_kinds(open_drafts(request.viewer), request.viewer),
    }
    return render(request, "portal/my_cases.html", context)


@require_safe
@signed_in
def case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """One case: who, where, the next hearing and the limits it sets, what was filed."""
    seen = case_or_404(request, case_id)
    now, today = timezone.now(), timezone.localdate()
    whom = seen.principals if seen.capacity == "delegate" else ()
    of = whom[0].id if whom else None
    coming = list(coming_hearings(seen.case, now=now))
    record = record_of(request.viewer, seen.case, seen.capacity, on=today)
    filed = submissions_in(request.viewer, seen.case, seen.capacity, on=today)
    original = Addresses("portal:record-document", seen.case.pk)
    context = _about(seen.case, coming, now) | {
        "capacity": seen.capacity,
        "may_file": may_file(seen.capacity),
        "reads_documents": may_read_documents(seen.capacity),
        "entries": [record_row(entry, original=original) for entry in record],
        **hearings_of(coming, record),
        "submissions": [_filed(one) for one in filed],
        "drafts": with_kinds(open_drafts(request.viewer, case=seen.case), request.viewer),
        "family": queries.family_cases(request.viewer, seen.case, on=today, of=of),
        "principals": whom,
    }
    return render(request, "portal/case.html", context)


def with_kinds(drafts: Iterable[Draft], viewer: Viewer) -> list[dict[str, Any]]:
    """Each draft with the words for its kind, its cases, and whose it is if that is another."""
    return [
        {
            "id": draft.id,
            "kind_label": rules().document_type(draft.document_type).label.get(lang()),
            "in_name_of": "" if draft.person_id == viewer.id else draft.person.name,
            "ordered_cases": draft.ordered_cases,
            "ordered_files": draft.ordered_files,
            "expires_at": draft.expires_at,
        }
        for draft in drafts
    ]


class FiledRow(NamedTuple):
    """What was filed in a case as tables/submission_row.html draws it."""

    id: UUID
    number: str
    received_at: datetime
    kind: str
    office: Office
    state: Tag


def _filed(submission: Submission) -> FiledRow:
    day = eastern(submission.received_at).date()
    kind = rules().document_type(submission.document_type)  # a changed row must not hide it
    return FiledRow(
        id=submission.pk,
        number=submission.number,
        received_at=submission.received_at,
        kind=kind.label.get(lang()),
        office=rules().office(submission.office, day),
        state=submission_tag(submission.state),
    )


def _about(found: Case, coming: Sequence[Hearing], now: datetime) -> dict[str, Any]:
    """Who, where and which limits: from one statement, and the hearings to come."""
    today, links = timezone.localdate(), links_of(found)
    held = {kind: [one for one in of if one.holds(today)] for kind, of in links.items()}
    division = rules().division(found.division, today)
    office = rules().office(held["office"][-1].what, today)
    events = {one.what: one.since for one in links["event"]}
    if coming:
        events["hearing"] = local_start(coming[0]).date()
    limits = _limits(found, office, events, now)
    return {
        "case": found,
        "division": division,
        "office": office,
        "participants": [
            {"link": one, "part": Participant.Part(one.what).label} for one in held["participant"]
        ],
        "counsel": held["counsel"],
        "minister_is_party": division.minister_is_always_party or bool(held["minister"]),
        "limits": [limit for limit in limits if limit.left],
        "limits_passed": [limit for limit in limits if not limit.left],
    }


def _limits(
    found: Case, office: Office, events: Mapping[str, date], now: datetime
) -> list[LimitLine]:
    """What the known events of the case ask of the person in it, the earliest first."""
    limits = limits_ahead(
        rules(),
        division=found.division,
        events=events,
        office=office.id,
        today=date_of_receipt(now, office.zone),
        party="person",
    )
    return [limit_line(limit) for limit in limits]


@require_safe
@signed_in
def record_document(request: PortalRequest, case_id: UUID, entry_id: UUID) -> FileResponse:
    """A document on the file of a case, as it arrived, for those who may read it today."""
    entry = find_entry(request.viewer, entry_id, on=timezone.localdate())
    if entry is None or entry.case_id != case_id:
        raise Http404
    return entry_as_file(request, entry)


@require_safe
@signed_in
def history(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """What was done in a case, by whom, when: from the ledger."""
    seen = case_or_404(request, case_id)
    before = Position.read(request.GET.get("before", ""))
    events = ledger_history(seen.case.pk, before=before)
    context = {
        "case": seen.case,
        "older": Position.of(events[-1]).text if len(events) == PAGE else "",
        "office": queries.office_of(seen.case, on=timezone.localdate()),
        "events": [event_line(event, division=seen.case.division) for event in events],
    }
    return render(request, "portal/history.html", context)
