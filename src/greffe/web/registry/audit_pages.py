"""The auditor's pages: who read what. Places and fingerprints of documents, never their names."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from greffe.accounts.models import Person, Role
from greffe.cases.models import Case
from greffe.cases.record_queries import entries_read, sealed_fingerprints
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.ledger.messages import printable
from greffe.ledger.models import Event
from greffe.ledger.queries import PAGE, Position, readings
from greffe.web.access import PortalRequest
from greffe.web.portal.lines import lang
from greffe.web.registry.access import for_roles
from greffe.web.registry.case_pages import staff_case_or_404

AUDITORS = frozenset({Role.AUDITOR})


@require_safe
@for_roles(AUDITORS)
def case_readings(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Who opened documents of a case, the latest first."""
    seen = staff_case_or_404(request, case_id)
    if seen.capacity != "auditor":
        raise Http404
    before = Position.read(request.GET.get("before", ""))
    context = _page(readings(case_id=seen.case.pk, before=before))
    return render(request, "registry/case_readings.html", context | {"case": seen.case})


@require_safe
@for_roles(AUDITORS)
def person_readings(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Which documents a person opened, the latest first; nothing of a sealed case."""
    person = get_object_or_404(Person, pk=person_id)
    before = Position.read(request.GET.get("before", ""))
    context = _page(readings(person_id=person.pk, before=before))
    return render(request, "registry/person_readings.html", context | {"person": person})


def _page(events: Sequence[Event]) -> dict[str, Any]:
    """A page of readings: those of a sealed case are left out, whoever asks."""
    ids = {case_id for event in events for case_id in event.case_ids}
    cases = {case.pk: case for case in Case.objects.filter(pk__in=ids)}
    told = [
        event
        for event in events
        if all(case_id in cases and not cases[case_id].sealed for case_id in event.case_ids)
    ]
    fingerprints = {str(event.body.get("sha256", "")) for event in told}
    sealed = sealed_fingerprints(fingerprints)
    places = {(one.case_id, one.sha256): one.place for one in entries_read(ids, fingerprints)}
    return {
        "rows": [_row(event, cases, sealed, places) for event in told],
        "older": Position.of(events[-1]).text if len(events) == PAGE else "",
    }


def _row(
    event: Event,
    cases: dict[UUID, Case],
    sealed: frozenset[str],
    places: dict[tuple[UUID, str], int],
) -> dict[str, Any]:
    fingerprint = str(event.body.get("sha256", ""))
    at = eastern(event.at)
    found = [places[key] for case in event.case_ids if (key := (case, fingerprint)) in places]
    return {
        "when": long_time(at, lang(), place=gettext("Eastern time")),
        "iso": at.isoformat(timespec="seconds"),
        "who": printable(event.actor_name),
        "person": event.actor_person_id,
        "cases": [cases[case_id] for case_id in event.case_ids],
        "place": found[0] if found else None,
        "position": event.body.get("position"),
        "sealed": fingerprint in sealed,
        "fingerprint": "" if fingerprint in sealed else fingerprint,
    }
