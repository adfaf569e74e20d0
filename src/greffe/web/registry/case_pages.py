"""Case files for registry staff and members: find one, its record, its history, its people."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from greffe.accounts.models import Role
from greffe.cases import record_queries
from greffe.cases.models import Case, Hearing, MinisterParticipation, Participant, RecordEntry
from greffe.cases.permissions import STAFF, TRIBUNAL, may_read_documents, may_transfer
from greffe.cases.queries import SeenCase, worked_cases
from greffe.cases.record_queries import Link, Sight
from greffe.cases.rules import rules
from greffe.filings.queue_queries import waiting_in
from greffe.ledger.models import Event
from greffe.ledger.queries import PAGE, Position
from greffe.ledger.queries import history as ledger_history
from greffe.web.access import PortalRequest, case_or_404
from greffe.web.components import TimelineEvent
from greffe.web.downloads import entry_as_file
from greffe.web.drawn_tables import Addresses, addresses
from greffe.web.portal.lines import RecordRow, case_row, event_line, lang, staff_record_row
from greffe.web.registry.access import for_roles

SEES_CASES = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MEMBER, Role.AUDITOR})


def staff_case_or_404(request: PortalRequest, case_id: UUID) -> SeenCase:
    """A case that this person sees by a role of the staff; 404 otherwise.

    Also where they are counsel in it, or it is their own: then they see it in the portal.
    """
    seen = case_or_404(request, case_id)
    if seen.capacity not in STAFF:
        raise Http404
    return seen


@require_safe
@for_roles(SEES_CASES)
def cases(request: PortalRequest) -> HttpResponse:
    """The cases of this person's work, by file number: found by number or by name."""
    now, today = timezone.now(), timezone.localdate()
    search = request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    found = record_queries.cases_worked_on(
        request.viewer, now=now, on=today, search=search, after=after
    )
    shown = found[: record_queries.PAGE]
    address = addresses("registry:case")
    context = {
        "search": search,
        "after": after,
        "rows": [case_row(case, today, address=address, staff=True) for case in shown],
        "next": shown[-1].file_number if len(found) > len(shown) else "",
        "heard": request.viewer.holds(Role.MEMBER) and not request.viewer.offices(),
        "auditor": request.viewer.holds(Role.AUDITOR),
    }
    return render(request, "registry/cases.html", context)


@require_safe
@for_roles(SEES_CASES)
def case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """The file of a case: its record, its people, where and when it is heard, what is sealed."""
    seen = staff_case_or_404(request, case_id)
    today = timezone.localdate()
    sight = Sight.known(request.viewer, seen.case, seen.capacity, on=today)
    reads = may_read_documents(seen.capacity)
    context = {
        "case": seen.case,
        "division": rules().division(seen.case.division, today),
        "about": _about(request, seen, sight, today),
        "hearings": _hearings(seen.case),
        "fixes_hearings": seen.capacity == "officer",
        "takes_paper": seen.capacity == "officer",
        "reads_documents": reads,
        "entries": _entries(_record(request, seen, today), seen.case, seals=sight.keeps_seals),
        "waiting": _waiting(request, seen.case) if reads else [],
        "audits": seen.capacity == "auditor",
    }
    return render(request, "registry/case.html", context)


def _record(request: PortalRequest, seen: SeenCase, on: date) -> list[RecordEntry]:
    if not may_read_documents(seen.capacity):
        return []
    return record_queries.record_of(request.viewer, seen.case, seen.capacity, on=on)


def _entries(record: Iterable[RecordEntry], found: Case, *, seals: bool) -> list[RecordRow]:
    """The documents of the record as lines, with the reader's address where they were filed."""
    reader = addresses("registry:document", numbered=True)
    original = Addresses("registry:case-document", found.pk)
    seal = Addresses("registry:case-document-seal", found.pk) if seals else None
    return [
        staff_record_row(entry, original=original, seal=seal, read_url=_read(entry, reader))
        for entry in record
    ]


def _read(entry: RecordEntry, reader: Addresses) -> str:
    filed = entry.source == RecordEntry.Source.FILING and entry.source_id is not None
    return reader(entry.source_id, entry.source_position) if filed else ""


class Dated(NamedTuple):
    """A link of a case with its words and days; `held` unless it ended on the day it began."""

    name: str
    words: str
    principal: bool
    since: date
    until: date | None
    now: bool
    held: bool


class About(NamedTuple):
    """What the registry knows of a case, as tables/case_about.html draws it."""

    id: UUID
    status: str
    closed_on: date | None
    language: str
    sealed: bool
    people: tuple[Dated, ...]
    counsel: tuple[Dated, ...]
    minister: tuple[Dated, ...]
    minister_always: bool
    offices: tuple[Dated, ...]
    openness: tuple[Dated, ...]
    family: tuple[Case, ...]
    keeps_seals: bool
    may_transfer: bool


def _about(request: PortalRequest, seen: SeenCase, sight: Sight, on: date) -> About:
    found, links = seen.case, record_queries.links_of(seen.case)
    dated = {kind: tuple(_dated(link, on) for link in of) for kind, of in links.items()}
    return About(
        id=found.pk,
        status=found.get_status_display(),
        closed_on=found.closed_on,
        language=found.language,
        sealed=found.sealed,
        people=dated["participant"],
        counsel=dated["counsel"],
        minister=dated["minister"],
        minister_always=rules().division(found.division, on).minister_is_always_party,
        offices=dated["office"][::-1],
        openness=dated["openness"][::-1],
        family=tuple(_family(request, found, on)),
        keeps_seals=sight.keeps_seals,
        may_transfer=may_transfer(seen.capacity) and found.status != Case.Status.CLOSED,
    )


def _dated(link: Link, on: date) -> Dated:
    return Dated(
        name=link.name,
        words=_words(link),
        principal=link.principal,
        since=link.since,
        until=link.until,
        now=link.until is None or link.until > on,
        held=link.until is None or link.until > link.since,
    )


def _words(link: Link) -> str:
    match link.kind:
        case "participant":
            return str(Participant.Part(link.what).label)
        case "minister":
            return str(MinisterParticipation.Department(link.what).label)
        case "office":
            return rules().office(link.what, link.since).label.get(lang())
        case _:
            return link.what


_HEARINGS = """
SELECT hearing.*, person.name AS member_name
FROM cases_hearing AS hearing LEFT JOIN accounts_person AS person ON person.id = hearing.member_id
WHERE hearing.case_id = %s ORDER BY hearing.starts_at DESC, hearing.id
"""


def _hearings(found: Case) -> list[dict[str, Any]]:
    """Every hearing of the case, also those cancelled or postponed, the latest first."""
    now = timezone.now()
    return [
        {"hearing": one, "office": rules().office(one.office), "past": one.starts_at < now}
        for one in Hearing.objects.raw(_HEARINGS, [found.pk])
    ]


def _family(request: PortalRequest, found: Case, on: date) -> Iterable[Case]:
    """The other cases of the family that this person sees as staff."""
    if found.family_group_id is None:
        return []
    cases_ = worked_cases(request.viewer, on=on).filter(family_group=found.family_group_id)
    return cases_.exclude(pk=found.pk).order_by("file_number")


def _waiting(request: PortalRequest, found: Case) -> list[dict[str, Any]]:
    """What of this case waits for the registry or the division, as far as this person sees it."""
    return [
        {"line": line, "kind": rules().document_type(line.document_type).label.get(lang())}
        for line in waiting_in(request.viewer, found)
    ]


@require_safe
@for_roles(SEES_CASES)
def document(request: PortalRequest, case_id: UUID, entry_id: UUID) -> FileResponse:
    """The original of a document on the record: a download only, and the reading is recorded."""
    return entry_as_file(request, staff_entry_or_404(request, case_id, entry_id))


def staff_entry_or_404(request: PortalRequest, case_id: UUID, entry_id: UUID) -> RecordEntry:
    """A document on the record of a case that this person reads as staff; 404 otherwise."""
    seen = staff_case_or_404(request, case_id)
    entry = record_queries.find_entry(request.viewer, entry_id, on=timezone.localdate())
    if entry is None or entry.case_id != seen.case.pk or seen.capacity not in TRIBUNAL:
        raise Http404
    return entry


@require_safe
@for_roles(SEES_CASES)
def history(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """What was done in a case, by whom, when; why, for those who keep its seals."""
    seen = staff_case_or_404(request, case_id)
    sight = Sight.known(request.viewer, seen.case, seen.capacity, on=timezone.localdate())
    events = ledger_history(seen.case.pk, before=Position.read(request.GET.get("before", "")))
    context = {
        "case": seen.case,
        "events": [_event(event, seen.case, reasons=sight.keeps_seals) for event in events],
        "older": Position.of(events[-1]).text if len(events) == PAGE else "",
    }
    return render(request, "registry/case_history.html", context)


def _event(event: Event, case: Case, *, reasons: bool) -> TimelineEvent:
    line = event_line(event, division=case.division)
    reason = event.body.get("reason", "") if reasons else ""
    return replace(line, detail=str(reason)) if reason else line
