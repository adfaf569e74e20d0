"""The hearings of a case as its people see them: on its page, and for their own calendar."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from greffe.cases.hearing_papers import calendar_entry
from greffe.cases.hearing_queries import find_hearing, local_start, place_of
from greffe.cases.models import Hearing, RecordEntry
from greffe.papers.calendar import MEDIA_TYPE, calendar_of
from greffe.web.access import PortalRequest, signed_in
from greffe.web.portal.lines import lang


def hearings_of(coming: Iterable[Hearing], record: Iterable[RecordEntry]) -> dict[str, Any]:
    """What the page of a case says of its hearings to come, and of the notices on its record."""
    notices = [one for one in record if one.source == RecordEntry.Source.NOTICE][::-1]
    named = [entry.source_id for entry in notices if entry.source_id]
    of_what = Hearing.objects.in_bulk(named) if named else {}
    return {
        "hearings": [
            {"hearing": one, "place": place_of(one), "day": local_start(one).date()}
            for one in coming
        ],
        "notices": [
            {"entry": entry, "hearing": of_what.get(entry.source_id) if entry.source_id else None}
            for entry in notices
        ],
    }


@require_safe
@signed_in
def calendar(request: PortalRequest, hearing_id: UUID) -> HttpResponse:
    """A hearing as a file for one's own calendar; taken in again, it brings what has changed."""
    seen = find_hearing(request.viewer, hearing_id, on=timezone.localdate())
    if seen is None:
        raise Http404
    entry = calendar_entry(seen.hearing, "fr" if lang() == "fr" else "en")
    response = HttpResponse(calendar_of(entry, made=timezone.now()), content_type=MEDIA_TYPE)
    name = f"{seen.hearing.case.file_number}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
